"""What the API answers where it is no picture of the protocol: named for the description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from crm_store.interactions import Interaction, SegmentFacts
from workstation import protocol

Item = TypeVar("Item")


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An answer."""


class Listed(Shape, Generic[Item], frozen=True):
    """One page; `cursor` asks for the next one, null on the last."""
    items: list[Item]
    cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeInteraction(Interaction):
    """A contact with its stretches of menu, waiting, ringing, talk, hold, wrap-up."""
    segments: tuple[SegmentFacts, ...]


class Filed(Shape, frozen=True):
    id: int
    number: str
    group: str
    due_at: str


class Floor(Shape, frozen=True):
    operators: dict[str, protocol.OperatorView]
    queues: dict[str, protocol.QueueView]
    calls: dict[str, protocol.CallView]
    gaps: dict[str, protocol.GapView]


class Coverage(Shape, frozen=True):
    """`ledger`: state → entries; they add up to `size`. `why`: what the dialler does now."""
    size: int
    ledger: dict[str, int]
    why: str


class Entry(Shape, frozen=True):
    """A person on a campaign's list; `why` is a code, `sentence` the same in English, `numbers`
    those he is tried at, in their order."""
    id: int
    client_id: int
    name: str
    numbers: list[str]
    state: str
    why: str
    sentence: str
    since: str
    attempts: int
    next_at: str | None
    debt_minor: int | None
    currency: str | None


class Session(Shape, frozen=True):
    """`token` only for programs: a page has its cookie."""
    me: protocol.Me
    csrf: str
    token: str | None = None
