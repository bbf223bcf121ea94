"""Call bar, strip, list of conversations, foot bar. ○"""

from __future__ import annotations

from textual.content import Content

from workstation.protocol import ConversationView, QueueView
from workstation.terminal.formats import duration, moment, remaining, ticking
from workstation.terminal.pictures import controls, gaps, pauses, tasks
from workstation.terminal.pictures.line import Part, cut, dotted, row, sides, stack
from workstation.terminal.theme import colour, shape
from workstation.terminal.workplace import Workplace

LIVE = frozenset({"talking", "held"})
MENU_ARROW = " › "


def who(item: ConversationView, desk: Workplace) -> str:
    """The client's name; else how many it may be; else the number."""
    if item.card is not None:
        return item.card.name
    if len(item.candidates) > 1:
        return desk.words("terminal.candidates", n=len(item.candidates))
    return item.caller_name or number(item, desk)


def number(item: ConversationView, desk: Workplace) -> str:
    return item.number_label or item.number or desk.words("terminal.number_hidden")


def operator_state(desk: Workplace) -> Content:
    """`● Ready 3:12`, with the reason of a pause."""
    me = desk.operator
    state = me.state if me is not None else "offline"
    word = desk.state(state)
    reason = desk.pause_reason(me.reason) if me is not None and state == "paused" else ""
    time = ticking(me.since, desk.now()) if me is not None and state != "offline" else ""
    allowed = pauses.used(desk, me) if me is not None else ""
    return row((f"{shape(state)} {word}", f"bold {colour(state)}"),
               f" {reason}" if reason else "", f" {time}" if time else "",
               (allowed, "bold $state-breach" if me is not None and me.over else "$dim"))


def live_call(items: list[ConversationView]) -> ConversationView | None:
    return next((item for item in items if item.state in LIVE), None)


def current_call(desk: Workplace, items: list[ConversationView]) -> Content:
    """The call one is in: number, who, queue, waited, time; or where calls will come from."""
    item = live_call(items)
    if item is None:
        return _no_call(desk)
    state = f"{shape('held')} {desk.state('held')}" if item.state == "held" else "☎"
    since = ticking(item.answered_at or item.offered_at, desk.now())
    return dotted([row((state, colour(item.state)), " ", (since, "bold")),
                   (who(item, desk), "bold"), number(item, desk)])


def _course(desk: Workplace, item: ConversationView) -> Content:
    """How the call came: queue or campaign, wait, menu."""
    return dotted([(part, "$dim") for part in (
        item.campaign or desk.say(item.queue_name),
        desk.words("terminal.waited", time=duration(item.waited_s)),
        MENU_ARROW.join(item.menu_path))])


def _no_call(desk: Workplace) -> Content:
    me, words = desk.operator, desk.words
    if me is None or me.state == "offline":
        return row((words("terminal.no_call_offline"), "$dim"))
    phone = words(f"terminal.phone.{me.phone or 'none'}")
    lost = "" if me.registered or not me.phone else words("terminal.phone.unreachable")
    return dotted([(words("terminal.no_call"), "$dim"), (phone, "$dim"),
                   (lost, "bold $state-breach")])


def strip(desk: Workplace, items: list[ConversationView]) -> tuple[str, Content]:
    """(kind, content) of the row below the call bar: the most pressing thing, one line."""
    words = desk.words
    if not desk.link.up:
        tries = desk.link.tries
        text = words("terminal.link_lost", why=desk.link.why, tries=tries)
        return "lost", row((f"! {text}", "bold"))
    ringing = next((item for item in items if item.state == "ringing"), None)
    if ringing is not None:
        return "ringing", _ringing(desk, ringing)
    gap = next((gap for gap in desk.shelves.gaps.values() if gap.until is None), None)
    if gap is not None:
        since = ticking(gap.since, desk.now())
        return "gap", row((f"! {words('terminal.gap', pbx=gap.pbx, time=since)}", "bold"))
    if pauses.is_set_aside(desk.operator) and live_call(items) is None:
        return "notice", row((f"! {words('terminal.set_aside')}", "bold"))
    notice = next((item.notice for item in items if item.notice), "")
    if notice:
        return "notice", row((f"! {desk.coded('conversation_notice', notice)}", "bold"))
    live = live_call(items)
    if live is not None:
        return "quiet", dotted([*controls.course(desk, live), *controls.keys(desk, live),
                                _course(desk, live)])
    if past := gaps.past(desk):
        return "notice", row(past)
    return "quiet", row((words("terminal.hint"), "$dim"))


def _ringing(desk: Workplace, item: ConversationView) -> Content:
    words = desk.words
    me = desk.operator
    how = words("terminal.answer_page" if me is not None and me.phone == "web"
                else "terminal.answer_desk")
    waited = duration(item.waited_s + (desk.now() - moment(item.offered_at)).total_seconds())
    path = MENU_ARROW.join(item.menu_path)
    name = who(item, desk)
    return dotted([
        row((f"{shape('ringing')} {desk.state('ringing').upper()}  {name}", "bold")),
        number(item, desk) if item.card is None and number(item, desk) != name else "",
        item.campaign or desk.say(item.queue_name), path, words("terminal.waited", time=waited),
        how])


def conversation(desk: Workplace, item: ConversationView, *, is_current: bool,
                 width: int) -> Content:
    """Two lines: who; state and time."""
    mark = "▸" if is_current else " "
    since = item.answered_at if item.state in LIVE else item.offered_at
    time = ticking(since, desk.now())
    if item.state == "wrap_up":
        time = remaining(item.wrap_up_until, desk.now())
    word = desk.state(item.state)
    if item.state == "wrap_up" and item.wrap_up_until is None:
        word, time = desk.words("conversation.wrap_up"), ""
    state: Part = (f"  {shape(item.state)} {word}", colour(item.state))
    return stack([row((f"{mark} {cut(who(item, desk), width - 2)}", "bold" if is_current else "")),
                  sides(row(state), time, width, "")])


def foot(desk: Workplace, width: int) -> Content:
    """Queues with waiting and longest, my requests, my name if there is room, and the time.

    The requests are always whole: where the line is short, first the empty queues give way."""
    mine = _my_requests(desk)
    clock = f"{desk.now().astimezone(desk.zone):%H:%M}"
    queues = _queues_within(desk, width - mine.cell_length - len(clock) - 4)
    left = dotted([*([queues] if queues.cell_length else []), mine])
    named = f"{desk.me.name}  {clock}"
    return sides(left, named if left.cell_length + len(named) < width else clock, width, "")


def _my_requests(desk: Workplace) -> Content:
    late = sum(item.late for item in desk.shelves.requests.values())
    return dotted([desk.words("terminal.requests", n=len(desk.shelves.requests)),
                   (desk.words("terminal.late", n=late) if late else "", "bold $state-breach"),
                   *tasks.foot(desk)])


def _queues_within(desk: Workplace, room: int) -> Content:
    shown = _my_queues(desk)
    line = dotted([queue(desk, item) for item in shown])
    if line.cell_length <= room:
        return line
    busy = dotted([queue(desk, item) for item in shown if item.waiting])
    return busy.truncate(max(0, room), ellipsis=True)


def _my_queues(desk: Workplace) -> list[QueueView]:
    mine = list(desk.shelves.queues) if desk.supervises else desk.me.queues
    return [desk.shelves.queues[key] for key in mine if key in desk.shelves.queues]


def queue(desk: Workplace, item: QueueView) -> Content:
    """`Billing 3 waiting, longest 1:05`; past its service level with a mark, not only red."""
    words = desk.words
    if not item.waiting:
        return row(f"{desk.say(item.name)} ", ("0", "$dim"))
    longest = (desk.now() - moment(item.waiting[0].since)).total_seconds()
    is_late = longest > item.service_level_s
    text = words("terminal.queue_waiting", n=len(item.waiting), time=duration(longest))
    return row(f"{desk.say(item.name)} ", (f"{text}{' !' if is_late else ''}",
                                 "bold $state-breach" if is_late else "bold $state-offered"))
