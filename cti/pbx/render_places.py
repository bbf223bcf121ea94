"""A caller's place in app_queue: that of the moment at which he came. Pure text.

Asterisk takes the greater `QUEUE_PRIO` first: it is made of what routing gave him and, below that,
of the second of his arrival. Whoever comes to a queue has one, or those who have would all be
before him.
"""

from __future__ import annotations

HIGHEST = 20            # of routing's priorities that are told apart
SPAN = 100_000_000      # seconds, three years: the arrivals of who waits at one time are nearer
PRIORITY = (f"Set(QUEUE_PRIO=$[${{DESKLINE_PRIO}} * {SPAN} + {SPAN} - 1 - ${{DESKLINE_SINCE}} % "
            f"{SPAN}])")
COMES_NOW = ("Set(DESKLINE_PRIO=0)", "Set(DESKLINE_SINCE=${EPOCH})", PRIORITY)
