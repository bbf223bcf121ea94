"""Who is muted, after a restart of ours: Asterisk tells of it nobody, but keeps our mark.

He who muted himself stays unheard, and his screen says so again.
"""

from __future__ import annotations

import structlog

from cti.calls import UP
from cti.changes import LinkRestored
from cti.errors import CommandRefused, CtiError
from cti.feed import Subscription
from workstation.desk import Desk
from workstation.sites import Site

log = structlog.get_logger()


async def run(desk: Desk, site: Site, subscription: Subscription) -> None:
    """For ever; cancel to stop."""
    with subscription:
        async for fed in subscription.told():
            if not fed.restored and any(isinstance(one, LinkRestored) for one in fed.changes):
                await recall(desk, site)


async def recall(desk: Desk, site: Site) -> None:
    """Look at each operator's telephone that is in a call."""
    legs = [leg for leg in site.floor.legs.values()
            if leg.operator is not None and leg.state == UP and leg.channel not in site.muted]
    for leg in legs:
        try:
            if await site.commands.is_muted(leg.channel):
                site.muted.add(leg.channel)
        except CommandRefused:
            continue                    # it is gone
        except CtiError as exc:
            log.warning("it is not known who is muted", asterisk=site.name, error=str(exc))
            return
        if leg.channel in site.muted and leg.operator is not None:
            view = desk.conversations.of_call(leg.operator, leg.call)
            if view is not None:
                desk.conversations.put(view)
