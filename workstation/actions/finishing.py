"""A contact ends: outcome and note become facts, with what is to be done next, in one step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaigns import settling, steering
from campaigns.promises import Promise
from crm_store import audit, drafts, follow_ups, interactions, tasks
from crm_store.base import Tx
from crm_store.card_numbers import masked
from crm_store.follow_ups import FollowUps
from crm_store.interactions import SegmentFacts
from crm_store.tasks import NewTask, TaskRow
from workstation import texts, views
from workstation.actions import requests
from workstation.actions import tasks as task_actions
from workstation.actions.conversations import NOTE_LIMIT, his_call, interaction_of, own
from workstation.desk import Desk
from workstation.errors import Refused
from workstation.policy import Person
from workstation.promising import promised
from workstation.protocol import (
    ConversationView,
    DispositionView,
    ExtendWrapUp,
    FileRequest,
    Finish,
)
from workstation.wrap_up import Wish

FOLLOW_KINDS = ("call_back", "task")
PROMISE = "promise"     # typed in the same place; see `promising`


@dataclass(frozen=True, slots=True)
class Ending:
    """All that one press of Done asks for, checked. `follow` is for a campaign only a date."""
    outcome: DispositionView
    note: str
    follow: NewTask | None
    files_request: bool
    promises: tuple[Promise, ...] = ()


async def finish(desk: Desk, person: Person, args: Finish) -> dict[str, object]:
    view = his_call(desk, person, args.conversation)
    if view.state != "wrap_up":
        raise Refused("still_talking", "The call is not over yet.", "", 409)
    chosen = _chosen(view, args)
    _check_identity(view, chosen)
    interaction = await interaction_of(desk, view)
    had = await follow_ups.glance(desk.store, interaction)
    ending = _checked(desk, person, view, args, chosen, interaction, had)
    request = await _file(desk, person, view, args) if ending.files_request else None
    task = await _store(desk, person, view, ending, interaction)
    desk.conversations.change(person.operator, view.call, state="done")
    await _end_wrap_up(desk, person, view, args)
    return {"task": task.id if task else None, "request": request}


# ── what is missing? ─────────────────────────────────────────────────────────────────────────
def _chosen(view: ConversationView, args: Finish) -> DispositionView:
    chosen = next((item for item in view.dispositions if item.id == args.disposition), None)
    if chosen is None:
        raise Refused("outcome_missing", "Choose an outcome.", args.disposition[:40], 422)
    letters = len(args.note.strip())
    if letters < chosen.note_min:
        raise Refused("note_missing", "This outcome needs a note.",
                      f"{chosen.name}: {chosen.note_min} letters, {letters} are written", 422,
                      {"needed": chosen.note_min, "letters": letters})
    if len(args.note) > NOTE_LIMIT:
        raise Refused("too_long", "This is too long to be kept.", f"{NOTE_LIMIT} letters", 422)
    return chosen


def _check_identity(view: ConversationView, chosen: DispositionView) -> None:
    if chosen.needs_identity and view.identity != "confirmed":
        raise Refused("identity_missing", "This outcome says that the person himself was "
                      "reached: confirm the identity first.", chosen.name, 422)


def _checked(desk: Desk, person: Person, view: ConversationView, args: Finish,
             chosen: DispositionView, interaction: int, had: FollowUps) -> Ending:
    follow = _follow(desk, person, view, args.follow, interaction)
    if chosen.asks in FOLLOW_KINDS and follow is None and not had.tasks and not (
            chosen.asks == "call_back" and view.campaign):      # its plan knows when
        raise Refused(f"{chosen.asks}_missing", "Say when to call back."
                      if chosen.asks == "call_back" else "Say what is to be done by when.",
                      chosen.name, 422)
    is_filed = args.request is not None and args.request.type in had.requests.values()
    if chosen.asks == "request" and args.request is None and not had.requests:
        raise Refused("request_missing", "Fill in the request that this outcome promises.",
                      chosen.name, 422)
    if args.request is not None and view.client_id is None:
        raise Refused("no_client", "Choose the client first.", "", 409)
    promises = promised(args.follow, desk.clock(), desk.zone)
    if promises and view.client_id is None:
        raise Refused("no_client", "Choose the client first.", "", 409)
    return Ending(chosen, args.note, follow, args.request is not None and not is_filed, promises)


def _follow(desk: Desk, person: Person, view: ConversationView, typed: dict[str, str],
            interaction: int) -> NewTask | None:
    """The call-back or task typed with the outcome. Raises Refused for what cannot be read."""
    kind = typed.get("kind", "")
    if kind in ("", PROMISE):
        return None
    if kind not in FOLLOW_KINDS:
        raise Refused("unknown_follow", "This cannot be arranged here.", kind[:40], 422)
    if not typed.get("due_at"):
        raise Refused(f"{kind}_missing", "Say when to call back." if kind == "call_back"
                      else "Say what is to be done by when.", "", 422)
    now = desk.clock()
    operator, group = task_actions.whose(
        desk.settings, desk.kinds, typed.get("operator") or None, typed.get("group") or None,
        person.operator)
    title = typed.get("title") or (_call_back_title(person, view) if kind == "call_back" else "")
    return NewTask(
        title=task_actions.title_of(masked(title)), note=task_actions.note_of(""),
        due_at=task_actions.due_of(typed["due_at"], now), operator=operator, group=group,
        by=person.operator, at=now, client_id=view.client_id, interaction_id=interaction)


def _call_back_title(person: Person, view: ConversationView) -> str:
    said = texts.translator(person.locale)
    return said("follow.call_back_title", number=view.number_label or view.caller_name)


# ── doing ────────────────────────────────────────────────────────────────────────────────────
async def _file(desk: Desk, person: Person, view: ConversationView,
                args: Finish) -> int | None:
    """Before the outcome: a form with mistakes leaves the contact open. Pressed again after a
    failure, what was filed already is seen and not filed twice."""
    if args.request is None or view.client_id is None:
        return None
    filed = await requests.file(desk, person, FileRequest(
        client_id=view.client_id, type=args.request.type, fields=args.request.fields,
        conversation=view.id))
    made = filed.get("id")
    return made if isinstance(made, int) else None


async def _store(desk: Desk, person: Person, view: ConversationView, ending: Ending,
                 interaction: int) -> TaskRow | None:
    now = desk.clock()

    async def work(tx: Tx) -> TaskRow | None:
        attempt = await interactions.set_disposition(
            tx, interaction, outcome_id=ending.outcome.id, note=masked(ending.note),
            by=person.operator, at=now)
        await drafts.finish(tx, interaction, person.operator, at=now)
        await _add_wrap_up(tx, desk, view, interaction, now)
        await audit.record(tx, by=person.operator, at=now, what="contact.outcome",
                           client_id=view.client_id,
                           facts={"contact": interaction, "outcome": ending.outcome.id})
        if ending.promises and view.client_id is not None:
            await settling.keep_promises(
                tx, view.client_id, attempt, ending.promises, _currency(desk, view),
                by=person.operator, at=now)
        if attempt is None:
            return await tasks.make(tx, ending.follow) if ending.follow else None
        return await _settle(tx, attempt, ending, person, now)

    async with desk.board_turns["tasks"]:
        row = await desk.store.write(work)
        if row is not None:
            task_actions.show(desk, row, person)
    return row


def _currency(desk: Desk, view: ConversationView) -> str:
    owed = view.card.currency if view.card is not None else None
    return owed or desk.settings.company.currency


async def _settle(tx: Tx, attempt: int, ending: Ending, person: Person,
                  now: datetime) -> TaskRow | None:
    """The campaign calls back by itself, at the agreed time; a task stays ours."""
    follow = ending.follow
    is_called_back = follow is not None and ending.outcome.asks == "call_back"
    await steering.record_disposition(
        tx, attempt, ending.outcome.id, by=person.operator, at=now,
        call_at=follow.due_at if follow is not None and is_called_back else None)
    if follow is None or is_called_back:
        return None
    return await tasks.make(tx, follow)


async def _add_wrap_up(tx: Tx, desk: Desk, view: ConversationView, interaction: int,
                       now: datetime) -> None:
    counting = desk.wrap_up.counting(view.operator)
    if counting is not None and counting.call == view.call and counting.began_at < now:
        await interactions.add_segments(tx, interaction, (SegmentFacts(
            kind="wrap_up", started_at=counting.began_at, ended_at=now, who=view.operator),))


async def _end_wrap_up(desk: Desk, person: Person, view: ConversationView,
                       args: Finish) -> None:
    counting = desk.wrap_up.counting(person.operator)
    reason = desk.settings.pause_reasons[0] if desk.settings.pause_reasons else "paused"
    wish = Wish(True, reason) if args.then == "paused" else None
    if counting is not None and counting.call == view.call:
        await desk.wrap_up.finish(person.operator, wish)
    elif wish is not None:      # its time is over already
        await desk.wrap_up.want(person.operator, wish)


# ── more time ────────────────────────────────────────────────────────────────────────────────
async def extend(desk: Desk, person: Person, args: ExtendWrapUp) -> dict[str, object]:
    view = own(desk, person, args.conversation)
    if view.state == "wrap_up" and not desk.wrap_up.left(person.operator, view.call):
        raise Refused("no_more_time", "It was prolonged as often as it may be.",
                      f"{desk.settings.wrap_up.extensions} times")
    until, again = desk.wrap_up.extend(person.operator, view.call), None
    if until is None and view.state == "wrap_up":
        again = desk.wrap_up.begin_again(person.operator, view.call)
        until = again.until if again is not None else None
    if until is None:
        raise Refused("no_wrap_up", "No wrap-up is being counted for this call.")
    left = desk.wrap_up.left(person.operator, view.call)
    desk.conversations.change(person.operator, view.call, wrap_up_until=views.moment(until),
                              extensions_left=left)
    if again is not None:
        await desk.wrap_up.hold(person.operator, again)
    return {"until": views.moment(until), "left": left}
