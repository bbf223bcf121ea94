"""Texts that administrators write: `/routing/…` and `/request-types/…` alike. Leads look,
administrators change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from crm_store import menus as stored
from workstation import kept_texts, views
from workstation.desk import Desk
from workstation.kept_texts import Texts
from workstation.policy import Who
from workstation.traces import name_of
from workstation.web import shapes
from workstation.web.resources.menu_shapes import (
    FaultView,
    MenuText,
    NewVersion,
    UseVersion,
    VersionView,
)
from workstation.web.routes import Asked, Route

LEADS, CHANGE = Who.SUPERVISORS, Who.ADMINISTRATORS
Guard = Callable[[Desk, str, str], Awaitable[None]]
After = Callable[[Desk], Awaitable[None]]


class NamedText(shapes.Shape, frozen=True):
    """`version` None: that of the settings."""
    id: str
    version: int | None


class NamedTexts(shapes.Shape, frozen=True):
    items: list[NamedText]


class TextView(shapes.Shape, frozen=True):
    """`drawing`: what a screen draws of it; none where the text has faults."""
    id: str
    text: str
    version: int | None
    versions: list[VersionView]
    drawing: Any


class CheckedText(shapes.Shape, frozen=True):
    ok: bool
    faults: list[FaultView]
    drawing: Any



async def nothing(*_: Any) -> None:
    """Where nobody minds, and nobody needs to know."""


class Resource:
    """The routes of one kind of text. `guard` refuses a text that may not come into use now;
    `after` is done once another is in use."""

    def __init__(self, path: str, texts_of: Callable[[Desk], Texts], what: str,
                 guard: Guard = nothing, after: After = nothing) -> None:
        self._path, self._what = path, what
        self._texts_of = texts_of
        self._guard, self._after = guard, after

    def routes(self) -> tuple[Route, ...]:
        one, what, tags = f"{self._path}/{{name}}", self._what, (self._path.strip("/"),)
        return (
            Route(method="GET", path=self._path, who=LEADS, answer=self.listing, tags=tags,
                  result=NamedTexts, says=f"{what}: which there are, and their versions in use."),
            Route(method="GET", path=one, who=LEADS, answer=self.one, result=TextView, tags=tags,
                  says=f"{what}: the text in use, drawn, and its versions."),
            Route(method="GET", path=f"{one}/versions/{{id}}", who=LEADS, answer=self.version,
                  result=MenuText, tags=tags, says=f"{what}: the text of a version."),
            Route(method="POST", path=f"{one}/check", who=CHANGE, answer=self.check, tags=tags,
                  body=MenuText, result=CheckedText,
                  says=f"{what}: check a text; its faults with their lines."),
            Route(method="POST", path=f"{one}/versions", who=CHANGE, answer=self.save, tags=tags,
                  body=NewVersion, status=201, says=f"{what}: keep a text that has no faults."),
            Route(method="POST", path=f"{one}/use", who=CHANGE, answer=self.use, tags=tags,
                  body=UseVersion, says=f"{what}: take a version into use."),
            Route(method="POST", path=f"{one}/undo", who=CHANGE, answer=self.undo, tags=tags,
                  says=f"{what}: what was in use before is in use again."))

    async def listing(self, asked: Asked) -> Any:
        texts = self._texts_of(asked.desk)
        async with asked.desk.store.read() as tx:
            uses = await stored.in_use(tx, texts.kind)
        names = sorted({*texts.names(), *(name for name, use in uses.items() if use.text)})
        return NamedTexts(items=[
            NamedText(id=name, version=uses[name].version if name in uses else None)
            for name in names])

    async def one(self, asked: Asked) -> Any:
        desk, texts, name = self._named(asked)
        text, version = await kept_texts.used(desk.store, texts, name)
        async with desk.store.read() as tx:
            versions = await stored.versions(tx, name, texts.kind)
        return TextView(
            id=name, text=text, version=version,
            drawing=kept_texts.read(texts, name, text).drawing if text else None,
            versions=[VersionView(id=one.id, note=one.note, by=one.by, at=views.moment(one.at),
                                  is_used=one.is_used) for one in versions])

    async def version(self, asked: Asked) -> Any:
        desk, texts, name = self._named(asked)
        async with desk.store.read() as tx:
            return MenuText(text=await stored.text_of(tx, name, asked.number("id"), texts.kind))

    async def check(self, asked: Asked) -> Any:
        _, texts, name = self._named(asked)
        found = kept_texts.read(texts, name, asked.body.text)
        return CheckedText(ok=not found.faults, drawing=found.drawing, faults=[
            FaultView(line=one.line, place=one.place, why=one.why) for one in found.faults])

    async def save(self, asked: Asked) -> Any:
        desk, texts, name = self._named(asked)
        return {"version": await kept_texts.save(
            desk.store, texts, name, asked.body.text, note=asked.body.note,
            by=name_of(asked.person), at=desk.clock())}

    async def use(self, asked: Asked) -> Any:
        desk, texts, name = self._named(asked)
        await self._guarded(asked, asked.body.version)
        await kept_texts.use(desk.store, texts, name, asked.body.version,
                             by=name_of(asked.person), at=desk.clock())
        await self._after(desk)
        return {"version": asked.body.version}

    async def undo(self, asked: Asked) -> Any:
        desk, texts, name = self._named(asked)
        async with desk.store.read() as tx:
            before = await stored.before(tx, name, kind=texts.kind)
        await self._guarded(asked, before)
        version = await kept_texts.undo(desk.store, texts, name, by=name_of(asked.person),
                                        at=desk.clock())
        await self._after(desk)
        return {"version": version}

    async def _guarded(self, asked: Asked, version: int | None) -> None:
        desk, texts, name = self._named(asked)
        text = texts.shipped(name)
        if version is not None:
            async with desk.store.read() as tx:
                text = await stored.text_of(tx, name, version, texts.kind)
        await self._guard(desk, name, text)

    def _named(self, asked: Asked) -> tuple[Desk, Texts, str]:
        """Raises NotThere."""
        texts, name = self._texts_of(asked.desk), asked.path["name"]
        texts.shipped(name)
        return asked.desk, texts, name
