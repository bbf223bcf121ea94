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
    ReasonView,
    TimelineView,
)
from workstation.terminal.formats import count, day, duration, money, when
from workstation.terminal.pictures import card as picture
from workstation.terminal.pictures import tasks
from workstation.terminal.pictures.bars import MENU_ARROW, number
from workstation.terminal.pictures.line import Part, cut, dotted, fit, flow, row, stack
from workstation.terminal.workplace import Workplace

DATE_WIDTH = 7          # `09 Nov`, `Dec ’25`
FILTERS: Mapping[str, frozenset[str]] = {
    "all": frozenset(),
    "calls": frozenset({"call", "attempt"}),
    "requests": frozenset({"request", "task", "proposal"}),
    "billing": frozenset({"invoice", "correction", "payment", "promise", "reading"}),
    "notes": frozenset({"note", "call"}),           # what was noted in a call is a note too
    "mail": frozenset({"mail", "web"}),
    "changes": frozenset({"change", "consent", "merge"}),
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


def candidate(desk: Workplace, place: int, item: CandidateView, width: int) -> Content:
    """`1 Ivanov Ivan` and the reasons below."""
    key = str(place) if place < 10 else " "
    reasons: list[Part] = [(because(desk, reason), "$dim") for reason in item.reasons]
    head = row((f" {key} ", "bold reverse"), (f" {cut(item.name, width - 4)}", "bold"))
    return stack([head, flow(Content("    "), reasons, width, 4)]) if reasons else head


def because(desk: Workplace, reason: ReasonView) -> str:
    """The reason's sentence; its text holds only the facts (a count, a day, a source)."""
    if reason.kind in {"related", "called_for"}:
        return desk.words(f"because.{reason.kind}", role=desk.coded("role", reason.text),
                          name=reason.name)
    if reason.kind == "source":
        return desk.coded("source", reason.text)
    key = f"because.{reason.kind}"
    told = (desk.words(key, n=int(reason.text)) if reason.text.isdecimal()
            else desk.words(key, facts=reason.text))
    return told if told != key else reason.text or desk.coded("because", reason.kind)


def identity(desk: Workplace, item: ConversationView) -> Content:
    """A tick one sees without colour."""
    words = desk.words
    box, style = {"confirmed": ("[x]", "$state-ready"), "refused": ("[-]", "$state-breach"),
                  "unknown": ("[ ]", "$state-offered")}[item.identity]
    return row(("F3 ", "$dim"), (f"{box} {words(f'terminal.identity.{item.identity}')}", style),
               (_confirmed_by(desk, item), "$dim"))


def _confirmed_by(desk: Workplace, item: ConversationView) -> str:
    by = item.confirmed
    if by is None:
        return ""
    at = when(by.at, desk.locale, desk.now(), desk.zone)
    return f"  {by.name}, {at}" if by.here else f"  {desk.words('terminal.identity_earlier')} {at}"


def card(desk: Workplace, item: CardView, conversation: ConversationView | None) -> Content:
    words = desk.words
    tags: list[Part] = [(tag, "$dim") for tag in (
        words(f"kind.{item.kind}"), desk.coded("language", item.language),
        *map(desk.say, item.tags))]
    lines = [row((item.name, "bold")), dotted(tags)]
    if conversation is not None:
        lines.append(identity(desk, conversation))
    lines += [*_hidden(desk, item), *_debt(desk, item), *picture.flags(desk, item)]
    lines += tasks.sources(desk, item.client_id, whole=conversation is None)
    lines += [_phone(desk, phone) for phone in item.phones]
    lines += picture.beyond(desk, item)
    lines += tasks.of_client(desk, item.client_id)
    for account in item.accounts:
        lines += _section(words("terminal.account", number=account.number),
                          _account(desk, account, is_masked=item.masked))
    if item.others_on_number:
        text = words("terminal.others", n=len(item.others_on_number))
        lines += [Content(""), _key("c", text)]
    if conversation is not None:
        lines += _path(desk, conversation)
    return stack(lines)


def _hidden(desk: Workplace, item: CardView) -> Iterable[Content]:
    """What rights leave out, and by which rule."""
    words = desk.words
    if not item.hidden:
        return []
    groups = ", ".join(words(f"rights.group.{one.group}") for one in item.hidden)
    rules = ", ".join(dict.fromkeys(one.right for one in item.hidden))
    return [row((words("rights.hidden", groups=groups), "$state-offered")),
            row((words("rights.by", right=rules), "$dim"))]


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
        return row(("☎ ", "$dim"), phone.label or phone.e164)
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
        if meter.last_reading is None or meter.last_read_at is None:
            yield row(words("terminal.meter", number=meter.number), ("  –", "$dim"))
            continue
        at = day(meter.last_read_at, desk.locale, desk.now(), desk.zone)
        yield row(words("terminal.meter", number=meter.number),
                  f"  {count(meter.last_reading, desk.locale)}", (f"  {at}", "$dim"))


def timeline_item(desk: Workplace, item: TimelineView, width: int) -> Content:
    """`09 Nov invoice 1 240,00 ₽ · corrected`, a note below, all below the first word."""
    at = when(item.at, desk.locale, desk.now(), desk.zone)
    indent = DATE_WIDTH + 1
    head = flow(row((f"{fit(at, DATE_WIDTH)} ", "$dim"), (_kind(desk, item), "bold")),
                _facts(desk, item),
                width, indent)
    note = _text(item.facts, "note") or (_text(item.facts, "text") if item.kind == "note" else "")
    lines = wrap(" ".join(note.split()), width - indent)
    return stack([head, *(row((" " * indent + line, "italic")) for line in lines)])


def _text(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name)
    return "" if value is None else str(value)


def _sum(desk: Workplace, facts: Mapping[str, Any], name: str = "amount_minor") -> str:
    if facts.get("masked"):
        return "•••••"
    minor = facts.get(name)
    currency = _text(facts, "currency") or desk.catalogue.currency
    return money(minor, currency, desk.locale) if type(minor) is int else ""


def _kind(desk: Workplace, item: TimelineView) -> str:
    if item.kind == "call":
        return desk.coded("event", f"call_{_text(item.facts, 'direction') or 'in'}")
    return desk.coded("event", item.kind)


def _facts(desk: Workplace, item: TimelineView) -> list[Part]:
    facts = item.facts
    match item.kind:
        case "call":
            return _call_facts(desk, facts)
        case "attempt":
            return [_text(facts, "campaign"), _outcome(desk, facts)]
        case "invoice":
            return [_sum(desk, facts), _text(facts, "number"), _corrected(desk, facts)]
        case "merge":
            undone = desk.words("event.unmerged") if facts.get("undone_at") else ""
            return [f"{_text(facts, 'absorbed_name')} → {_text(facts, 'kept_name')}", undone,
                    _text(facts, "by")]
        case "correction":
            return [_sum(desk, facts), _text(facts, "invoice"), _text(facts, "reason")]
        case "payment":
            return [_sum(desk, facts), _code(desk, "method", facts)]
        case "promise":
            return [_sum(desk, facts), _text(facts, "due_on")]
        case "reading":
            value = facts.get("value")
            shown = count(value, desk.locale) if isinstance(value, int | float) else ""
            return [shown, _text(facts, "meter"), _code(desk, "source", facts)]
        case "proposal":
            titles = facts.get("titles") or {}
            title = titles.get(desk.locale) or titles.get("en") or str(facts.get("proposal"))
            return [title, desk.words(f"offers.is_{facts.get('answer')}")]
        case "task":
            done = _text(facts, "done_at")
            on = day((done or _text(facts, "due_at"))[:10], desk.locale, desk.now(), desk.zone)
            return [_text(facts, "title"),
                    desk.words("task.done_on" if done else "task.due_on", day=on)]
        case "request":
            title = desk.say(_text(facts, "title")) or _code(desk, "request_type", facts, "type")
            return [_text(facts, "number") or _text(facts, "request_id"), title,
                    _code(desk, "stage", facts)]
    return [desk.operator_name(_text(facts, "by") or _text(facts, "operator"))]


def _code(desk: Workplace, family: str, facts: Mapping[str, Any], name: str = "") -> str:
    code = _text(facts, name or family)
    return desk.coded(family, code) if code else ""


def _outcome(desk: Workplace, facts: Mapping[str, Any]) -> str:
    return "" if facts.get("outcome") == "answered" else _code(desk, "outcome", facts)


def _corrected(desk: Workplace, facts: Mapping[str, Any]) -> Part:
    """With the sum before, where it is known and may be seen."""
    before = facts.get("corrected")
    if not before:
        return ""
    shown = "" if type(before) is bool else _sum(desk, facts, "corrected")
    text = desk.words("terminal.corrected", sum=shown) if shown else desk.words("event.corrected")
    return (text, "$state-offered")


def _call_facts(desk: Workplace, facts: Mapping[str, Any]) -> list[Part]:
    name = _text(facts, "operator_name") or desk.operator_name(_text(facts, "operator"))
    talked = facts.get("talked_s")
    length = duration(talked) if isinstance(talked, int | float) and talked > 0 else ""
    disposition = desk.say(_text(facts, "disposition_name")) or _code(desk, "disposition", facts)
    queue = desk.say(_text(facts, "queue_name")) or desk.queue_name(_text(facts, "queue"))
    mark = desk.words("timeline.reconstructed") if facts.get("reconstructed") else ""
    heard = desk.words("terminal.recorded") if facts.get("recorded") else ""
    scripted = facts.get("scripted")
    asked = desk.words("answers.count", n=scripted) if isinstance(scripted, int) else ""
    return [queue, name, length, _outcome(desk, facts), (disposition, "bold"), (mark, "$dim"),
            (heard, "$dim"), (asked, "$dim")]
