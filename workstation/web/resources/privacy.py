"""`/audit`, `/persons`, `/retention`: who saw what, and a person's rights."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from workstation import person_report, protocol
from workstation.actions import privacy
from workstation.policy import Who
from workstation.protocol.privacy import ErasureReason
from workstation.web import shapes
from workstation.web.api import Paged
from workstation.web.routes import Asked, Query, Route


class AuditQuery(Paged, frozen=True):
    """`by`: operator id or login · `what`: a deed (`client.seen`) or an area (`client.`)."""
    by: str = ""
    client_id: Annotated[int, msgspec.Meta(ge=1, le=10**18)] | None = None
    what: str = ""
    since: str = ""
    until: str = ""


class ExportQuery(Query, frozen=True):
    form: Literal["json", "html"] = "json"


class EraseBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`name`: the client's, as his card shows it."""
    name: str
    reason: ErasureReason


class Plan(shapes.Shape, frozen=True):
    at: str
    kinds: list[protocol.RetainedView]
    tapes: protocol.RetainedView
    runs: list[protocol.AuditEntryView]


class Retained(shapes.Shape, frozen=True):
    kinds: list[protocol.RetainedView]
    tapes: protocol.RetainedView


async def audit(asked: Asked) -> Any:
    query = asked.query
    items, cursor = await privacy.page(asked.desk, protocol.AuditList(
        by=query.by, client_id=query.client_id, what=query.what, since=query.since,
        until=query.until, cursor=query.cursor), limit=query.size)
    return {"items": items, "cursor": cursor}


async def chain(asked: Asked) -> Any:
    return privacy.chain(asked.desk)


async def verify(asked: Asked) -> Any:
    done = await privacy.verify(asked.desk, asked.person, protocol.AuditVerify())
    return done["chain"]


async def person(asked: Asked) -> Any:
    found = await privacy.find(asked.desk, asked.person,
                               protocol.FindPerson(client_id=asked.number("id")))
    return found["person"]


async def export(asked: Asked) -> Any:
    """JSON, or a page that people can read; both as a file to keep."""
    client_id = asked.number("id")
    said = await privacy.export(asked.desk, asked.person, client_id)
    name = f"person-{client_id}.{asked.query.form}"
    if asked.query.form == "html":
        body, kind = person_report.html(said, asked.person.locale).encode(), "text/html"
    else:
        body, kind = person_report.as_json(said).encode(), "application/json"
    return web.Response(body=body, content_type=kind, charset="utf-8", headers={
        "Content-Disposition": f'attachment; filename="{name}"'})


async def erase(asked: Asked) -> Any:
    done = await privacy.erase(asked.desk, asked.person, protocol.ErasePerson(
        client_id=asked.number("id"), name=asked.body.name, reason=asked.body.reason))
    return done["proof"]


async def erased(asked: Asked) -> Any:
    found = await privacy.erased(asked.desk, asked.person, protocol.ListErased())
    return {"items": found["proofs"], "cursor": None}


async def plan(asked: Asked) -> Any:
    return await privacy.plan(asked.desk, asked.person, protocol.PlanRetention())


async def run(asked: Asked) -> Any:
    return await privacy.run(asked.desk, asked.person, protocol.RunRetention())


GET, POST = "GET", "POST"
ROUTES: tuple[Route, ...] = (
    Route(method=GET, path="/audit", who=Who.ADMINISTRATORS, answer=audit, query=AuditQuery,
          result=shapes.Listed[protocol.AuditEntryView],
          says="Who saw, changed and took away what, newest first."),
    Route(method=GET, path="/audit/chain", who=Who.ADMINISTRATORS, answer=chain,
          result=protocol.ChainView, says="What the last walk along the audit's chain found."),
    Route(method=POST, path="/audit/verify", who=Who.ADMINISTRATORS, answer=verify,
          result=protocol.ChainView, says="Walk the chain now; names the first broken row."),
    Route(method=GET, path="/persons/erased", who=Who.ADMINISTRATORS, answer=erased,
          result=shapes.Listed[protocol.ErasedView],
          says="Proofs of erasures, the latest first."),
    Route(method=GET, path="/persons/{id}", who=Who.ADMINISTRATORS, answer=person,
          result=protocol.PersonView,
          says="All of a person, counted, and what forbids to erase him; by a client's id."),
    Route(method=GET, path="/persons/{id}/export", who=Who.ADMINISTRATORS, answer=export,
          query=ExportQuery, result=str, says="All of a person, as JSON or as a page to read."),
    Route(method=POST, path="/persons/{id}/erase", who=Who.ADMINISTRATORS, answer=erase,
          body=EraseBody, result=protocol.ErasedView,
          says="Erase a person; what the law needs stays without him. The proof."),
    Route(method=GET, path="/retention", who=Who.ADMINISTRATORS, answer=plan, result=Plan,
          says="What is kept how long, what a run would do now, and the last runs."),
    Route(method=POST, path="/retention/run", who=Who.ADMINISTRATORS, answer=run,
          result=Retained, says="Let go what is older than the settings allow."),
)
