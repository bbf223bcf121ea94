"""What hangs on a client, for the terminal's card: flags, mail, own fields, relations … ○"""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from textual.content import Content

from workstation.protocol import CardView, CustomView, RelationView
from workstation.terminal.formats import day, money
from workstation.terminal.pictures.line import row
from workstation.terminal.workplace import Workplace

FORBIDDING = ("do_not_call", "deceased", "in_court")


def flags(desk: Workplace, item: CardView) -> Iterable[Content]:
    """Those that forbid to call say so."""
    for flag in item.flags:
        text = desk.coded("flag", flag)
        if flag in FORBIDDING:
            text = f"{text}: {desk.words('card.no_calls')}"
        yield row((f"⚑ {text}", "bold $state-breach"))


def beyond(desk: Workplace, item: CardView) -> Iterable[Content]:
    """Behind the numbers, in the order of the page."""
    for mail in item.emails:
        yield row(("@ ", "$dim"), mail.email, *_vouched(desk, mail.confirmed_at))
    there = _his_time(desk, item)
    if there:
        yield row((there, "$dim"))
    for one in item.custom:
        if one.hidden or one.text:
            yield row((f"{one.field.label} ", "$dim"), _value(desk, one))
    for relation in item.relations:
        yield row(_related(desk, relation), *_vouched(desk, relation.confirmed_at))
    for place in item.addresses:
        yield row(("⌂ ", "$dim"), place.text, *_vouched(desk, place.confirmed_at))
    for consent in item.consents:
        state = desk.words(f"consent_is.{'given' if consent.given else 'withdrawn'}")
        at = day(consent.at, desk.locale, desk.now(), desk.zone)
        yield row(f"{desk.coded('consent', consent.kind)}: {state}", (f"  {at}", "$dim"))


def _vouched(desk: Workplace, at: str | None) -> list[tuple[str, str]]:
    if at is None:
        return []
    return [(f"  ✓ {day(at, desk.locale, desk.now(), desk.zone)}", "$state-ready")]


def _related(desk: Workplace, one: RelationView) -> str:
    how = "calls_for" if one.calls_for else "called_by"
    text = desk.words(f"relation.{how}", name=one.name, role=desk.coded("role", one.role))
    return f"{text} · {one.note}" if one.note else text


def _value(desk: Workplace, one: CustomView) -> str:
    if one.hidden:
        return "•••••"
    if one.field.kind == "money" and isinstance(one.value, dict):
        return money(int(one.value["amount_minor"]), str(one.value["currency"]), desk.locale)
    return one.text


def _his_time(desk: Workplace, item: CardView) -> str:
    """His own time, where he is elsewhere; "" for a zone this machine does not know."""
    if not item.time_zone or item.time_zone == str(desk.zone):
        return ""
    try:
        there = desk.now().astimezone(ZoneInfo(item.time_zone))
    except (ZoneInfoNotFoundError, ValueError):
        return ""
    return desk.words("card.his_time", time=f"{there:%H:%M}")
