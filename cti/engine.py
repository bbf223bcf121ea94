"""One Asterisk followed: link, tape, floor and feed, wired."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cti.commands import Commands
from cti.feed import Feed
from cti.floor import Floor


@dataclass(frozen=True, kw_only=True)
class LinkPlan:
    """Where Asterisk is and who we are there; `operators` maps interface → operator id."""
    pbx: str
    host: str
    port: int
    observer_secret: str
    control_secret: str
    system_name: str | None     # None: events are not checked for it
    tape_dir: Path
    tape_keep_days: int = 30
    operators: Mapping[str, str] = field(default_factory=dict)


class Engine:
    """`floor` is read-only for others; subscribe to `feed` before `run`."""

    floor: Floor
    feed: Feed
    commands: Commands

    def __init__(self, plan: LinkPlan, *, clock: Callable[[], float] = time.time) -> None:
        self.floor = Floor(plan.pbx)
        self.feed = Feed()
        self.commands = Commands()

    async def run(self) -> None:
        """Restore the floor from the tape, connect, compare, follow; for ever. Cancel to stop."""
        raise NotImplementedError

    def link_is_up(self) -> bool:
        """Both manager sessions are logged in and the floor was compared with Asterisk."""
        return False

    def trouble(self) -> str | None:
        """One sentence for the supervisor when something needs a look (tape not written …)."""
        return None
