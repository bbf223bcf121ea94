"""The recorder, made of the parts of the server; whose call it may be."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from functools import partial

from crm_store import claims, clients
from crm_store.base import Tx
from crm_store.errors import NotFound
from crm_store.store import Store
from cti.engine import Engine
from cti.floor import Call
from workstation import notices
from workstation.board import Board
from workstation.conversations import Conversations
from workstation.journal import Journal
from workstation.pops import Pops
from workstation.recorder import Recorder, Surroundings
from workstation.recording_keeper import Finisher
from workstation.records import stored_number
from workstation.regions import Regions, regions_of
from workstation.settings import Settings, recordings_folder


def recorder_of(*, settings: Settings, store: Store, engine: Engine, board: Board,
                conversations: Conversations, journal: Journal, pops: Pops,
                clock: Callable[[], datetime]) -> Recorder:
    finisher = Finisher(
        store, recordings_folder(settings), min_free_mb=settings.recording.min_free_mb,
        clock=clock, tell=partial(notices.tell_all_leads, board), apart=engine.apart)
    return Recorder(Surroundings(
        settings=settings, store=store, floor=engine.floor, commands=engine.commands,
        conversations=conversations, whose=partial(clients_of, regions_of(settings)),
        interaction=journal.interaction, clock=clock,
        campaign_of=lambda call: pops.campaigns.get(call, "")), finisher)


async def clients_of(regions: Regions, tx: Tx, call: Call) -> frozenset[int]:
    """All whose call it may be: whom the menu named, whom an attempt was meant for, who has the
    number."""
    found = {call.client_hint} if call.client_hint is not None else set()
    if call.attempt is not None:
        with contextlib.suppress(NotFound):
            found.add((await claims.get(tx, call.attempt)).client_id)
    number = stored_number(call.client_number, regions.of(call.entry)) or ""
    if number.startswith("+"):
        found |= {one.client_id for one in await clients.candidates(tx, number)}
    return frozenset(found)
