"""`[privacy]` and `[retention]`: when a person may be erased, and what is kept how long."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from crm_store.persons import ObstacleKind
from crm_store.retention import Kind

Days = Annotated[int, Field(ge=0, le=36_500)]


class Privacy(BaseModel):
    """`erasing_waits_for`: what must be over before a person is erased."""
    model_config = ConfigDict(frozen=True, extra="forbid")
    erasing_waits_for: tuple[ObstacleKind, ...] = (
        "attempt", "contact", "debt", "promise", "request", "task")


class Retention(BaseModel):
    """Days; 0: for ever. Tapes have their own: `pbx.tape_keep_days`."""
    model_config = ConfigDict(frozen=True, extra="forbid")
    at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "03:30"
    drafts: Days = 90           # finished ones
    notes: Days = 0             # on clients and on contacts
    numbers: Days = 0           # of contacts: kept as hashes from then on
    unknown_callers: Days = 0   # numbers of contacts that belong to no client
    attempts: Days = 0          # numbers of the campaigns' attempts
    requests: Days = 0          # what was filled in, of closed ones
    changes: Days = 0           # values before and after an edit of a card
    imports: Days = 0           # what an import did (it cannot be undone then), refused rows
    sources: Days = 30          # answers of billing that lives elsewhere
    sessions: Days = 30         # ended ones
    audit: Days = 0
    recordings: Days = 180      # their sound; that there was one stays

    @property
    def keep_days(self) -> dict[Kind, int]:
        """Kinds that have a limit."""
        found: dict[Kind, int] = {
            "drafts": self.drafts, "notes": self.notes, "numbers": self.numbers,
            "unknown_callers": self.unknown_callers, "attempts": self.attempts,
            "requests": self.requests, "changes": self.changes, "imports": self.imports,
            "sources": self.sources, "sessions": self.sessions, "audit": self.audit,
            "recordings": self.recordings}
        return {kind: days for kind, days in found.items() if days}
