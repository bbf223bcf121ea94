"""Recordings of a contact: what there is, its waveform, its sound in ranges."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import hdrs, web

from crm_store import interactions, recordings
from crm_store.audit import Deed
from crm_store.recordings import Recording
from workstation import views
from workstation.desk import Desk
from workstation.errors import NotAllowed, Refused
from workstation.policy import Person, Who, has_in_team
from workstation.recording_files import peaks_of
from workstation.settings import recordings_folder
from workstation.traces import name_of
from workstation.web import shapes
from workstation.web.routes import Asked, Route

HEARD = "recording.heard"


class RecordingView(shapes.Shape, frozen=True):
    """`state`: open (it is being made), kept (it can be heard), gone (`why`: too_old, erased,
    refused, empty, lost). `marks`: stretches with sound, [from, to] in seconds; paused between.
    The client is on the left channel, who speaks with him on the right."""
    id: int
    state: str
    why: str
    started_at: str
    ended_at: str | None
    seconds: float | None
    size: int | None
    channels: int
    marks: list[list[float | None]]


class Recordings(shapes.Shape, frozen=True):
    recordings: list[RecordingView]


class Waveform(shapes.Shape, frozen=True):
    """0 to 255, evenly spread over `seconds`; `client` is the left channel."""
    seconds: float
    client: list[int]
    operator: list[int]


async def of_interaction(asked: Asked) -> Any:
    interaction_id = asked.number("id")
    await _admit(asked, interaction_id)
    async with asked.desk.store.read() as tx:
        rows = await recordings.of_interaction(tx, interaction_id)
    return {"recordings": [_view(row) for row in rows]}


def _view(row: Recording) -> RecordingView:
    return RecordingView(
        id=row.id, state=row.state, why=row.why, started_at=views.moment(row.started_at),
        ended_at=views.moment_or_none(row.ended_at), seconds=row.seconds, size=row.size,
        channels=row.channels, marks=[list(mark) for mark in row.marks])


async def waveform(asked: Asked) -> Any:
    row, _ = await _to_hear(asked)
    async with asked.desk.store.read() as tx:
        client, operator = peaks_of(await recordings.peaks(tx, row.id))
    return Waveform(seconds=row.seconds or 0.0, client=client, operator=operator)


async def audio(asked: Asked) -> Any:
    """206 and 416 by the request's Range; the audit learns who hears, once for each hearing."""
    row, client_id = await _to_hear(asked)
    path = recordings_folder(asked.desk.settings) / (row.file or "")
    if not await asyncio.to_thread(path.is_file):
        raise Refused("recording_gone", "Its file is not there any more.", "", 410)
    if asked.starts_at == 0:
        asked.desk.sight.traces.note(Deed(
            by=name_of(asked.person), at=asked.desk.clock(), what=HEARD, client_id=client_id,
            facts={"recording": row.id, "contact": row.interaction_id}))
    return web.FileResponse(path, chunk_size=64 * 1024, headers={
        hdrs.CONTENT_TYPE: "audio/wav", hdrs.CACHE_CONTROL: "no-store",
        hdrs.CONTENT_DISPOSITION: f'inline; filename="recording-{row.id}.wav"'})


async def _to_hear(asked: Asked) -> tuple[Recording, int | None]:
    """The recording asked for, and whose contact it is. Raises NotThere, NotAllowed, Refused."""
    async with asked.desk.store.read() as tx:
        row = await recordings.one(tx, asked.number("id"))
    client_id = await _admit(asked, row.interaction_id)
    if row.state == "open":
        raise Refused("recording_open", "It is still being made.")
    if row.state == "gone":
        raise Refused("recording_gone", "It is not there any more.", row.why, 410)
    return row, client_id


async def _admit(asked: Asked, interaction_id: int) -> int | None:
    """Operators hear their own calls, leads their team's, administrators all; of clients who are
    closed to them none. Raises NotThere, NotAllowed."""
    async with asked.desk.store.read() as tx:
        contact = await interactions.one(tx, interaction_id)
        parts = await interactions.segments(tx, contact.id)
    talked = {part.who for part in parts if part.kind == "talk"} | {contact.operator}
    if not may_hear(asked.desk, asked.person, talked):
        raise NotAllowed("it is not your call, nor one of your team's")
    await asked.desk.sight.admit(asked.person, "recording", contact.client_id, reads=True)
    return contact.client_id


def may_hear(desk: Desk, person: Person, talked: set[str | None]) -> bool:
    if person.role == "administrator" or (person.operator and person.operator in talked):
        return True
    people = desk.accounts.by_operator
    return any(has_in_team(person, people[one]) for one in talked if one in people)


ROUTES: tuple[Route, ...] = (
    Route(method="GET", path="/interactions/{id}/recordings", who=Who.SIGNED_IN,
          answer=of_interaction, result=Recordings,
          says="What was recorded of a contact; operators their own, leads their team's."),
    Route(method="GET", path="/recordings/{id}/peaks", who=Who.SIGNED_IN, answer=waveform,
          result=Waveform, says="The waveform of both sides."),
    Route(method="GET", path="/recordings/{id}/audio", who=Who.SIGNED_IN, answer=audio,
          result=bytes, says="The sound, WAV with two channels, in ranges (206, 416)."),
)
