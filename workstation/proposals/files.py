"""Proposals and hints as files, read once, checked whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from workstation import measures, merging
from workstation.measures import Condition
from workstation.toml_places import TomlWrong, read

LIBRARY = Path(__file__).parent / "library"
Days = Annotated[int, msgspec.Meta(ge=0, le=36_500)]


class Rests(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Days of silence after an answer; 0: it is never proposed again."""
    accepted: Days = 0
    refused: Days = 180
    later: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 14


class Proposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Proposed while all of `when` holds. `say` is for the client, `why` for the operator; a
    `hint` is only for the operator. The highest `rank` stands first."""
    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    kind: Literal["offer", "hint"] = "offer"
    title: dict[str, str]
    say: dict[str, str]
    why: dict[str, str]
    when: Annotated[tuple[Condition, ...], msgspec.Meta(min_length=1)]
    rank: int = 0
    rests: Rests = Rests()
    since: date | None = None
    until: date | None = None


def load(*folders: Path) -> dict[str, Proposal]:
    """By id; a later folder's takes the place of an earlier one's. Raises TomlWrong."""
    found: dict[str, Proposal] = {}
    for folder in (LIBRARY, *folders):
        for path in sorted(folder.glob("*.toml")):
            one = parse(path.name, path.read_text(encoding="utf-8"))
            found[one.id] = one
    return found


def parse(name: str, text: str) -> Proposal:
    """Raises TomlWrong naming file, line and reason."""
    proposal, places = read(name, text, Proposal)
    for path, problem in _problems(proposal):
        raise TomlWrong(name, places.line(path), problem)
    return proposal


def _problems(proposal: Proposal) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for part in ("title", "say", "why"):
        texts: dict[str, str] = getattr(proposal, part)
        if not texts.get("en", "").strip():
            yield (part,), "there is no English text (en)"
        for language, text in texts.items():
            if problem := merging.wrong(text):
                yield (part,), f"{language}: {problem}"
    for place, condition in enumerate(proposal.when):
        if condition.what.partition(".")[0] == "answer":
            yield ("when", place, "what"), "there are no answers of a script here"
        elif problem := measures.wrong(condition):
            yield ("when", place, "what"), problem
    if proposal.since and proposal.until and proposal.until < proposal.since:
        yield ("until",), "it ends before it begins"
