"""Settings of opening hours, of waiting, and of call-backs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ivr.hours import NoHours, spans_of, week_of

if TYPE_CHECKING:
    from workstation.settings import Settings

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Day = Annotated[str, Field(pattern=r"^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$")]
Line = Annotated[str, Field(max_length=80)]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OpeningHours(Part):
    """`zone` empty: the company's. `holidays`: besides those of the company, or in place of them
    where `own_holidays`. `special`: a day's own hours, or `closed`."""
    id: Slug
    zone: str = ""
    week: tuple[Line, ...] = ()
    holidays: tuple[Day, ...] = ()
    own_holidays: bool = False
    special: dict[Day, Line] = {}

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value or "UTC")
        except (ZoneInfoNotFoundError, ValueError) as exc:
            raise ValueError(f"no such time zone: {value}") from exc
        return value

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        try:
            week_of(self.week)
            for line in self.special.values():
                spans_of(line)
        except NoHours as exc:
            raise ValueError(str(exc)) from exc
        return self


class Overflow(Part):
    """Where a queue's callers go when waiting is too long: after `after_s`, or where there are
    more than `callers` for each operator who is signed in. `to`: another queue's id; `call_back`:
    he is offered one; `message`: he may leave one."""
    after_s: Annotated[int, Field(ge=5, le=7200)] | None = None
    callers: Annotated[float, Field(gt=0, le=1000)] | None = None
    to: Slug | Literal["call_back", "message"]

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if (self.after_s is None) is (self.callers is None):
            raise ValueError("an overflow has either after_s or callers")
        return self


class Waiting(Part):
    """What callers hear of their wait. `every_s`: how often; 0: only before it begins."""
    on: bool = True
    every_s: Annotated[int, Field(ge=0, le=3600)] = 90
    offer_from_s: Annotated[int, Field(ge=0, le=7200)] = 60     # an expected wait: call-back


class CallBack(Part):
    """`tries`: dials at most, `again_after_s` apart. `from` … `until`: nobody is dialled outside
    of it, nor while the number he called is closed. `web_queue`: where the web form's go; empty:
    it offers none."""
    on: bool = True
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    again_after_s: Annotated[int, Field(ge=60, le=86_400)] = 900
    ring_s: Annotated[int, Field(ge=10, le=60)] = 25
    earliest: Clock = "08:00"
    latest: Clock = "21:00"
    keep_days: Annotated[int, Field(ge=1, le=30)] = 3
    web_queue: Slug | Literal[""] = ""


class Incidents(Part):
    """An incident is proposed when `callers` of one street called within `minutes`."""
    on: bool = True
    callers: Annotated[int, Field(ge=2, le=1000)] = 5
    minutes: Annotated[int, Field(ge=1, le=240)] = 15
    group: Slug = "billing"         # who tells those whom no mail reaches


def faults(settings: Settings) -> Iterator[str]:
    """Names of hours and queues that are nowhere."""
    kept = [hours.id for hours in settings.hours]
    queues = {queue.id for queue in settings.queue}
    if len(set(kept)) < len(kept):
        yield "two hours have the same id"
    for entry in settings.entry:
        if entry.hours and entry.hours not in kept:
            yield f"entry {entry.number}: there are no hours {entry.hours!r}"
    for queue in settings.queue:
        for one in queue.overflow:
            if one.to not in queues - {queue.id} | {"call_back", "message"}:
                yield f"queue {queue.id}: it cannot overflow to {one.to!r}"
    if settings.call_back.web_queue and settings.call_back.web_queue not in queues:
        yield f"call_back: there is no queue {settings.call_back.web_queue!r}"
