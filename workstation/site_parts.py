"""One Asterisk's own parts, made: who writes its calls, records and mends them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from campaigns import settling
from crm_store.store import Store
from cti.engine import Engine
from workstation.asterisks import operators_of, own_secret, pbx_of
from workstation.board import Board
from workstation.conversations import Conversations
from workstation.journal import Journal
from workstation.mending import Mending, MendingPlan
from workstation.own_records import record_files
from workstation.pops import Pops
from workstation.recording import recorder_of
from workstation.regions import regions_of
from workstation.settings import Settings
from workstation.sites import Site


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What all Asterisks of the installation share."""
    settings: Settings
    secret: bytes
    store: Store
    board: Board
    conversations: Conversations
    pops: Pops
    clock: Callable[[], datetime]


def site_of(parts: Parts, engine: Engine, journal: Journal) -> Site:
    settings, name = parts.settings, engine.apart.name
    return Site(
        pbx=pbx_of(settings, name), secret=own_secret(settings, parts.secret, name),
        engine=engine, journal=journal,
        operators=frozenset(one.id for one in operators_of(settings, name)),
        mending=_mending(parts, engine), recorder=recorder_of(
            settings=settings, store=parts.store, engine=engine, board=parts.board,
            conversations=parts.conversations, journal=journal, pops=parts.pops,
            clock=parts.clock))


def _mending(parts: Parts, engine: Engine) -> Mending:
    settings = parts.settings
    return Mending(parts.store, MendingPlan(
        pbx=engine.apart.name, files=record_files(settings, engine.apart.name),
        operators=engine.operators, apart=engine.apart, regions=regions_of(settings),
        opened_at=parts.clock()), parts.clock, settling.take_change)
