"""`/today…`: what a manager reads on his phone; a right of its own, reading only."""

from __future__ import annotations

from typing import Any

import msgspec

from crm_store import gaps, interaction_pages, thresholds
from crm_store.interactions import Interaction
from workstation import gap_views, protocol, today
from workstation.actions import clients as cards
from workstation.actions import oversight, search
from workstation.background import card_view
from workstation.desk import Desk
from workstation.policy import Who
from workstation.views import moment
from workstation.web.routes import Asked, Query, Route

CONTACTS = 30
LATE = 20
HITS = 12


class Text(Query, frozen=True):
    q: str


class Client(Query, frozen=True):
    client_id: int


class Hits(msgspec.Struct, frozen=True, kw_only=True):
    items: list[protocol.HitView]


class Card(msgspec.Struct, frozen=True, kw_only=True):
    card: protocol.CardView


async def show(asked: Asked) -> Any:
    desk = asked.desk
    since = oversight.today(desk)
    async with desk.store.read() as tx:
        crossings = await thresholds.since(tx, since)
        holes = await gaps.between(tx, since, desk.clock())
        contacts, _ = await interaction_pages.page(
            tx, interaction_pages.Wanted(since=since), limit=CONTACTS)
    late, in_all = today.late(_all(desk, "requests", protocol.RequestView), LATE)
    queues = sorted(_all(desk, "queues", protocol.QueueView), key=lambda one: one.name)
    return today.TodayView(
        now=moment(desk.clock()), company=desk.settings.company.name,
        time_zone=desk.settings.company.time_zone, queues=[today.queue(one) for one in queues],
        states=today.states(_all(desk, "operators", protocol.OperatorView)),
        crossings=[oversight.crossing_view(one) for one in crossings], late=late,
        late_in_all=in_all, gaps=[gap_views.of_row(row) for row in holes],
        standstills=today.standstills(_all(desk, "campaigns", protocol.CampaignView)),
        contacts=[_contact(desk, row) for row in contacts], blind=not desk.link_is_up())


def _all(desk: Desk, collection: str, kind: type[Any]) -> list[Any]:
    return [view for view in desk.board.all_of(collection) if isinstance(view, kind)]


def _contact(desk: Desk, row: Interaction) -> today.TodayContact:
    operator = desk.operators.get(row.operator or "")
    return today.TodayContact(
        at=moment(row.started_at), direction=row.direction, client_id=row.client_id,
        who=row.client_name or row.number or "", queue=row.queue, outcome=row.outcome,
        operator=operator.name if operator is not None else row.operator,
        disposition=row.disposition, talked_s=row.talked_s)


async def find(asked: Asked) -> Any:
    hits, _ = await search.search_page(asked.desk, asked.query.q, start=0, limit=HITS)
    return Hits(items=hits)


async def card(asked: Asked) -> Any:
    """Seen by a person: the audit keeps it; sums are hidden from who is no supervisor."""
    client_id = asked.query.client_id
    async with asked.desk.store.read() as tx:
        return Card(card=await card_view(
            tx, client_id, [], masked=cards.is_masked(asked.desk, asked.person, client_id)))


ROUTES = (
    Route(method="GET", path="/today", who=Who.MANAGERS, answer=show, result=today.TodayView,
          says="The day so far: figures by queue, what is out of order, the newest contacts."),
    Route(method="GET", path="/today/clients", who=Who.MANAGERS, answer=find, query=Text,
          result=Hits, says="Clients by name, number, account, address, as one types."),
    Route(method="GET", path="/today/client", who=Who.MANAGERS, answer=card, query=Client,
          result=Card, says="A client's card; that it was seen is kept."),
)
