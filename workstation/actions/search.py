"""Finding clients, as one types and page by page."""

from __future__ import annotations

from typing import Literal, cast

from crm_store.search import Hit
from crm_store.search import search as search_store
from workstation.desk import Desk
from workstation.policy import Person
from workstation.protocol import HitView, SearchClients

SEARCH_LIMIT = 20
SEARCH_DEPTH = 500          # hits a page by page search leads to; who wants more types more
TEXT_LIMIT = 200


async def search(desk: Desk, person: Person, args: SearchClients) -> dict[str, object]:
    return {"hits": await _hits(desk, args.text, SEARCH_LIMIT)}


async def search_page(desk: Desk, text: str, *, start: int,
                      limit: int) -> tuple[list[HitView], int | None]:
    """Hits from `start` on, best first, and where the next page starts."""
    end = start + limit
    hits = await _hits(desk, text, min(end + 1, SEARCH_DEPTH))
    return hits[start:end], end if len(hits) > end else None


async def _hits(desk: Desk, text: str, limit: int) -> list[HitView]:
    wanted = text.strip()[:TEXT_LIMIT]
    if not wanted:
        return []
    async with desk.store.read() as tx:
        hits = await search_store(tx, wanted, limit=limit, region=desk.settings.company.region)
    return [hit_view(hit) for hit in hits]


def hit_view(hit: Hit) -> HitView:
    return HitView(
        client_id=hit.client_id, name=hit.name,
        kind=cast("Literal['person', 'organisation']", hit.kind), why=hit.by, marked=hit.matched,
        marks=[[start, end] for start, end in hit.marks], number=hit.number,
        account=hit.account, address=hit.address, field=hit.field, request_id=hit.request_id,
        similar=hit.is_similar)
