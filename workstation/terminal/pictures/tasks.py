"""Tasks and figures from elsewhere, as lines of card and foot bar. ○"""

from __future__ import annotations

from textual.content import Content

from workstation.protocol import FigureView, SourceView, TaskView
from workstation.terminal.formats import day, moment, money, when
from workstation.terminal.pictures.line import Part, dotted, row
from workstation.terminal.workplace import Workplace

OF_A_CLIENT = 3
FIGURES = 3
# an answer came that cannot be used; every other reason is a silence
REFUSED = ("wrong_", "not_json", "too_long")


def is_mine(desk: Workplace, task: TaskView) -> bool:
    """I answer for it, or my group does and nobody has taken it yet."""
    if task.operator is not None:
        return task.operator == desk.me.id
    return task.group is not None and task.group in desk.me.groups


def is_late(desk: Workplace, task: TaskView) -> bool:
    return task.done_at is None and moment(task.due_at) < desk.now()


def mine(desk: Workplace) -> list[TaskView]:
    return sorted((task for task in desk.shelves.tasks.values() if is_mine(desk, task)),
                  key=lambda task: (task.due_at, task.id))


def who(desk: Workplace, task: TaskView) -> str:
    """The operator, else the group."""
    return named(desk, task.operator or task.group or "")


def named(desk: Workplace, key: str) -> str:
    """Of an operator or a group."""
    live = desk.shelves.operators.get(key)
    if live is not None:
        return live.name
    known = (*desk.catalogue.operators, *desk.catalogue.groups)
    return desk.say(next((one.name for one in known if one.id == key), key))


def alerts(desk: Workplace) -> dict[str, str]:
    """What is to be told now, each under a key that is told once."""
    words, found = desk.words, {}
    for task in desk.shelves.tasks.values():
        about = f"{task.title} · {task.client_name}" if task.client_name else task.title
        due = when(task.due_at, desk.locale, desk.now(), desk.zone)
        if task.told_at and is_mine(desk, task):
            found[f"{task.id}@{task.told_at}"] = f"{words('task.is_due')} {due}: {about}"
        if task.late_at and desk.me.id in task.leads and task.operator != desk.me.id:
            found[f"{task.id}!{task.late_at}"] = (
                f"{words('task.is_late')} {due}: {about} ({who(desk, task)})")
    return found


def foot(desk: Workplace) -> list[Part]:
    """`tasks 3 · 1 late`; nothing when there is nothing to do."""
    own = mine(desk)
    late = sum(is_late(desk, task) for task in own)
    if not own:
        return []
    return [desk.words("terminal.tasks", n=len(own)),
            (desk.words("terminal.late", n=late) if late else "", "bold $state-breach")]


def of_client(desk: Workplace, client_id: int) -> list[Content]:
    """The next few for this client; late ones say so."""
    found = sorted((task for task in desk.shelves.tasks.values() if task.client_id == client_id),
                   key=lambda task: task.due_at)
    lines = []
    for task in found[:OF_A_CLIENT]:
        due = when(task.due_at, desk.locale, desk.now(), desk.zone)
        late = f" {desk.words('terminal.late_mark')}" if is_late(desk, task) else ""
        lines.append(row(("□ ", "$dim"), task.title,
                         (f"  {due}{late}", "bold $state-breach" if late else "$dim")))
    return lines


def sources(desk: Workplace, client_id: int, *, whole: bool) -> list[Content]:
    """What billing elsewhere says of the client, how old it is, and why it may be missing;
    `whole`: with its latest invoices and payments."""
    found = sorted((one for one in desk.shelves.sources.values()
                    if one.client_id == client_id and one.state != "nothing"),
                   key=lambda one: one.name)
    return [line for one in found for line in _source(desk, one, whole=whole)]


def _source(desk: Workplace, one: SourceView, *, whole: bool) -> list[Content]:
    lines = [dotted([(one.name, "bold"), *_sum(desk, one)])]
    lines += [row((line, style)) for line, style in _age(desk, one)]
    if whole and not one.masked:
        rows = [row for row in one.figures if row.kind != "account"][:FIGURES]
        lines += [_figure(desk, figure) for figure in rows]
    return lines


def _sum(desk: Workplace, one: SourceView) -> list[Part]:
    words = desk.words
    if not one.figures:
        return []
    if one.masked:
        return [(words("terminal.masked"), "$dim")]
    if one.debt_minor == 0:
        return [words("terminal.balance", sum=money(one.balance_minor, one.currency, desk.locale))]
    since = "" if not one.debt_since else words(
        "terminal.since", day=day(one.debt_since, desk.locale, desk.now(), desk.zone))
    debt = words("terminal.debt", sum=money(one.debt_minor, one.currency, desk.locale))
    return [(f"{debt} {since}".rstrip(), "bold $state-breach")]


def _age(desk: Workplace, one: SourceView) -> list[tuple[str, str]]:
    words = desk.words
    at, since = _at(desk, one.as_of), _at(desk, one.failing_since)
    if one.state == "failed":
        text = "refused" if one.reason.startswith(REFUSED) else "silent"
        why = desk.coded("sources.why", one.reason)
        shown = words("sources.shown_of", at=at) if at else words("sources.nothing_before")
        return [(f"! {words(f'sources.{text}', since=since)} ({why})", "$state-offered"),
                (f"  {shown}", "$dim")]
    if one.state == "unknown":
        return [(f"  {words('sources.unknown')}", "$dim")]
    asking = words("sources.asking") if one.state in ("asking", "old") else ""
    told = words("terminal.as_of", at=at) if at else ""
    return [(f"  {' · '.join(filter(None, (told, asking)))}", "$dim")]


def _figure(desk: Workplace, figure: FigureView) -> Content:
    on = "" if not figure.on else day(figure.on, desk.locale, desk.now(), desk.zone)
    what = figure.number or (desk.coded("method", figure.says) if figure.says else "")
    return row((f"  {on} ", "$dim"), f"{desk.words(f'sources.{figure.kind}')} {what} ",
               money(figure.amount_minor, figure.currency, desk.locale))


def _at(desk: Workplace, at: str | None) -> str:
    return "" if at is None else when(at, desk.locale, desk.now(), desk.zone)
