"""Where an action is at work: on the Asterisk of the call it names, else of who asks for it.

No Asterisk knows another's phones, so that nobody's phone is rung for a call elsewhere.
"""

from __future__ import annotations

from workstation.desk import Desk
from workstation.errors import Refused
from workstation.policy import Person
from workstation.protocol.args import Args

BY_OWN_PHONE = frozenset({
    "call.answer", "call.pick_up", "call.take_back", "call.listen", "call.whisper", "call.barge",
    "call.take_over"})


def at_work(desk: Desk, person: Person, name: str, args: Args) -> Desk:
    """The desk with one Asterisk in reach. Raises Refused where another one's phone is meant."""
    sites = desk.sites
    if sites.is_one:
        return desk
    own, call = sites.of_operator(person.operator), getattr(args, "call", None)
    site = sites.of_call(call) if isinstance(call, str) else own
    if site is not own and name in BY_OWN_PHONE:
        raise _elsewhere(f"your phone is on {own.name}, the call on {site.name}")
    operator = getattr(args, "operator", None)
    if isinstance(call, str) and isinstance(operator, str) and operator in desk.operators \
            and operator not in site.operators:
        raise _elsewhere(f"his phones are on {sites.of_operator(operator).name}, "
                         f"the call on {site.name}")
    return desk.at(site)


def _elsewhere(detail: str) -> Refused:
    return Refused("other_asterisk", "That phone is on another Asterisk.", detail)
