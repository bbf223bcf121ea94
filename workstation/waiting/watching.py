"""Incidents at work: proposed from who calls, and everybody told when one is over."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import structlog

from crm_store import incidents, mails, outbox, tasks
from crm_store.base import Tx
from crm_store.errors import StoreError
from crm_store.incidents import Caller, Incident
from workstation import notices, texts, unforeseen
from workstation.actions.tasks import show
from workstation.desk import Desk
from workstation.waiting import detecting
from workstation.waiting.detecting import Called

log = structlog.get_logger()
BEAT_S = 5.0
QUIET = timedelta(hours=2)      # a street that was decided on is not proposed again so soon
DUE_AFTER = timedelta(hours=4)
BY = "incident"


async def run(desk: Desk) -> None:
    """For ever; cancel to stop."""
    while True:
        with unforeseen.logged("incidents"):
            try:
                if desk.settings.incidents.on:
                    await detect(desk)
                await tell(desk)
            except StoreError as exc:
                log.warning("incidents cannot be looked at", error=str(exc))
        await asyncio.sleep(BEAT_S)


async def detect(desk: Desk) -> list[int]:
    """The incidents proposed now; the leads are told at once."""
    rule, now = desk.settings.incidents, desk.clock()
    within = timedelta(minutes=rule.minutes)
    async with desk.store.read() as tx:
        heard = await incidents.heard(tx, now - within)
        if len({one.client_id for one in heard}) < rule.callers:
            return []
        known = {(one.city, one.street) for one in await incidents.undecided(tx)}
        known |= await incidents.decided_since(tx, now - QUIET)
    found = detecting.proposals(
        [Called(one.client_id, (one.city, one.street), one.at) for one in heard], now,
        callers=rule.callers, within=within, known=known)
    made = []
    for proposal in found:
        async with desk.store.begin() as tx:
            incident = await incidents.propose(tx, *proposal.street, at=now)
            if incident is None:
                continue
            for one in heard:
                if (one.city, one.street) == proposal.street:
                    await incidents.link(tx, incident, one.client_id, number=one.number,
                                         call_id=one.call_id, at=one.at)
        made.append(incident)
        notices.tell(desk.board, "incident_proposed", ", ".join(proposal.street))
    return made


async def tell(desk: Desk) -> int:
    """Everybody who called because of an incident that is over: by mail, or by one of us, who
    gets a task for it. How many were told."""
    async with desk.store.read() as tx:
        over = await incidents.untold(tx)
    told = 0
    for incident in over:
        async with desk.store.read() as tx:
            callers = [one for one in await incidents.callers(tx, incident.id)
                       if one.told_at is None]
        told += sum([await _tell(desk, incident, caller) for caller in callers])
    return told


async def _tell(desk: Desk, incident: Incident, caller: Caller) -> bool:
    """In one transaction with the mark that he was: nobody is told twice."""
    is_mail = bool(caller.email and desk.settings.requests.mailbox.address)
    async with desk.board_turns["tasks"]:
        async with desk.store.begin() as tx:
            row = None
            if not await incidents.told(tx, incident.id, caller.client_id, at=desk.clock(),
                                        by="mail" if is_mail else "person"):
                return False
            if is_mail:
                await _write(tx, desk, incident, caller)
            else:
                row = await tasks.make(tx, _task(desk, incident, caller))
        if row is not None:
            show(desk, row)
    return True


async def _write(tx: Tx, desk: Desk, incident: Incident, caller: Caller) -> None:
    say = texts.translator(desk.settings.company.language)
    address = desk.settings.requests.mailbox.address or ""
    name = f"<{uuid4().hex}@{address.partition('@')[2] or 'localhost'}>"
    mail = await mails.add(tx, mails.NewMail(
        direction="out", message_id=name, thread=name, sender=address,
        recipient=caller.email or "", subject=say("incident.over_subject"),
        text=say("incident.over_text", street=incident.street), at=desk.clock(), by=BY,
        state="outgoing", client_id=caller.client_id))
    await outbox.put(tx, "mail", {"mail": mail}, at=desk.clock())


def _task(desk: Desk, incident: Incident, caller: Caller) -> tasks.NewTask:
    say, now = texts.translator(desk.settings.company.language), desk.clock()
    return tasks.NewTask(
        title=say("incident.task", street=incident.street, name=caller.name),
        note=caller.number or "", group=desk.settings.incidents.group, due_at=now + DUE_AFTER,
        by=BY, at=now, client_id=caller.client_id)
