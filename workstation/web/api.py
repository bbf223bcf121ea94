"""The HTTP API, `/api/v1`: every route, who may, and what answers. The description is made of it.

Routes do what the socket's actions do, by the same functions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from crm_store import clients, duplicates, interaction_pages, interactions, requests
from crm_store import timeline as stored_timeline
from workstation import protocol, views
from workstation.actions import calls, campaigns, client_edits, presence, search
from workstation.actions import clients as client_actions
from workstation.actions import requests as request_actions
from workstation.background import card_view
from workstation.errors import NotThere, Unreadable
from workstation.policy import Who, may
from workstation.records import stored_number
from workstation.web import session, shapes
from workstation.web.routes import Asked, Query, Route

LONGEST_PAGE = 200
CALL_ID = re.compile(r"[A-Za-z0-9_.:@-]{0,150}")


class Paged(Query, frozen=True):
    """`limit`: how many at most, never more than 200; `cursor`: that of the page before."""
    limit: Annotated[int, msgspec.Meta(ge=1)] = 50
    cursor: str | None = None

    @property
    def size(self) -> int:
        return min(self.limit, LONGEST_PAGE)


class ClientQuery(Paged, frozen=True):
    q: str | None = None
    phone: str | None = None
    account: str | None = None


class TimelineQuery(Paged, frozen=True):
    kinds: str = ""             # separated by commas; empty: all


class InteractionQuery(Paged, frozen=True):
    number: str | None = None
    operator: str | None = None
    queue: str | None = None
    client_id: Annotated[int, msgspec.Meta(ge=1, le=10**18)] | None = None
    call: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class RequestQuery(Paged, frozen=True):
    group: str | None = None
    include_closed: bool = False


class EntryQuery(Paged, frozen=True):
    state: str | None = None


class NewClientBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: str
    kind: Literal["person", "organisation"] = "person"
    phone: str | None = None
    card: protocol.ClientEdit | None = None     # everything else that is known of him


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    stage: str
    note: str = ""


def _page(items: Sequence[Any], cursor: str | None) -> dict[str, Any]:
    """Every list answers so; `cursor` is None on the last page."""
    return {"items": items, "cursor": cursor}


# ── clients ──────────────────────────────────────────────────────────────────────────────────
async def find_clients(asked: Asked) -> Any:
    text = asked.query.q or asked.query.phone or asked.query.account
    if not text:
        raise Unreadable("one of q, phone, account is needed")
    items, following = await search.search_page(
        asked.desk, text, start=campaigns.after(asked.query.cursor), limit=asked.query.size)
    return _page(items, None if following is None else str(following))


async def create_client(asked: Asked) -> Any:
    desk, body = asked.desk, asked.body
    if not body.name.strip() or len(body.name) > 200:
        raise Unreadable("a client needs a name of 1 to 200 letters")
    number = stored_number(body.phone, desk.settings.company.region) if body.phone else None
    if body.phone and not (number or "").startswith("+"):
        raise Unreadable("phone is no number")
    async with desk.store.begin() as tx:
        made = await clients.create(tx, name=body.name.strip(), kind=body.kind, number=number,
                                    by=asked.person.login, at=desk.clock())
        if body.card is not None:
            args = protocol.ChangeClient(client_id=made, version=1, changes=body.card)
            await client_edits.save(tx, desk, asked.person, args, masked=False)
        await duplicates.look_at(tx, [made], found_by="operator", at=desk.clock())
        return await card_view(tx, made, [], masked=not asked.person.oversees)


async def one_client(asked: Asked) -> Any:
    client_id = asked.number("id")
    masked = client_actions.is_masked(asked.desk, asked.person, client_id)
    async with asked.desk.store.read() as tx:
        return await card_view(tx, client_id, [], masked=masked)


async def timeline(asked: Asked) -> Any:
    client_id, query = asked.number("id"), asked.query
    kinds = [kind for kind in query.kinds.split(",") if kind]
    if set(kinds) - client_actions.KINDS:
        raise Unreadable("unknown kinds")
    before = stored_timeline.Cursor.parse(query.cursor) if query.cursor else None
    masked = client_actions.is_masked(asked.desk, asked.person, client_id)
    async with asked.desk.store.read() as tx:
        await clients.card(tx, client_id)
        page = await stored_timeline.page(tx, client_id, before=before, limit=query.size,
                                          kinds=kinds)
    return _page([views.timeline_item(item, masked=masked) for item in page.items],
                 str(page.next) if page.next is not None else None)


# ── interactions ─────────────────────────────────────────────────────────────────────────────
async def list_interactions(asked: Asked) -> Any:
    """Operators see their own; `number` may be in any spelling."""
    desk, query, person = asked.desk, asked.query, asked.person
    operator = query.operator if person.oversees else person.operator
    number = stored_number(query.number, desk.settings.company.region) if query.number else None
    for at in (query.since, query.until):
        if at is not None and at.tzinfo is None:
            raise Unreadable("a moment without a time zone")
    wanted = interaction_pages.Wanted(
        number=number, operator=operator, queue=query.queue, client_id=query.client_id,
        call_id=query.call, since=query.since, until=query.until)
    async with desk.store.read() as tx:
        rows, cursor = await interaction_pages.page(tx, wanted, cursor=query.cursor,
                                                    limit=query.size)
    return _page([_interaction(row) for row in rows], cursor)


async def one_interaction(asked: Asked) -> Any:
    async with asked.desk.store.read() as tx:
        row = await interactions.one(tx, asked.number("id"))
        if not asked.person.oversees and row.operator != asked.person.operator:
            raise NotThere("interaction")
        parts = await interactions.segments(tx, row.id)
    return _interaction(row) | {"segments": [
        {"kind": part.kind, "who": part.who, "started_at": views.moment(part.started_at),
         "ended_at": views.moment_or_none(part.ended_at)} for part in parts]}


def _interaction(row: interactions.Interaction) -> dict[str, Any]:
    facts: dict[str, Any] = {name: getattr(row, name) for name in row.__dataclass_fields__}
    return {name: views.moment(value) if isinstance(value, datetime) else value
            for name, value in facts.items()}


# ── requests ─────────────────────────────────────────────────────────────────────────────────
async def list_requests(asked: Asked) -> Any:
    query = asked.query
    wanted = protocol.ListRequests(group=query.group, include_closed=query.include_closed)
    return _page(*await request_actions.page(asked.desk, asked.person, wanted,
                                             cursor=query.cursor, limit=query.size))


async def file_request(asked: Asked) -> Any:
    return await request_actions.file(asked.desk, asked.person, asked.body)


async def one_request(asked: Asked) -> Any:
    async with asked.desk.store.read() as tx:
        row = await requests.one(tx, asked.number("id"))
    if row.group not in asked.person.groups and not asked.person.oversees:
        raise NotThere("request")
    return request_actions.view(asked.desk, row)


async def move_request(asked: Asked) -> Any:
    wish = protocol.MoveRequest(id=asked.number("id"), stage=asked.body.stage,
                                note=asked.body.note)
    return (await request_actions.move(asked.desk, asked.person, wish))["request"]


# ── floor and calls ──────────────────────────────────────────────────────────────────────────
async def floor(asked: Asked) -> Any:
    """What the person's own screen shows of the floor, now."""
    return asked.desk.board.seen_by(asked.person, ("operators", "queues", "calls", "gaps"))


async def live_calls(asked: Asked) -> Any:
    cursor, size = asked.query.cursor or "", asked.query.size
    if not CALL_ID.fullmatch(cursor):
        raise Unreadable("unknown cursor")
    shown = asked.desk.board.seen_by(asked.person, ("calls",))["calls"]
    names = [name for name in sorted(shown) if name > cursor]
    return _page([shown[name] for name in names[:size]],
                 names[size - 1] if len(names) > size else None)


async def dial(asked: Asked) -> Any:
    return await calls.dial(asked.desk, asked.person, asked.body)


async def hang_up(asked: Asked) -> Any:
    return await calls.hang_up(asked.desk, asked.person,
                               protocol.HangUp(call=asked.path["id"]))


async def set_state(asked: Asked) -> Any:
    """One's own; a supervisor may set anybody's."""
    operator = asked.path["id"]
    person = asked.person
    if operator != person.operator:
        other = asked.desk.accounts.by_operator.get(operator)
        if other is None or not may(person, Who.SUPERVISORS):
            raise NotThere("operator")
        person = other
    async with asked.desk.turn(person):
        return await presence.set_state(asked.desk, person, asked.body)


# ── campaigns ────────────────────────────────────────────────────────────────────────────────
async def list_campaigns(asked: Asked) -> Any:
    query, last = asked.query, campaigns.after(asked.query.cursor)
    found = [shown for shown in await campaigns.listing(asked.desk) if not last or shown.id < last]
    return _page(found[:query.size],
                 str(found[query.size - 1].id) if len(found) > query.size else None)


async def one_campaign(asked: Asked) -> Any:
    return await campaigns.one(asked.desk, asked.number("id"))


async def coverage(asked: Asked) -> Any:
    shown = await campaigns.one(asked.desk, asked.number("id"))
    return {"size": shown.size, "ledger": shown.ledger, "why": shown.why}


async def entries(asked: Asked) -> Any:
    wanted = protocol.CampaignEntries(campaign=asked.number("id"), state=asked.query.state,
                                      cursor=asked.query.cursor)
    return _page(*await campaigns.entry_page(asked.desk, wanted, limit=asked.query.size))


async def start(asked: Asked) -> Any:
    return await campaigns.start(asked.desk, asked.person, _campaign(asked))


async def pause(asked: Asked) -> Any:
    return await campaigns.pause(asked.desk, asked.person, _campaign(asked))


async def stop(asked: Asked) -> Any:
    return await campaigns.stop(asked.desk, asked.person, _campaign(asked))


def _campaign(asked: Asked) -> protocol.CampaignArgs:
    return protocol.CampaignArgs(campaign=asked.number("id"))


GET, POST = "GET", "POST"
ROUTES: tuple[Route, ...] = (
    *session.ROUTES,
    Route(method=GET, path="/clients", who=Who.SIGNED_IN, answer=find_clients, query=ClientQuery,
          result=shapes.Listed[protocol.HitView],
          says="Clients by name (typos, either alphabet), number or part of it, account, e-mail, "
               "address, request number, searchable fields; best first, with what matched."),
    Route(method=POST, path="/clients", who=Who.OPERATORS, answer=create_client, status=201,
          body=NewClientBody, result=protocol.CardView, says="A new client."),
    Route(method=GET, path="/clients/{id}", who=Who.SIGNED_IN, answer=one_client,
          result=protocol.CardView, says="The client's card; sums are masked for operators."),
    Route(method=GET, path="/clients/{id}/timeline", who=Who.SIGNED_IN, answer=timeline,
          query=TimelineQuery, result=shapes.Listed[protocol.TimelineView],
          says="Everything that happened, newest first."),
    Route(method=GET, path="/interactions", who=Who.SIGNED_IN, answer=list_interactions,
          query=InteractionQuery, result=shapes.Listed[interactions.Interaction],
          says="Stored contacts, newest first; operators see their own."),
    Route(method=GET, path="/interactions/{id}", who=Who.SIGNED_IN, answer=one_interaction,
          result=shapes.WholeInteraction, says="One contact with its segments."),
    Route(method=GET, path="/requests", who=Who.SIGNED_IN, answer=list_requests,
          query=RequestQuery, result=shapes.Listed[protocol.RequestView],
          says="Requests of one's groups, the most urgent first."),
    Route(method=POST, path="/requests", who=Who.OPERATORS, answer=file_request, status=201,
          body=protocol.FileRequest, result=shapes.Filed, says="File a request."),
    Route(method=GET, path="/requests/{id}", who=Who.SIGNED_IN, answer=one_request,
          result=protocol.RequestView, says="One request."),
    Route(method=POST, path="/requests/{id}/move", who=Who.SIGNED_IN, answer=move_request,
          body=Stage, result=protocol.RequestView, says="Move a request to another stage."),
    Route(method=GET, path="/floor", who=Who.SIGNED_IN, answer=floor,
          result=shapes.Floor, says="What is live now, as one's own screen would show it."),
    Route(method=GET, path="/calls", who=Who.SUPERVISORS, answer=live_calls,
          query=Paged, result=shapes.Listed[protocol.CallView], says="The live calls."),
    Route(method=POST, path="/calls", who=Who.OPERATORS, answer=dial, body=protocol.Dial,
          status=202, says="Ring one's own phone, then dial the number from it."),
    Route(method=POST, path="/calls/{id}/hangup", who=Who.SIGNED_IN, answer=hang_up,
          status=202, says="End a call; operators their own."),
    Route(method=POST, path="/operators/{id}/state", who=Who.OPERATORS, answer=set_state,
          body=protocol.SetState, status=202, says="Ready, paused or offline."),
    Route(method=GET, path="/campaigns", who=Who.SUPERVISORS, answer=list_campaigns,
          query=Paged, result=shapes.Listed[protocol.CampaignView],
          says="All campaigns with their ledgers, newest first."),
    Route(method=GET, path="/campaigns/{id}", who=Who.SUPERVISORS, answer=one_campaign,
          result=protocol.CampaignView, says="One campaign."),
    Route(method=GET, path="/campaigns/{id}/coverage", who=Who.SUPERVISORS, answer=coverage,
          result=shapes.Coverage,
          says="The ledger: every state's count; they add up to the list."),
    Route(method=GET, path="/campaigns/{id}/entries", who=Who.SUPERVISORS, answer=entries,
          query=EntryQuery, result=shapes.Listed[shapes.Entry],
          says="The people on the list, each with state and reason."),
    Route(method=POST, path="/campaigns/{id}/start", who=Who.SUPERVISORS, answer=start,
          status=202, says="Start, or go on after a pause."),
    Route(method=POST, path="/campaigns/{id}/pause", who=Who.SUPERVISORS, answer=pause,
          status=202, says="Dial nobody for now."),
    Route(method=POST, path="/campaigns/{id}/stop", who=Who.SUPERVISORS, answer=stop,
          status=202, says="End it; who was not reached is listed with the reason."),
)
