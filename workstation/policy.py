"""Who may see and do what ○. Denied by default: every action and route names its `Who`.

Roles add up: a supervisor may answer calls, an administrator sees what a supervisor sees but has
no operator's work of his own unless he has an operator id and queues.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from workstation.protocol import (
    CallView,
    CampaignView,
    OperatorView,
    QueueView,
    RequestView,
    TaskView,
    View,
)
from workstation.protocol.team import HelpView, MessageView


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who signed in."""
    id: int                     # the store's row
    operator: str               # extension and operator id; "" for people without a phone
    login: str
    name: str
    role: str                   # operator supervisor administrator manager
    groups: frozenset[str]
    queues: tuple[str, ...]
    locale: str

    @property
    def oversees(self) -> bool:
        return self.role in OVERSEERS


OVERSEERS = frozenset({"supervisor", "administrator"})


class Who(Enum):
    """The roles that may; the value is what the API's description prints."""
    ANYBODY = "anybody, signed in or not"
    SIGNED_IN = "whoever is signed in"
    OPERATORS = "operators and supervisors"
    SUPERVISORS = "supervisors and administrators"
    ADMINISTRATORS = "administrators"
    MANAGERS = "managers, supervisors and administrators"


_ROLES: dict[Who, frozenset[str]] = {
    Who.SIGNED_IN: frozenset({"operator", "supervisor", "administrator"}),
    Who.OPERATORS: frozenset({"operator", "supervisor"}),
    Who.SUPERVISORS: OVERSEERS,
    Who.ADMINISTRATORS: frozenset({"administrator"}),
    Who.MANAGERS: OVERSEERS | {"manager"},
}


def may(person: Person | None, who: Who) -> bool:
    if who is Who.ANYBODY:
        return True
    return person is not None and person.role in _ROLES[who]


def has_in_team(person: Person, colleague: Person) -> bool:
    """Whether he leads this operator: they share a group or a queue. Nobody leads himself."""
    return person.oversees and person.id != colleague.id and bool(
        person.groups & colleague.groups or set(person.queues) & set(colleague.queues))


# Collections of public views of which `sees` shows an operator none, or only himself.
OF_FEW = frozenset({"operators", "calls", "campaigns"})


def sees(person: Person, view: View) -> bool:
    """Whether a public view belongs on this person's screen.

    Conversations are never public: they go to their operator only.
    """
    if person.oversees:
        return True
    if person.role == "manager":    # he reads his one page, see `web/resources/today`
        return False
    match view:
        case HelpView():
            return view.operator == person.operator
        case MessageView():     # only ever private ones
            return False
        case OperatorView():
            return view.id == person.operator
        case QueueView():
            return view.id in person.queues
        case RequestView():
            return view.group in person.groups or (
                bool(person.operator) and person.operator in (view.operator, view.offered_to))
        case TaskView():
            return (person.operator or person.login) in (view.operator, view.made_by) \
                or view.group in person.groups
        case CallView() | CampaignView():
            return False
    return True
