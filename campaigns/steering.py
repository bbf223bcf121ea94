"""What a screen, the command line and the API do with campaigns; one function per wish.

Every function takes an open `Tx` (`store.begin()` for what changes, `store.read()` else), so the
caller decides what else belongs to the same commit. The running dialler sees changes within a
second: it re-reads the rows before every step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from campaigns.coverage import Coverage, Facts, State
from crm_store.store import Tx

StopBecause = Literal["payment", "incoming_call", "complaint", "dispute", "suppression",
                      "supervisor"]


@dataclass(frozen=True, slots=True)
class CampaignView:
    id: int
    name: str
    state: str              # draft running paused finished stopped
    queue: str
    pacing: str
    law: tuple[str, ...]    # rule file ids, all of which apply
    size: int               # entries on the list
    coverage: Coverage
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    why: str                # one sentence: what the dialler does now, or why it does not


@dataclass(frozen=True, slots=True)
class EntryView:
    id: int
    client_id: int
    client_name: str
    numbers: tuple[str, ...]
    debt_minor: int | None
    currency: str
    state: State
    since: datetime
    until_at: datetime | None
    attempts: int
    why: str                # a code of campaigns.why
    facts: Facts
    sentence: str           # the same in English


async def campaigns(tx: Tx) -> list[CampaignView]: ...
async def campaign(tx: Tx, campaign_id: int) -> CampaignView: ...
async def coverage(tx: Tx, campaign_id: int) -> Coverage: ...
async def entries(tx: Tx, campaign_id: int, *, state: State | None = None, after: int = 0,
                  limit: int = 100) -> list[EntryView]: ...
async def unreached(tx: Tx, campaign_id: int) -> list[EntryView]: ...
async def start(tx: Tx, campaign_id: int, *, by: str, at: datetime) -> None: ...
async def pause(tx: Tx, campaign_id: int, *, by: str, at: datetime) -> None: ...
async def stop(tx: Tx, campaign_id: int, *, by: str, at: datetime) -> None: ...
async def why_not_dialling(tx: Tx, campaign_id: int) -> str: ...
async def why_not_called(tx: Tx, entry_id: int) -> str: ...
async def record_disposition(tx: Tx, attempt: int, outcome_id: str, *, by: str, at: datetime,
                             call_at: datetime | None = None, amount_minor: int | None = None,
                             due_on: date | None = None) -> State | None: ...
async def withdraw(tx: Tx, client_id: int, reason: StopBecause, *, by: str,
                   at: datetime) -> list[int]: ...
