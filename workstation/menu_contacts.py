"""What callers left in the menu, tied to their contact: a message becomes a recording in the
timeline and a task for its group, an answer of a survey belongs to who talked with him."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from crm_store import interactions, menu_contacts, recordings, tasks
from crm_store.contacts import Interaction
from crm_store.errors import StoreError
from crm_store.menu_contacts import Voicemail
from crm_store.recordings import Sound
from workstation import texts, unforeseen
from workstation.actions.tasks import show
from workstation.desk import Desk
from workstation.recording_files import Sources, finish
from workstation.settings import recordings_folder

log = structlog.get_logger()
BEAT_S = 2.0
WAIT_FOR_CONTACT = timedelta(minutes=10)    # the journal may be behind
DUE_AFTER = timedelta(hours=4)
BY = "menu"


async def run(desk: Desk) -> None:
    """For ever; cancel to stop."""
    while True:
        with unforeseen.logged("menu: what callers left"):
            try:
                await settle(desk)
            except StoreError as exc:
                log.warning("what callers left in the menu could not be settled", error=str(exc))
        await asyncio.sleep(BEAT_S)


async def settle(desk: Desk) -> int:
    """How many messages and answers found their contact."""
    async with desk.store.read() as tx:
        messages = await menu_contacts.unsettled_messages(tx)
        answers = await menu_contacts.unsettled_answers(tx)
    done = sum([await _settle_message(desk, message) for message in messages])
    for answer in answers:
        contact = await _contact(desk, answer.call_id)
        if contact is not None:
            async with desk.store.begin() as tx:
                await menu_contacts.settle_answer(tx, answer.id, contact.id, contact.operator,
                                                  at=desk.clock())
            done += 1
    return done


async def _contact(desk: Desk, call: str) -> Interaction | None:
    async with desk.store.read() as tx:
        return await interactions.by_call(tx, call)


async def _settle_message(desk: Desk, message: Voicemail) -> bool:
    """Its contact is over or long gone by; a message without one is still somebody's task."""
    contact = await _contact(desk, message.call_id)
    is_late = desk.clock() - message.at > WAIT_FOR_CONTACT
    if contact is None and not is_late:
        return False
    folder = recordings_folder(desk.settings)
    if contact is not None:
        await _keep_sound(desk, message, contact, folder)
    async with desk.board_turns["tasks"]:
        async with desk.store.begin() as tx:
            row = await tasks.make(tx, _task(desk, message, contact))
            await menu_contacts.settle_message(
                tx, message.id, contact.id if contact else None, at=desk.clock())
        show(desk, row)
    return True


async def _keep_sound(desk: Desk, message: Voicemail, contact: Interaction, folder: Path) -> None:
    """As a recording of the caller's side alone; done again after a crash, it changes nothing."""
    sources = Sources.of(folder / "new", message.sound)
    seconds = await asyncio.to_thread(sources.seconds)
    if not seconds:
        return
    began_at = message.at - timedelta(seconds=seconds)
    async with desk.store.begin() as tx:
        await recordings.begin(tx, contact.id, message.sound, started_at=began_at,
                               marks=((0.0, None),))
        row = await recordings.of_leg(tx, message.sound)
    if row is None or row.state != "open":
        return
    name = f"{began_at.astimezone(UTC):%Y/%m/%d}/{row.id}.wav"
    sound: Sound | None = await asyncio.to_thread(finish, sources, folder, name, row.marks)
    async with desk.store.begin() as tx:
        if sound is None:
            await recordings.let_go(tx, [row.id], "empty")
        else:
            await recordings.keep(tx, row.id, sound, started_at=began_at, ended_at=message.at)
    await asyncio.to_thread(sources.remove)


def _task(desk: Desk, message: Voicemail, contact: Interaction | None) -> tasks.NewTask:
    say = texts.translator(desk.settings.company.language)
    number = (contact.number if contact else None) or say("menus.hidden_number")
    now: datetime = desk.clock()
    return tasks.NewTask(
        title=say("menus.voicemail_task", number=number), group=message.group_id,
        due_at=now + DUE_AFTER, by=BY, at=now,
        client_id=contact.client_id if contact else None,
        interaction_id=contact.id if contact else None)
