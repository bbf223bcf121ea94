"""Versions of menus and of other texts (`kind`), which one is in use, and the switches that menus
look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from crm_store import audit, errors
from crm_store.base import Tx, insert_into
from crm_store.tables.menus import MenuSwitches, MenuUses, MenuVersions

SHOWN = 50
MENU = "menu"


@dataclass(frozen=True, slots=True)
class Version:
    """`is_used`: callers meet this one now."""
    id: int
    menu: str
    note: str
    by: str
    at: datetime
    is_used: bool


@dataclass(frozen=True, slots=True)
class Use:
    """What a menu is at the moment; `version` None: what the settings say."""
    id: int
    version: int | None
    text: str | None


async def save(tx: Tx, menu: str, text: str, *, note: str, by: str, at: datetime,
               kind: str = MENU) -> int:
    """A new version, not in use yet; its id. The text was checked before."""
    version = int((await tx.run(insert(MenuVersions).values(
        kind=kind, menu=menu, text=text, note=note, by=by, at=at,
    ).returning(MenuVersions.id))).scalar_one())
    await audit.record(tx, by=by, at=at, what=f"{kind}.saved",
                       facts={kind: menu, "version": version})
    return version


async def use(tx: Tx, menu: str, version: int | None, *, by: str, at: datetime,
              kind: str = MENU) -> None:
    """From now on callers meet this version; None: what the settings say. Raises `NotFound`."""
    if version is not None:
        await _demand(tx, menu, version, kind)
    await tx.run(insert(MenuUses).values(kind=kind, menu=menu, version_id=version, by=by, at=at))
    await audit.record(tx, by=by, at=at, what=f"{kind}.used",
                       facts={kind: menu, "version": version})


async def before(tx: Tx, menu: str, kind: str = MENU) -> int | None:
    """What an undo would bring back; None: what the settings say. Raises `NotFound` where nothing
    is in use but that."""
    rows = await tx.all(select(MenuUses.version_id).where(
        MenuUses.menu == menu, MenuUses.kind == kind).order_by(MenuUses.id))
    past: list[int | None] = [None]
    for row in rows:        # an undo is a use of the one before: both cancel out
        if len(past) > 1 and row.version_id == past[-2]:
            past.pop()
        elif row.version_id != past[-1]:
            past.append(row.version_id)
    if len(past) < 2:
        raise errors.NotFound(f"a version of {menu} before this one")
    return past[-2]


async def undo(tx: Tx, menu: str, *, by: str, at: datetime,
               kind: str = MENU) -> int | None:
    """What was in use before comes back, and again what was before that; the version, None: what
    the settings say. Raises `NotFound` where nothing is in use but that."""
    version = await before(tx, menu, kind)
    await use(tx, menu, version, by=by, at=at, kind=kind)
    return version


async def in_use(tx: Tx, kind: str = MENU) -> dict[str, Use]:
    """By menu; one that was never taken into use here is not in it."""
    newest = (select(func.max(MenuUses.id).label("id")).where(MenuUses.kind == kind)
              .group_by(MenuUses.menu).subquery())
    rows = await tx.all(
        select(MenuUses.id, MenuUses.menu, MenuUses.version_id, MenuVersions.text)
        .join(newest, newest.c.id == MenuUses.id)
        .outerjoin(MenuVersions, MenuVersions.id == MenuUses.version_id))
    return {row.menu: Use(row.id, row.version_id, row.text) for row in rows}


async def versions(tx: Tx, menu: str, kind: str = MENU) -> list[Version]:
    """The newest first."""
    used = (await in_use(tx, kind)).get(menu)
    rows = await tx.all(
        select(MenuVersions.id, MenuVersions.menu, MenuVersions.note, MenuVersions.by,
               MenuVersions.at)
        .where(MenuVersions.menu == menu, MenuVersions.kind == kind)
        .order_by(MenuVersions.id.desc()).limit(SHOWN))
    return [Version(*row, is_used=used is not None and row.id == used.version) for row in rows]


async def text_of(tx: Tx, menu: str, version: int, kind: str = MENU) -> str:
    """Raises `NotFound`."""
    await _demand(tx, menu, version, kind)
    return str(await tx.scalar(select(MenuVersions.text).where(MenuVersions.id == version)))


async def _demand(tx: Tx, menu: str, version: int, kind: str) -> None:
    found = await tx.scalar(select(MenuVersions.id).where(
        MenuVersions.id == version, MenuVersions.menu == menu, MenuVersions.kind == kind))
    if found is None:
        raise errors.NotFound(f"version {version} of {menu}")


async def turn(tx: Tx, name: str, *, is_on: bool, by: str, at: datetime) -> None:
    """A switch that menus may branch on."""
    new = insert_into(tx.dialect, MenuSwitches).values(name=name, is_on=is_on, by=by, at=at)
    await tx.run(new.on_conflict_do_update(
        index_elements=["name"], set_={"is_on": is_on, "by": by, "at": at}))
    await audit.record(tx, by=by, at=at, what="menu.switched",
                       facts={"switch": name, "is_on": is_on})


async def switches(tx: Tx) -> Mapping[str, bool]:
    rows = await tx.all(select(MenuSwitches.name, MenuSwitches.is_on).order_by(MenuSwitches.name))
    return {row.name: row.is_on for row in rows}


async def is_on(tx: Tx, name: str) -> bool:
    return bool(await tx.scalar(select(MenuSwitches.is_on).where(MenuSwitches.name == name)))
