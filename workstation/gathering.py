"""Changes to whole calls ○: what the journal would have stored of them, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from crm_store.interactions import CallFacts
from cti.changes import AttemptSettled, CallChange, CallEnded, CallsMerged, CallStarted, Change
from workstation import records
from workstation.regions import Regions


@dataclass
class Gathered:
    """`calls` by id, in the order they came; `kept`: absorbed call → the call that kept it."""
    regions: Regions
    calls: dict[str, CallFacts] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    over: set[str] = field(default_factory=set)
    attempts: dict[str, int] = field(default_factory=dict)

    def take(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if isinstance(change, AttemptSettled):
                self.attempts[change.call] = change.attempt
            if isinstance(change, CallChange):
                self._note(change)

    def _note(self, change: CallChange) -> None:
        facts = self.calls.get(change.call) or records.begin(change, self.regions)
        self.calls[change.call] = records.note(facts, change, self.regions.company)
        if isinstance(change, CallsMerged):
            self._absorb(change.kept, change.absorbed)
        if isinstance(change, CallStarted):
            self.begun.add(change.call)
        if isinstance(change, CallEnded):
            self.over.add(change.call)

    def _absorb(self, kept: str, absorbed: str) -> None:
        """As the store does it: the kept call learns what only the absorbed one knew."""
        self.kept = {call: kept if into == absorbed else into for call, into in self.kept.items()}
        self.kept[absorbed] = kept
        part, whole = self.calls.get(absorbed), self.calls[kept]
        if part is None:
            return
        parts = [one for one in part.segments if one not in whole.segments]
        self.calls[kept] = replace(
            whole, segments=(*whole.segments, *parts), queue=whole.queue or part.queue,
            operator=whole.operator or part.operator,
            answered_at=whole.answered_at or part.answered_at)

    def whole(self) -> dict[str, CallFacts]:
        """The calls that are over and were not absorbed."""
        return {call: replace(facts, attempt=self.attempts.get(call, facts.attempt))
                for call, facts in self.calls.items()
                if call in self.over and call not in self.kept}

    def parts_of(self, call: str) -> list[str]:
        return [absorbed for absorbed, kept in self.kept.items() if kept == call]
