"""Request types, read once at start from TOML files and checked whole."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Literal

import msgspec

from workstation.requests import lines

FieldKind = Literal["text", "number", "date", "choice", "account", "meter"]
Channel = Literal["call", "desk", "menu", "web", "mail", "api", "process"]
Texts = Mapping[str, str]           # language → text; English is always there
FOLDER = Path(__file__).parent / "types"


class RequestTypeError(Exception):
    """A request type's file cannot be used; the message names file, line and reason."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Option(_Part, frozen=True):
    value: str
    en: str
    ru: str

    def label(self, language: str) -> str:
        return self.ru if language == "ru" else self.en


class Field(_Part, frozen=True):
    name: str
    kind: FieldKind
    label: dict[str, str]
    required: bool = False
    choices: tuple[Option, ...] = ()
    fill: Literal["", "last_reading", "today"] = ""


class Rule(_Part, frozen=True):
    """The group that answers when all that is named holds; a rule that names nothing: always.

    `field` has one of `values`; the request came by one of `channels`; the client is one of
    `clients`; his account's or his own address begins with one of `regions`.
    """
    group: str
    field: str = ""
    values: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    clients: tuple[Literal["person", "organisation"], ...] = ()
    regions: tuple[str, ...] = ()

    @property
    def holds_always(self) -> bool:
        return not (self.field or self.channels or self.clients or self.regions)


class Deadline(_Part, frozen=True):
    """Working hours; `days` counts Monday as 0."""
    hours: float
    days: tuple[int, ...]
    opens: time
    closes: time


class Reaction(_Part, frozen=True):
    """Somebody has taken it within `hours` of working time. Each operator it is offered to has
    `accept_minutes` for it; 0: it is offered to nobody, whoever is free takes it."""
    hours: float
    accept_minutes: float = 0


class Deed(_Part, frozen=True):
    """What happens by itself. `text` may hold {number} {type} {stage} {client} {due} and the
    names of fields.

    task: for `group` (else who answers for the request), within `hours` of work · client: told by
    his channel · lead: told on his screen · request: another of `type` follows, for the same
    client with the fields that both have · webhook: `event` is posted to who asked for it.
    """
    do: Literal["task", "client", "lead", "request", "webhook"]
    text: dict[str, str] = msgspec.field(default_factory=dict)
    group: str = ""
    hours: float = 8
    type: str = ""
    event: str = ""


class Stage(_Part, frozen=True):
    """`to`: where it may go from here, nowhere ends it. `hours` of work until it must have gone
    on; without them the whole request's deadline counts. From here on `group` answers, if named.
    """
    to: tuple[str, ...] = ()
    title: dict[str, str] = msgspec.field(default_factory=dict)
    step: dict[str, str] = msgspec.field(default_factory=dict)      # the button that leads here
    hours: float | None = None
    remind_hours: float = 1                     # before the deadline
    group: str = ""
    waits: bool = False                         # on others: it takes no room of who answers
    document: tuple[str, ...] = ()              # templates that belong here
    entering: tuple[Deed, ...] = ()
    leaving: tuple[Deed, ...] = ()
    late: tuple[Deed, ...] = ()


class Matter(_Part, frozen=True):
    """Two requests of one client are about one matter when these fields are equal and no more
    than `days` lie between them."""
    days: int = 14
    fields: tuple[str, ...] = ()


class RequestType(_Part, frozen=True):
    id: str
    title: dict[str, str]
    responsible: tuple[Rule, ...]
    deadline: Deadline
    stage: dict[str, Stage]
    field: tuple[Field, ...]
    reaction: Reaction | None = None
    matter: Matter = Matter()
    words: tuple[str, ...] = ()         # a mail with one of them is about this
    public: bool = False                # the web form offers it

    @property
    def first_stage(self) -> str:
        return next(iter(self.stage))

    @property
    def groups(self) -> frozenset[str]:
        """All that may have to answer for one of these."""
        deeds = [deed for stage in self.stage.values() for deed in deeds_of(stage)]
        named = {rule.group for rule in self.responsible}
        named |= {stage.group for stage in self.stage.values()} | {deed.group for deed in deeds}
        return frozenset(named - {""})


def deeds_of(stage: Stage) -> tuple[Deed, ...]:
    return (*stage.entering, *stage.leaving, *stage.late)


def said(texts: Texts, language: str) -> str:
    return texts.get(language) or texts["en"]


def load(folder: Path = FOLDER) -> dict[str, RequestType]:
    """Every type of the folder by id. Raises RequestTypeError."""
    from workstation.requests.checking import problem_among

    read = {path: _read(path) for path in sorted(folder.glob("*.toml"))}
    found: dict[str, RequestType] = {}
    for path, kind in read.items():
        if kind.id in found:
            raise RequestTypeError(f"{path.name}: there are two types {kind.id!r}")
        found[kind.id] = kind
    for path, kind in read.items():
        if problem := problem_among(kind, found):
            raise _refused(path, problem)
    return found


def _read(path: Path) -> RequestType:
    from workstation.requests.checking import problem_of

    try:
        kind = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), RequestType)
    except msgspec.ValidationError as exc:
        raise _refused(path, lines.told_apart(str(exc))) from exc
    except (OSError, ValueError) as exc:            # TOML's own errors name their line
        raise RequestTypeError(f"{path.name}: {exc}") from exc
    if problem := problem_of(kind):
        raise _refused(path, problem)
    return kind


def _refused(path: Path, problem: tuple[str, str]) -> RequestTypeError:
    where, what = problem
    line = lines.line_of(path.read_text(encoding="utf-8"), where)
    return RequestTypeError(f"{path.name}, line {line}: {what}")
