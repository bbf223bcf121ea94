"""What my call allows now, each with its key; whom it may go to, whose may be taken. ○"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from textual.content import Content

from workstation.protocol import ConversationView
from workstation.protocol.targets import Targets
from workstation.terminal.formats import ticking
from workstation.terminal.pictures.line import dotted, row
from workstation.terminal.theme import colour, shape
from workstation.terminal.workplace import Workplace

NUMBER = re.compile(r"\+?[0-9]{3,15}")
Rows = list[tuple[str, Content]]        # "operator:104", "queue:billing", "call.pick_up:17…"
# key and the verbs it stands for: the first that the call allows is what it does now
KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("F2", ("answer",)), ("F4", ("swap", "resume", "hold")), ("F6", ("mute",)),
    ("F7", ("complete", "transfer", "consult", "to_menu")), ("F8", ("keypad",)),
    ("Alt+K", ("conference", "park")), ("F9", ("cancel", "leave", "hangup")),
    ("Alt+P", ("resume_recording", "pause_recording")), ("Alt+O", ("record",)))
PLACES: Mapping[str, tuple[str, ...]] = dict(KEYS)


def verb(item: ConversationView | None, key: str) -> str:
    """What this key does with the call now; "" for nothing."""
    can = item.can if item is not None else []
    return next((one for one in PLACES[key] if one in can), "")


def keys(desk: Workplace, item: ConversationView) -> list[Content]:
    """`F4 hold`, `F7 transfer` …: what is possible now and nothing else."""
    shown = ((key, verb(item, key)) for key, _ in KEYS)
    return [row((key, "$primary"), f" {_word(desk, item, one).lower()}")
            for key, one in shown if one not in ("", "hangup")]


def _word(desk: Workplace, item: ConversationView, name: str) -> str:
    words = desk.words
    if name == "mute":
        return words("call.unmute" if item.muted else "call.mute")
    if name in ("consult", "to_menu"):
        return words("call.transfer")
    if name == "record":
        return words("recording.stop" if item.recording else "recording.record")
    return words(f"recording.{name}" if name.endswith("_recording") else f"call.{name}")


def course(desk: Workplace, item: ConversationView) -> list[Content]:
    """Who is asked or talks with us, that nobody hears me, that it is recorded."""
    words, shown = desk.words, []
    if item.consult is not None:
        state = words("conference.in" if item.conference else f"consult.{item.consult.state}")
        since = ticking(item.consult.since, desk.now())
        shown.append(row((f"+ {item.consult.who}: {state} {since}", "bold")))
    if item.muted:
        shown.append(row((f"! {words('terminal.muted')}", "bold $state-breach")))
    if item.recording:
        shown.append(row((words(f"recording.mark.{item.recording}"), "bold")))
    return shown


def targets(desk: Workplace, found: Targets, typed: str) -> Rows:
    """Colleagues, queues and menus that the letters fit; a whole number is one too."""
    text = typed.strip()
    rows = [(key, line) for key, name, line in _targets(desk, found)
            if text.casefold() in f"{key.partition(':')[2]} {name}".casefold()]
    rows.sort(key=lambda one: one[0] != f"operator:{text}")
    number = re.sub(r"[\s()-]", "", text)
    is_known = any(key == f"operator:{number}" for key, _ in rows)
    if NUMBER.fullmatch(number) and not is_known:
        rows.append((f"number:{number}", dotted([(number, "bold"),
                                                 desk.words("transfer.number")])))
    return rows


def _targets(desk: Workplace, found: Targets) -> Iterator[tuple[str, str, Content]]:
    for one in found.colleagues:
        state = (f"{shape(one.state)} {desk.state(one.state)}", colour(one.state))
        lost = "" if one.registered else desk.words("transfer.no_phone")
        yield f"operator:{one.id}", one.name, dotted([(one.name, "bold"), one.id, state, lost])
    for queue in found.queues:
        figures = (desk.words("transfer.waiting", n=queue.waiting),
                   desk.words("transfer.ready", n=queue.ready))
        name = desk.say(queue.name)
        yield f"queue:{queue.id}", name, dotted([(name, "bold"), *figures])
    for menu in found.menus:
        yield f"menu:{menu.id}", menu.name, dotted([
            (desk.say(menu.name), "bold"), desk.words("transfer.menus")])


def waiting(desk: Workplace, found: Targets) -> Rows:
    """Calls of my queues that may be taken: parked ones, ringing ones, those that wait."""
    words, rows = desk.words, []
    mine = [queue for queue in desk.shelves.queues.values() if queue.id in desk.me.queues]
    for queue in mine:
        rows += [(f"call.take_back:{one.call}", dotted([
            (one.name or one.number, "bold"), desk.say(queue.name), ticking(one.since, desk.now()),
            words("waiting.parked_by", who=desk.operator_name(one.by))])) for one in queue.parked]
    rows += [(f"call.pick_up:{one.call}", dotted([
        (one.name or one.number, "bold"), desk.queue_name(one.queue),
        ticking(one.since, desk.now()),
        words("waiting.ringing_by", who=desk.operator_name(one.operator))]))
        for one in found.ringing]
    known = {key.partition(":")[2] for key, _ in rows}
    for queue in mine:
        rows += [(f"call.pick_up:{one.call}", dotted([
            (one.name or one.number, "bold"), desk.say(queue.name), ticking(one.since, desk.now()),
            words("waiting.waiting")])) for one in queue.waiting if one.call not in known]
    return rows
