"""Skills in the language of `app_queue` ○: a member's penalty, and the highest that a wait bears.

Asterisk rings the lowest penalty first and nobody above the highest one, which its queue rules
raise as the wait grows. A level of 10 is a penalty of 0; who lacks the skill has level 0.
"""

from __future__ import annotations

from workstation.settings import OperatorSettings, Queue

BEST = 10


def penalty(operator: OperatorSettings, queue: Queue) -> int:
    """Of his membership in that queue."""
    return 0 if queue.skill is None else BEST - operator.skills.get(queue.skill, 0)


def bearable(queue: Queue) -> tuple[tuple[int, int], ...]:
    """(seconds waited, highest penalty from then on); nothing where everybody is as good."""
    if queue.skill is None:
        return ()
    first = (0, BEST - queue.level)
    return (first, *((step.after_s, BEST - step.level) for step in queue.relax))
