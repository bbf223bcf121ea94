"""The client's card, candidates and timeline. ○"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any

from textual.content import Content

from workstation.protocol import (
    AccountView,
    CandidateView,
    CardView,
    ConversationView,
    PhoneView,
    TimelineView,
)
from workstation.terminal.formats import count, day, duration, money, when
from workstation.terminal.pictures.bars import MENU_ARROW, number
from workstation.terminal.pictures.line import Part, cut, dotted, fit, flow, row, stack
from workstation.terminal.workplace import Workplace

DATE_WIDTH = 7          # `09 Nov`, `Dec ’25`
FILTERS: Mapping[str, frozenset[str]] = {
    "all": frozenset(),
    "calls": frozenset({"call", "attempt"}),
    "requests": frozenset({"request"}),
    "billing": frozenset({"invoice", "payment", "reading"}),
    "notes": frozenset({"note"}),
}


def unknown(desk: Workplace, item: ConversationView) -> Content:
    """Nobody is chosen: who it may be, and the key that makes a client of the number."""
    words = desk.words
    lines = [row((words("terminal.unknown_client"), "bold")), row(number(item, desk))]
    if item.caller_name:
        lines.append(row((words("terminal.network_says", name=item.caller_name), "$dim")))
    lines += [Content(""), _key("n", words("terminal.make_client"))]
    if item.candidates:
        lines.append(_key("c", words("terminal.choose_again")))
    return stack([*lines, *_path(desk, item)])


def _key(key: str, text: str) -> Content:
    return row((f" {key} ", "bold reverse"), f" {text}")


def _path(desk: Workplace, item: ConversationView) -> list[Content]:
    if not item.menu_path:
        return []
    path = MENU_ARROW.join(item.menu_path)
    return [row((desk.words("terminal.menu_path", path=path), "$dim"))]


def candidate(place: int, item: CandidateView, width: int) -> Content:
    """`1 Ivanov Ivan` and the reasons below."""
    key = str(place) if place < 10 else " "
    reasons: list[Part] = [(reason.text, "$dim") for reason in item.reasons]
    head = row((f" {key} ", "bold reverse"), (f" {cut(item.name, width - 4)}", "bold"))
    return stack([head, flow(Content("    "), reasons, width, 4)]) if reasons else head


def identity(desk: Workplace, item: ConversationView) -> Content:
    """A tick one sees without colour."""
    words = desk.words
    box, style = {"confirmed": ("[x]", "$state-ready"), "refused": ("[-]", "$state-breach"),
                  "unknown": ("[ ]", "$state-offered")}[item.identity]
    return row(("F3 ", "$dim"), (f"{box} {words(f'terminal.identity.{item.identity}')}", style))


def card(desk: Workplace, item: CardView, conversation: ConversationView | None) -> Content:
    words = desk.words
    kind = words(f"terminal.kind.{item.kind}")
    tags: list[Part] = [(tag, "$dim") for tag in (kind, item.language, *item.tags)]
    lines = [row((item.name, "bold")), dotted(tags)]
    if conversation is not None:
        lines.append(identity(desk, conversation))
    lines += [*_debt(desk, item), *(row((f"⚑ {flag}", "bold $state-breach"))
                                    for flag in item.flags)]
    lines += [_phone(desk, phone) for phone in item.phones]
    for account in item.accounts:
        lines += _section(words("terminal.account", number=account.number),
                          _account(desk, account, is_masked=item.masked))
    if item.others_on_number:
        text = words("terminal.others", n=len(item.others_on_number))
        lines += [Content(""), _key("c", text)]
    if conversation is not None:
        lines += _path(desk, conversation)
    return stack(lines)


def _debt(desk: Workplace, item: CardView) -> Iterable[Content]:
    words = desk.words
    if item.masked:
        return [row((words("terminal.masked"), "$dim"))]
    if item.debt_minor <= 0:
        return [row((words("terminal.no_debt"), "$dim"))]
    total = money(item.debt_minor, item.currency, desk.locale)
    text = words("terminal.debt", sum=total)
    since = "" if item.debt_since is None else words(
        "terminal.since", day=day(item.debt_since, desk.locale, desk.now(), desk.zone))
    return [row((f"⚑ {text}", "bold $state-breach"), f" {since}")]


def _section(title: str, lines: Iterable[Content]) -> list[Content]:
    body = list(lines)
    return [Content(""), row((title, "underline")), *body] if body else []


def _phone(desk: Workplace, phone: PhoneView) -> Content:
    """Confirmed numbers carry a tick and the day."""
    if phone.confirmed_at is None:
        return row(("☎ ", "$dim"), phone.label or phone.e164, ("  " + phone.source, "$dim"))
    at = day(phone.confirmed_at, desk.locale, desk.now(), desk.zone)
    return row(("☎ ", "$dim"), phone.label or phone.e164, (f"  ✓ {at}", "$state-ready"))


def _account(desk: Workplace, item: AccountView, *, is_masked: bool) -> Iterable[Content]:
    words = desk.words
    if item.address:
        yield row(item.address)
    if not is_masked:
        balance = money(item.balance_minor, item.currency, desk.locale)
        yield row((words("terminal.balance", sum=balance),
                   "bold" if item.balance_minor < 0 else ""))
    for meter in item.meters:
        if meter.last_reading is None or meter.last_reading_on is None:
            yield row(words("terminal.meter", number=meter.number), ("  –", "$dim"))
            continue
        at = day(meter.last_reading_on, desk.locale, desk.now(), desk.zone)
        yield row(words("terminal.meter", number=meter.number),
                  f"  {count(meter.last_reading, desk.locale)}", (f"  {at}", "$dim"))


def timeline_item(desk: Workplace, item: TimelineView, width: int) -> Content:
    """`09 Nov invoice 1 240,00 ₽ · corrected`, a note below, all below the first word."""
    at = when(item.at, desk.locale, desk.now(), desk.zone)
    kind = desk.words(f"terminal.timeline.{item.kind}")
    indent = DATE_WIDTH + 1
    head = flow(row((f"{fit(at, DATE_WIDTH)} ", "$dim"), (kind, "bold")), _facts(desk, item),
                width, indent)
    note = _text(item.facts, "note") or (_text(item.facts, "text") if item.kind == "note" else "")
    lines = wrap(" ".join(note.split()), width - indent)
    return stack([head, *(row((" " * indent + line, "italic")) for line in lines)])


def _text(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name)
    return "" if value is None else str(value)


def _sum(desk: Workplace, facts: Mapping[str, Any], name: str) -> str:
    minor = facts.get(name)
    currency = _text(facts, "currency") or desk.catalogue.currency
    return money(minor, currency, desk.locale) if isinstance(minor, int) else ""


def _facts(desk: Workplace, item: TimelineView) -> list[Part]:
    words, facts = desk.words, item.facts
    parts: list[Part] = []
    match item.kind:
        case "call":
            parts = _call_facts(desk, facts)
        case "invoice":
            parts = [_sum(desk, facts, "amount_minor"), _text(facts, "number")]
            if isinstance(facts.get("corrected"), int):
                parts.append((words("terminal.corrected", sum=_sum(desk, facts, "corrected")),
                              "$state-offered"))
        case "payment":
            parts = [_sum(desk, facts, "amount_minor")]
        case "reading":
            value = facts.get("value")
            shown = count(value, desk.locale) if isinstance(value, int | float) else ""
            parts = [shown, _text(facts, "meter"), _text(facts, "source")]
        case "request":
            parts = [f"#{_text(facts, 'number')}", _text(facts, "type"), _text(facts, "stage")]
        case "note":
            parts = []
        case _:
            parts = [str(value) for value in facts.values() if isinstance(value, str | int)]
    return parts


def _call_facts(desk: Workplace, facts: Mapping[str, Any]) -> list[Part]:
    words = desk.words
    direction = _text(facts, "direction")
    operator = _text(facts, "operator")
    known = desk.shelves.operators.get(operator)
    talked = facts.get("talked_s")
    length = duration(talked) if isinstance(talked, int | float) and talked > 0 else ""
    outcome = _text(facts, "disposition") or _text(facts, "outcome")
    return [words(f"terminal.direction.{direction}") if direction else "",
            desk.queue_name(_text(facts, "queue")), known.name if known else operator,
            length, outcome]
