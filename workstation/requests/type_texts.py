"""Types of requests on a screen: the files that come with us, or versions that somebody wrote.

What is in use is looked at now and then, so that a version taken into use elsewhere counts here.
Requests that are open keep their stages: a version that has one of them no more is not taken.
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from crm_store import menus as stored
from crm_store import requests
from crm_store.errors import StoreError
from workstation.errors import NotThere, Refused
from workstation.kept_texts import Read, TextFault
from workstation.requests import lines
from workstation.requests.checking import problem_among, problem_of
from workstation.requests.kinds import FOLDER, RequestType, load

if TYPE_CHECKING:
    from workstation.desk import Desk

LOOK_EVERY_S = 5.0
AT_LINE = "at line "
log = structlog.get_logger()


class TypeTexts:
    """By the id of the type; `kinds` are those in use, which every part of the server shares."""
    kind = "request_type"

    def __init__(self, kinds: dict[str, RequestType]) -> None:
        self._kinds = kinds
        self._files = {path.stem: path for path in FOLDER.glob("*.toml")}

    def names(self) -> Sequence[str]:
        return sorted({*self._kinds, *self._files})

    def shipped(self, name: str) -> str:
        """Of a type that is only the store's: nothing."""
        if name in self._files:
            return self._files[name].read_text("utf-8")
        if not name.isidentifier() or not name.islower() or len(name) > 32:
            raise NotThere("request type")
        return ""

    def read(self, name: str, text: str) -> Read:
        kind, faults = self.parsed(name, text)
        return Read(faults, drawn(kind) if kind is not None else None)

    def parsed(self, name: str, text: str) -> tuple[RequestType | None, Sequence[TextFault]]:
        try:
            kind = msgspec.convert(tomllib.loads(text), RequestType)
        except msgspec.ValidationError as exc:
            where, why = lines.told_apart(str(exc))
            return None, (TextFault(lines.line_of(text, where), where, why),)
        except (ValueError, RecursionError) as exc:     # TOML's own errors name their line
            _, _, rest = str(exc).partition(AT_LINE)
            line = rest.partition(",")[0]
            at = int(line) if line.isdecimal() else 1
            return None, (TextFault(at, "", str(exc)),)
        problem = problem_of(kind) or problem_among(kind, {**self._kinds, kind.id: kind})
        if kind.id != name:
            problem = ("id", f"must be {name!r}")
        if problem is not None:
            where, why = problem
            return None, (TextFault(lines.line_of(text, where), where, why),)
        return kind, ()


def drawn(kind: RequestType) -> dict[str, Any]:
    """A type as a screen draws it: its way from stage to stage, who answers, what is asked."""
    return {
        "id": kind.id, "title": dict(kind.title), "public": kind.public,
        "hours": kind.deadline.hours, "reaction_h": kind.reaction and kind.reaction.hours,
        "accept_min": kind.reaction and kind.reaction.accept_minutes,
        "words": list(kind.words), "matter_days": kind.matter.days,
        "stages": [{
            "name": name, "title": dict(stage.title), "to": list(stage.to), "hours": stage.hours,
            "group": stage.group, "waits": stage.waits, "document": list(stage.document),
            "entering": [deed.do for deed in stage.entering],
            "leaving": [deed.do for deed in stage.leaving],
            "late": [deed.do for deed in stage.late],
        } for name, stage in kind.stage.items()],
        "rules": [{"group": rule.group, "field": rule.field, "values": list(rule.values),
                   "channels": list(rule.channels), "clients": list(rule.clients),
                   "regions": list(rule.regions)} for rule in kind.responsible],
        "fields": [{"name": field.name, "kind": field.kind, "label": dict(field.label),
                    "required": field.required} for field in kind.field]}


async def demand_stages(desk: Desk, name: str, text: str) -> None:
    """Raises Refused where an open request is in a stage that this text has no more."""
    kind, _ = TypeTexts(dict(desk.kinds)).parsed(name, text) if text else (None, ())
    known = set(kind.stage) if kind is not None else set()
    async with desk.store.read() as tx:
        lost = sorted(await requests.open_stages(tx, name) - known)
    if lost:
        raise Refused("stage_in_use", "Open requests are in a stage that this text has no more.",
                      ", ".join(lost), facts={"stages": lost})


async def look(desk: Desk) -> None:
    """Take over what is in use, in place: whoever holds the types sees it."""
    shared = desk.kinds
    async with desk.store.read() as tx:
        uses = await stored.in_use(tx, TypeTexts.kind)
    wanted = _in_use(uses)
    if wanted == shared or not isinstance(shared, dict):
        return
    for name in set(shared) - set(wanted):
        del shared[name]
    shared.update(wanted)
    desk.forget_house()
    groups = {group for kind in shared.values() for group in kind.groups}
    async with desk.store.begin() as tx:
        await requests.ensure_groups(
            tx, {group: group.replace("_", " ").capitalize() for group in sorted(groups)})
    log.info("The types of requests in use changed.", types=sorted(shared))


def _in_use(uses: Mapping[str, stored.Use]) -> dict[str, RequestType]:
    """The files' types, with versions in their places; one that cannot be used is left out."""
    found = load()
    for name, use in uses.items():
        if use.text is None:
            continue
        kind, faults = TypeTexts(found).parsed(name, use.text)
        if kind is None:
            log.error("A version of a request type cannot be used.", type=name,
                      version=use.version, why=faults[0].why)
        else:
            found[name] = kind
    return found


async def run(desk: Desk) -> None:
    """For ever. Cancel to stop."""
    while True:
        try:
            await look(desk)
        except StoreError as exc:
            log.info("The types of requests could not be looked at.", error=str(exc))
        await asyncio.sleep(LOOK_EVERY_S)
