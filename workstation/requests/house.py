"""What carrying a request needs to know of the company, as one value; who is told of what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crm_store.requests import RequestRow
from crm_store.tasks import TaskRow
from workstation.requests.deadlines import Calendar
from workstation.requests.kinds import RequestType
from workstation.requests.settings import RequestSettings
from workstation.requests.working_days import calendar_of
from workstation.settings import Settings


@dataclass(frozen=True, kw_only=True)
class House:
    kinds: Mapping[str, RequestType]
    calendar: Calendar
    language: str                           # the company's, where a client has none
    company: str
    leads: Mapping[str, tuple[str, ...]]    # group → operators; "" all supervisors
    members: Mapping[str, tuple[str, ...]]  # group → operators
    settings: RequestSettings

    @property
    def mails(self) -> bool:
        """Whether a mail can be sent at all."""
        return bool(self.settings.mailbox.smtp_host)

    def leads_of(self, group: str) -> tuple[str, ...]:
        return self.leads.get(group) or self.leads[""]


@dataclass(frozen=True, slots=True)
class Notice:
    """Short words on the screens of these operators; none: of all leads."""
    code: str
    text: str
    operators: tuple[str, ...] = ()


@dataclass(slots=True)
class Told:
    """What the screens are told once the transaction is durable; gathered while it lasts."""
    requests: dict[int, RequestRow] = field(default_factory=dict)
    tasks: list[TaskRow] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def row(self, row: RequestRow) -> RequestRow:
        self.requests[row.id] = row
        return row


def house_of(settings: Settings, kinds: Mapping[str, RequestType]) -> House:
    groups = {group for one in settings.operator for group in one.groups}
    groups |= {group for kind in kinds.values() for group in kind.groups}
    leads = {group: tuple(one.id for one in settings.operator
                          if one.role == "supervisor" and group in one.groups)
             for group in sorted(groups)}
    company = settings.company
    return House(
        kinds=kinds, language=company.language, company=company.name, settings=settings.requests,
        calendar=calendar_of(settings.requests, company.region, company.time_zone),
        leads=leads | {"": tuple(one.id for one in settings.operator
                                 if one.role == "supervisor")},
        members={group: tuple(one.id for one in settings.operator if group in one.groups)
                 for group in sorted(groups)})


def in_company_time(moment: datetime, house: House) -> str:
    return f"{moment.astimezone(house.calendar.zone):%d.%m.%Y %H:%M}"
