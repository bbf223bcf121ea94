"""`/imports`: files uploaded, mapped, previewed, run, undone; `/import-maps`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from aiohttp import web

from crm_store import audit
from crm_store.imports import encodings, error_file, runs
from crm_store.imports.reasons import Reason
from workstation import texts
from workstation.actions import campaigns
from workstation.actions import imports as acts
from workstation.errors import Unreadable
from workstation.policy import Who
from workstation.web import shapes
from workstation.web.api import Paged
from workstation.web.routes import Asked, Query, Route

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_WHO = Who.ADMINISTRATORS


class UploadQuery(Query, frozen=True):
    """`name`: the file's, as the person calls it."""
    name: _Name


class PlanBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`columns`: field → header, "" for none; what is left out is guessed, or with `only_by_hand`
    not read. `region` completes local numbers: RU, RU-846."""
    columns: dict[str, str] = msgspec.field(default_factory=dict)
    only_by_hand: bool = False
    encoding: str | None = None
    separator: str | None = None
    region: str | None = None


class StartBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`save_map_as`: keep the columns under this name."""
    save_map_as: Annotated[str, msgspec.Meta(max_length=80)] = ""


class ImportShape(shapes.Shape, frozen=True):
    """An import; `position` records of about `rows` are done. `state`: draft running stopped
    failed done undoing undone."""
    id: int
    name: str
    kind: str
    size: int
    state: str
    is_interrupted: bool
    rows: int | None
    position: int
    created: int
    updated: int
    unchanged: int
    refused: int
    suspects: int
    gone: int
    restored: int
    stayed: int
    error: str | None
    by: str
    undone_by: str | None
    made_at: str | None
    started_at: str | None
    ended_at: str | None
    undone_at: str | None
    headers: list[str]
    columns: dict[str, str]
    only_by_hand: bool
    encoding: str | None
    separator: str | None
    region: str


class Looked(shapes.Shape, frozen=True):
    """What a file is under its plan; `trouble` says why it cannot be run yet."""
    kind: str
    headers: list[str]
    encoding: str
    separator: str
    rows: int | None
    columns: dict[str, str]
    ignored: list[str]
    examples: list[list[str]]
    trouble: str


class Alike(shapes.Shape, frozen=True):
    client_id: int
    name: str
    why: str


class FateShape(shapes.Shape, frozen=True):
    """What a row would do: created updated unchanged refused. A reason is [field, code, value];
    `client_id` is whom it would update."""
    row: int
    outcome: str
    cells: list[str]
    reasons: list[list[str]]
    client_id: int | None
    suspects: list[Alike]


class PreviewShape(shapes.Shape, frozen=True):
    """`is_whole`: the file has no more rows than were looked at."""
    rows: int
    is_whole: bool
    counts: dict[str, int]
    fates: list[FateShape]
    refused: list[FateShape]


class Problem(shapes.Shape, frozen=True):
    row: int
    cells: list[str]
    reasons: list[list[str]]


class Kept(shapes.Shape, frozen=True):
    row: int
    client_id: int
    why: str


class CheckShape(shapes.Shape, frozen=True):
    """A dry run: how far it is, or what came out, or why nothing did."""
    done: int = 0
    of: int | None = None
    result: PreviewShape | None = None
    error: str = ""


class WholeImport(shapes.Shape, frozen=True, rename={"import_": "import"}):
    import_: ImportShape
    same_file: ImportShape | None
    check: CheckShape | None
    problems: list[Problem]
    stayed: list[Kept]


class Saved(shapes.Shape, frozen=True):
    name: str
    columns: dict[str, str]
    by: str
    at: str


async def listing(asked: Asked) -> Any:
    query, desk = asked.query, asked.desk
    async with desk.store.read() as tx:
        found = await runs.newest(tx, before=campaigns.after(query.cursor) or None,
                                  limit=query.size + 1)
    shown = found[:query.size]
    return {"items": [acts.view(desk, one) for one in shown],
            "cursor": str(shown[-1].id) if len(found) > query.size else None}


async def upload(asked: Asked) -> Any:
    made = await acts.upload(asked.desk, asked.person, asked.query.name, _blocks(asked))
    return acts.view(asked.desk, made)


async def _blocks(asked: Asked) -> AsyncIterator[bytes]:
    """The body as it comes; nothing of it waits in memory."""
    if asked.content is None:
        raise Unreadable("a file as the body is needed")
    async for block, _ in asked.content.iter_chunks():
        yield block


async def one(asked: Asked) -> Any:
    return await acts.one(asked.desk, asked.number("id"))


async def look(asked: Asked) -> Any:
    return await acts.look(asked.desk, asked.number("id"))


async def plan(asked: Asked) -> Any:
    body = asked.body
    if body.encoding is not None and body.encoding not in encodings.ENCODINGS:
        raise Unreadable(f"encoding is one of {', '.join(encodings.ENCODINGS)}")
    if body.separator is not None and body.separator not in tuple(encodings.SEPARATORS):
        raise Unreadable("separator is one of ; , tab |")
    return await acts.plan(
        asked.desk, asked.number("id"), columns=body.columns, only_by_hand=body.only_by_hand,
        encoding=body.encoding, separator=body.separator, region=body.region)


async def preview(asked: Asked) -> Any:
    return await acts.preview(asked.desk, asked.number("id"))


async def check(asked: Asked) -> Any:
    await acts.check(asked.desk, asked.number("id"))
    return {}


async def start(asked: Asked) -> Any:
    await acts.start(asked.desk, asked.person, asked.number("id"),
                     save_map_as=asked.body.save_map_as.strip())
    return {}


async def resume(asked: Asked) -> Any:
    await acts.start(asked.desk, asked.person, asked.number("id"), save_map_as="")
    return {}


async def stop(asked: Asked) -> Any:
    await acts.stop(asked.desk, asked.number("id"))
    return {}


async def undo(asked: Asked) -> Any:
    await acts.undo(asked.desk, asked.person, asked.number("id"))
    return {}


async def discard(asked: Asked) -> Any:
    await acts.discard(asked.desk, asked.number("id"))
    return {}


async def errors(asked: Asked) -> Any:
    """The refused rows as a file; its reasons in the person's language."""
    import_id, locale = asked.number("id"), asked.person.locale
    say = texts.translator(locale)

    def sentence(reason: Reason) -> str:
        name = reason.field.removeprefix("custom.")
        field = say(f"import.field.{reason.field}") if name == reason.field else name
        return say(f"import.reason.{reason.code}", field=field, value=reason.value)

    async with asked.desk.store.begin() as tx:
        known = await runs.get(tx, import_id)
        await audit.record(tx, by=asked.person.operator or asked.person.login,
                           at=asked.desk.clock(), what="import.errors_exported",
                           facts={"import": import_id, "rows": known.refused})
    body = "".join([part async for part in error_file.lines(
        asked.desk.store, import_id, say=sentence, separator=";" if locale == "ru" else ",")])
    return web.Response(
        body=body.encode("utf-8", "replace"), content_type="text/csv", charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="import-{import_id}-errors.csv"'})


async def maps(asked: Asked) -> Any:
    async with asked.desk.store.read() as tx:
        found = await runs.maps(tx)
    return {"items": [{"name": one.name, "columns": one.columns, "by": one.by,
                       "at": one.at.isoformat()} for one in found], "cursor": None}


async def forget_map(asked: Asked) -> Any:
    async with asked.desk.store.begin() as tx:
        await runs.forget_map(tx, asked.path["name"])
    return {}


GET, POST = "GET", "POST"
_ONE = "/imports/{id}"
ROUTES: tuple[Route, ...] = (
    Route(method=GET, path="/imports", who=_WHO, answer=listing, query=Paged,
          result=shapes.Listed[ImportShape], says="All imports, newest first."),
    Route(method=POST, path="/imports", who=_WHO, answer=upload, query=UploadQuery, status=201,
          result=ImportShape, says="Upload a table (the body is the file): a draft."),
    Route(method=GET, path=_ONE, who=_WHO, answer=one, result=WholeImport,
          says="One import with its first refused rows and what stayed when it was undone."),
    Route(method="DELETE", path=_ONE, who=_WHO, answer=discard, status=204,
          says="Throw a draft away."),
    Route(method=GET, path=f"{_ONE}/look", who=_WHO, answer=look, result=Looked,
          says="A draft's columns, encoding and first rows."),
    Route(method=POST, path=f"{_ONE}/plan", who=_WHO, answer=plan, body=PlanBody, result=Looked,
          says="Which column is which field, and how the file is read."),
    Route(method=POST, path=f"{_ONE}/preview", who=_WHO, answer=preview, result=PreviewShape,
          says="What the first 1,000 rows would do, and who looks like a duplicate."),
    Route(method=POST, path=f"{_ONE}/check", who=_WHO, answer=check, status=202,
          says="A dry run over the whole file; GET /imports/{id} tells its progress."),
    Route(method=POST, path=f"{_ONE}/start", who=_WHO, answer=start, body=StartBody, status=202,
          says="Run it."),
    Route(method=POST, path=f"{_ONE}/resume", who=_WHO, answer=resume, status=202,
          says="Go on where it was stopped or broke off."),
    Route(method=POST, path=f"{_ONE}/stop", who=_WHO, answer=stop, status=202,
          says="Stop at the next chunk; what is in stays in."),
    Route(method=POST, path=f"{_ONE}/undo", who=_WHO, answer=undo, status=202,
          says="Take the whole import back; what was changed since stays."),
    Route(method=GET, path=f"{_ONE}/errors.csv", who=_WHO, answer=errors, result=str,
          says="The refused rows with their reasons, to mend and import again."),
    Route(method=GET, path="/import-maps", who=_WHO, answer=maps, result=shapes.Listed[Saved],
          says="Column maps saved under names."),
    Route(method="DELETE", path="/import-maps/{name}", who=_WHO, answer=forget_map, status=204,
          says="Forget a saved map."),
)
