"""What became of a request, in lines; and what else can be done with it: joined to another of the
same client, parted again, opened once more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from workstation.protocol import RequestView
from workstation.protocol.requests import MailView, RequestEventView
from workstation.terminal.formats import when
from workstation.terminal.workplace import Workplace

Choice = tuple[str, str]


def more_choices(desk: Workplace, item: RequestView) -> list[Choice]:
    """Beside its steps. Each is `kind id`."""
    words = desk.words
    others = [other for other in desk.shelves.requests.values()
              if item.client_id and other.client_id == item.client_id and other.id != item.id]
    found = [(f"join {other.id}", f"{words('requests.join')} {other.number}")
             for other in others if item.stages]
    if not item.stages:
        found.append((f"reopen {item.id}", words("task.reopen")))
    return [*found, (f"story {item.id}", words("tasks.history"))]


def story(desk: Workplace, told: Mapping[str, Any]) -> list[Choice]:
    """The newest first; above it what was joined to it, to be parted."""
    words = desk.words
    parts = [(f"part {number}", f"{words('requests.joined', number=number)} · "
                                f"{words('requests.part')}") for number in told["joined"]]
    events = msgspec.convert(told["events"], list[RequestEventView])
    mails = msgspec.convert(told["mails"], list[MailView])
    lines = [*(_event(desk, one) for one in events), *(_mail(desk, one) for one in mails)]
    return [*parts, *((f"line {place}", text) for place, (_, text)
                      in enumerate(sorted(lines, key=lambda line: line[0], reverse=True)))]


def _event(desk: Workplace, one: RequestEventView) -> tuple[str, str]:
    stage = desk.coded("stage", one.to_stage) if one.to_stage and one.kind == "moved" else ""
    by = (desk.operator_name(one.by) if one.by.isdecimal()
          else desk.coded("author", one.by))
    return one.at, " · ".join(filter(None, (
        _at(desk, one.at), desk.coded("request_event", one.kind), stage, by, one.note)))


def _mail(desk: Workplace, one: MailView) -> tuple[str, str]:
    """With the rules' reasons for what it was taken for."""
    who = one.sender if one.direction == "in" else one.recipient
    return one.at, " · ".join(filter(None, (
        _at(desk, one.at), desk.coded("request_event", "mailed"), who, one.subject,
        *_reasons(desk, one.why))))


def _reasons(desk: Workplace, codes: list[str]) -> Iterator[str]:
    for code in codes:
        kind, _, what = code.partition(":")
        yield desk.words(f"mail.why.{kind}", what=what)


def _at(desk: Workplace, moment: str) -> str:
    return when(moment, desk.locale, desk.now(), desk.zone)
