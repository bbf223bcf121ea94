"""Imports as an administrator steers them: uploaded, mapped, previewed, run, undone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from crm_store.imports import Import, NotPossible, Plan, files, runs
from workstation.desk import Desk
from workstation.errors import Refused, Unreadable
from workstation.import_worker import check_file, put_facts
from workstation.imports import REGION, folder_of
from workstation.policy import Person

PROBLEMS_SHOWN = 100


async def upload(desk: Desk, person: Person, name: str, blocks: AsyncIterator[bytes]) -> Import:
    """A file into a folder and under a name of ours, as a draft that can be looked at."""
    kept = await _kept(desk, blocks)
    company = desk.settings.company
    try:
        async with desk.store.begin() as tx:
            made = await runs.create(
                tx, name=files.shown_name(name), file=kept.file, kind="", size=kept.size,
                sha256=kept.sha256, headers=(), rows=None, by=person.operator or person.login,
                plan=Plan(region=company.region, currency=company.currency), at=desk.clock())
        return await _seen(desk, made)
    except Refused:
        await asyncio.to_thread(files.remove, folder_of(desk.settings), kept.file)
        raise


async def _kept(desk: Desk, blocks: AsyncIterator[bytes]) -> files.Kept:
    most = desk.settings.imports.max_mb * 2**20
    try:
        incoming = await asyncio.to_thread(files.Incoming, folder_of(desk.settings))
    except OSError as exc:
        raise _no_room(exc) from exc
    try:
        async for block in blocks:
            _check_size(incoming.size + len(block), most)
            await asyncio.to_thread(incoming.write, block)
        return await asyncio.to_thread(incoming.finish)
    except BaseException as exc:
        incoming.give_up()
        if isinstance(exc, OSError):
            raise _no_room(exc) from exc
        raise


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise Refused("import_too_large", "The file is too large.",
                      f"at most {most // 2**20} MB", 413)


def _no_room(exc: OSError) -> Refused:
    return Refused("import_no_room", "The file cannot be kept on the server.",
                   exc.strerror or str(exc), 507)


async def _seen(desk: Desk, import_id: int) -> Import:
    """The draft with what its file was found to be; gone again when it cannot be read."""
    try:
        look = await desk.readers.ask(desk.settings, {"do": "look", "id": import_id})
    except Refused:
        async with desk.store.begin() as tx:
            await runs.discard(tx, import_id)
        raise
    async with desk.store.begin() as tx:
        await runs.set_kind(tx, import_id, look["kind"], look["headers"], look["rows"])
        return await runs.get(tx, import_id)


async def look(desk: Desk, import_id: int) -> dict[str, Any]:
    return await desk.readers.ask(desk.settings, {"do": "look", "id": import_id})


async def plan(desk: Desk, import_id: int, *, columns: dict[str, str], only_by_hand: bool,
               encoding: str | None, separator: str | None, region: str | None
               ) -> dict[str, Any]:
    """How the draft is to be read; what it looks like then."""
    if region is not None and not REGION.fullmatch(region):
        raise Unreadable("region is a country, or a country and an area code: RU-846")
    async with desk.store.begin() as tx:
        known = await runs.get(tx, import_id)
        try:
            await runs.set_plan(tx, import_id, Plan(
                region=region or desk.settings.company.region, currency=known.plan.currency,
                columns=columns, only_by_hand=only_by_hand, encoding=encoding,
                separator=separator), known.headers)
        except NotPossible as exc:
            raise _not_now(exc) from exc
    seen = await look(desk, import_id)
    async with desk.store.begin() as tx:
        await runs.set_kind(tx, import_id, seen["kind"], seen["headers"], seen["rows"])
    return seen


async def preview(desk: Desk, import_id: int) -> dict[str, Any]:
    return await desk.readers.ask(desk.settings, {"do": "preview", "id": import_id})


async def check(desk: Desk, import_id: int) -> None:
    """A dry run over the whole file; `one` tells how far it is."""
    async with desk.store.read() as tx:
        known = await runs.get(tx, import_id)
    if known.state != "draft":
        raise _not_now(f"import {import_id} is {known.state}")
    await asyncio.to_thread(put_facts, check_file(folder_of(desk.settings), import_id),
                            {"done": 0, "of": known.rows})
    await desk.readers.start(desk.settings, import_id, {"do": "check", "id": import_id})


async def start(desk: Desk, person: Person, import_id: int, *, save_map_as: str) -> None:
    """Run it, or go on with what was stopped or broke off."""
    async with desk.store.read() as tx:
        known = await runs.get(tx, import_id)
    if known.state not in ("draft", "stopped", "failed") and not _is_interrupted(desk, known):
        raise _not_now(f"import {import_id} is {known.state}")
    if save_map_as:
        seen = await look(desk, import_id)
        async with desk.store.begin() as tx:
            try:
                await runs.save_map(tx, save_map_as, seen["columns"],
                                    by=person.operator or person.login, at=desk.clock())
            except NotPossible as exc:
                raise _not_now(exc) from exc
    await desk.readers.start(desk.settings, import_id, {"do": "run", "id": import_id})


async def stop(desk: Desk, import_id: int) -> None:
    async with desk.store.begin() as tx:
        try:
            await runs.stop(tx, import_id)
        except NotPossible as exc:
            raise _not_now(exc) from exc


async def undo(desk: Desk, person: Person, import_id: int) -> None:
    async with desk.store.read() as tx:
        known = await runs.get(tx, import_id)
    if known.state not in ("done", "stopped", "failed") and not _is_interrupted(desk, known):
        raise _not_now(f"import {import_id} is {known.state}")
    await desk.readers.start(desk.settings, import_id, {
        "do": "undo", "id": import_id, "by": person.operator or person.login})


async def discard(desk: Desk, import_id: int) -> None:
    async with desk.store.begin() as tx:
        try:
            file = await runs.discard(tx, import_id)
        except NotPossible as exc:
            raise _not_now(exc) from exc
    folder = folder_of(desk.settings)
    await asyncio.to_thread(files.remove, folder, file)
    await asyncio.to_thread(check_file(folder, import_id).unlink, missing_ok=True)


async def one(desk: Desk, import_id: int) -> dict[str, Any]:
    """The import, its first problems, what stayed of it, and the check of its draft."""
    async with desk.store.read() as tx:
        known = await runs.get(tx, import_id)
        problems = await runs.problems(tx, import_id, limit=PROBLEMS_SHOWN)
        stayed = await runs.stayed(tx, import_id, limit=PROBLEMS_SHOWN)
        same = await runs.same_file(tx, known.sha256) if known.state == "draft" else None
    return {
        "import": view(desk, known), "same_file": view(desk, same) if same else None,
        "check": await asyncio.to_thread(_checked, desk, known),
        "problems": [{"row": one.row, "cells": list(one.cells[:40]),
                      "reasons": [reason.packed() for reason in one.reasons]}
                     for one in problems],
        "stayed": [{"row": one.row, "client_id": one.client_id, "why": one.why}
                   for one in stayed]}


def _checked(desk: Desk, known: Import) -> dict[str, Any] | None:
    """`{done, of}`, `{result}` or `{error}`; None where no check was asked for."""
    if known.state != "draft":
        return None
    try:
        found: dict[str, Any] = json.loads(
            check_file(folder_of(desk.settings), known.id).read_text())
    except (OSError, ValueError):
        return None
    if "done" in found and desk.readers.has_ended(known.id):
        return {"error": "the check broke off"}
    return found


def _is_interrupted(desk: Desk, known: Import) -> bool:
    if known.state not in ("running", "undoing") or desk.readers.doing(known.id):
        return False
    return known.is_silent(desk.clock()) or desk.readers.has_ended(known.id)


def view(desk: Desk, known: Import) -> dict[str, Any]:
    """An import as the API tells it."""
    shown = {name: getattr(known, name) for name in (
        "id", "name", "kind", "size", "state", "rows", "position", "created", "updated",
        "unchanged", "refused", "suspects", "gone", "restored", "stayed", "error", "by",
        "undone_by")}
    moments = {name: getattr(known, name) for name in (
        "made_at", "started_at", "ended_at", "undone_at")}
    doing = desk.readers.doing(known.id)        # it takes a moment to begin
    if doing == "run" and known.state in ("draft", "stopped", "failed"):
        shown["state"] = "running"
    if doing == "undo" and known.state != "undone":
        shown["state"] = "undoing"
    return shown | {name: at.isoformat() if at else None for name, at in moments.items()} | {
        "is_interrupted": _is_interrupted(desk, known), "headers": list(known.headers),
        "columns": dict(known.plan.columns), "only_by_hand": known.plan.only_by_hand,
        "encoding": known.plan.encoding, "separator": known.plan.separator,
        "region": known.plan.region}


def _not_now(why: object) -> Refused:
    return Refused("import_state", "This cannot be done with the import now.", str(why))
