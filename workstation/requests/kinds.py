"""Request types, read once at start from TOML files and checked whole."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Literal

import msgspec

FieldKind = Literal["text", "number", "date", "choice", "account", "meter"]
Texts = Mapping[str, str]           # language → text; English is always there
FOLDER = Path(__file__).parent / "types"


class RequestTypeError(Exception):
    """A request type's file cannot be used; the message names file and reason."""


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
    """The group that answers when `field` has one of `values`; without a field: always."""
    group: str
    field: str = ""
    values: tuple[str, ...] = ()


class Deadline(_Part, frozen=True):
    """Working hours; `days` counts Monday as 0."""
    hours: float
    days: tuple[int, ...]
    opens: time
    closes: time


class RequestType(_Part, frozen=True):
    id: str
    title: dict[str, str]
    responsible: tuple[Rule, ...]
    deadline: Deadline
    stages: dict[str, tuple[str, ...]]
    field: tuple[Field, ...]

    @property
    def first_stage(self) -> str:
        return next(iter(self.stages))


def said(texts: Texts, language: str) -> str:
    return texts.get(language) or texts["en"]


def load(folder: Path = FOLDER) -> dict[str, RequestType]:
    """Every type of the folder by id. Raises RequestTypeError."""
    types = [_read(path) for path in sorted(folder.glob("*.toml"))]
    return {kind.id: kind for kind in types}


def _read(path: Path) -> RequestType:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        kind = msgspec.convert(raw, RequestType)
    except (OSError, ValueError, msgspec.ValidationError) as exc:
        raise RequestTypeError(f"{path.name}: {exc}") from exc
    if problem := _problem(kind):
        raise RequestTypeError(f"{path.name}: {problem}")
    return kind


def _problem(kind: RequestType) -> str:
    """What is wrong with it as a whole, or ""."""
    names = {field.name for field in kind.field}
    if not kind.responsible or kind.responsible[-1].field:
        return "the last rule of `responsible` must hold for every request"
    for rule in kind.responsible:
        if rule.field and rule.field not in names:
            return f"a rule asks for the field {rule.field!r}, which is not there"
    if not kind.stages:
        return "there are no stages"
    for stage, ways in kind.stages.items():
        for target in ways:
            if target not in kind.stages:
                return f"stage {stage!r} leads to {target!r}, which is not there"
    if not kind.deadline.days or kind.deadline.hours <= 0:
        return "the deadline needs hours and working days"
    if kind.deadline.opens >= kind.deadline.closes:
        return "the working day ends before it begins"
    return ""
