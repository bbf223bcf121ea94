"""What we wrote down beside what really happened ○: lost, ghosts, wrong owner, each by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.faults_truth import Call

LENGTH_OFF_S = 2.0


@dataclass(frozen=True, slots=True)
class Ours:
    """One interaction, as stored. `talked_with`: whose the parts of kind talk are, in order."""
    call_id: str
    number: str
    operator: str | None
    outcome: str | None
    is_over: bool
    talked_with: tuple[str, ...] = ()
    talked_s: float | None = None


@dataclass(slots=True)
class Verdict:
    real: int = 0
    lost: list[str] = field(default_factory=list)
    ghosts: list[str] = field(default_factory=list)
    wrong_owner: list[str] = field(default_factory=list)
    wrong_outcome: list[str] = field(default_factory=list)
    wrong_length: list[str] = field(default_factory=list)      # of the talk, by over two seconds
    outcomes: Counter[str] = field(default_factory=Counter)
    connected: int = 0          # calls that an operator spoke in
    handed_on: int = 0          # … and more than one

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.ghosts or self.wrong_owner)


def judge(truth: Mapping[str, Call], ours: Sequence[Ours], live: Sequence[str]) -> Verdict:
    """`live`: ids of calls that the server still shows though every line is quiet."""
    verdict = Verdict()
    by_number: dict[str, list[Ours]] = {}
    for one in ours:
        by_number.setdefault(one.number, []).append(one)
        verdict.outcomes[one.outcome or "none"] += 1
    for number, call in sorted(truth.items()):
        if call.is_real:
            verdict.real += 1
            _one(verdict, call, by_number.get(number, []))
    verdict.ghosts += [f"{one.number} {one.call_id}: nobody called" for one in ours
                       if one.number not in truth or not truth[one.number].is_real]
    verdict.ghosts += [f"{call_id}: still shown as live" for call_id in live]
    return verdict


def _one(verdict: Verdict, call: Call, ours: Sequence[Ours]) -> None:
    verdict.connected += bool(call.owners)
    verdict.handed_on += len(set(call.owners)) > 1
    if not ours:
        verdict.lost.append(_told(call))
        return
    if len(ours) > max(1, len(call.linkedids)):
        verdict.ghosts.append(f"{_told(call)}: written {len(ours)} times")
    for one in ours:
        if not one.is_over:
            verdict.ghosts.append(f"{_told(call)}: {one.call_id} never ended")
    if len(call.linkedids) <= 1:
        _owners(verdict, call, ours[0])


def _owners(verdict: Verdict, call: Call, one: Ours) -> None:
    right = {call.owners[-1]} if call.owners else {None, *call.answered_by}
    if one.operator not in right:
        verdict.wrong_owner.append(f"{_told(call)}: written as {one.operator}'s")
    elif strangers := set(one.talked_with) - set(call.owners) - set(call.answered_by):
        verdict.wrong_owner.append(f"{_told(call)}: a part is {', '.join(sorted(strangers))}'s")
    elif missing := set(call.owners) - set(one.talked_with):
        verdict.wrong_owner.append(f"{_told(call)}: no part of {', '.join(sorted(missing))}'s")
    if call.talked_s is not None and abs(call.talked_s - (one.talked_s or 0.0)) > LENGTH_OFF_S:
        verdict.wrong_length.append(
            f"{_told(call)}: {call.talked_s:.1f} s, written as {one.talked_s or 0:.1f}")
    if bool(call.owners) != (one.outcome == "answered"):
        verdict.wrong_outcome.append(f"{_told(call)}: written as {one.outcome}")


def _told(call: Call) -> str:
    who = " then ".join(call.owners) or "nobody"
    return f"{call.number} {' '.join(sorted(call.linkedids)) or '(not in CEL)'} with {who}"
