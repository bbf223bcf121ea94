"""What is done with a live call. Asterisk is asked; the floor moves when it says so."""

from __future__ import annotations

from workstation.desk import Desk
from workstation.errors import NotThere, Refused
from workstation.policy import Person
from workstation.protocol import Args


async def not_yet(desk: Desk, person: Person, args: Args) -> dict[str, object]:
    if desk.floor.calls.get(getattr(args, "call", "")) is None:
        raise NotThere("call")
    raise Refused("not_now", "This call does not allow that now.")
