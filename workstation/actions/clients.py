"""Finding clients and reading their cards outside a conversation."""

from __future__ import annotations

from crm_store import clients, timeline
from workstation import views
from workstation.background import PAGE, card_view
from workstation.desk import Desk
from workstation.errors import Unreadable
from workstation.policy import Person
from workstation.protocol import ClientCard, MoreTimeline, SearchClients

SEARCH_LIMIT = 20
SEARCH_DEPTH = 500          # hits a page by page search leads to; who wants more types more
TEXT_LIMIT = 200
KINDS = frozenset({"attempt", "call", "correction", "invoice", "note", "payment", "promise",
                   "reading", "request"})


def is_masked(desk: Desk, person: Person, client_id: int) -> bool:
    """Operators see sums only after they ticked the identity in a conversation of theirs."""
    if person.oversees:
        return False
    return not any(view.client_id == client_id and view.identity == "confirmed"
                   for view in desk.conversations.of(person.operator))


async def search(desk: Desk, person: Person, args: SearchClients) -> dict[str, object]:
    return {"hits": await _hits(desk, args.text, SEARCH_LIMIT)}


async def search_page(desk: Desk, text: str, *, start: int,
                      limit: int) -> tuple[list[dict[str, object]], int | None]:
    """Hits from `start` on, best first, and where the next page starts."""
    hits = await _hits(desk, text, SEARCH_DEPTH)
    end = start + limit
    return hits[start:end], end if len(hits) > end else None


async def _hits(desk: Desk, text: str, limit: int) -> list[dict[str, object]]:
    wanted = text.strip()[:TEXT_LIMIT]
    if not wanted:
        return []
    async with desk.store.read() as tx:
        hits = await clients.search(tx, wanted, limit=limit,
                                    region=desk.settings.company.region)
    return [{"client_id": hit.client_id, "name": hit.name, "why": hit.by,
             "marked": hit.matched} for hit in hits]


async def card(desk: Desk, person: Person, args: ClientCard) -> dict[str, object]:
    masked = is_masked(desk, person, args.client_id)
    async with desk.store.read() as tx:
        shown = await card_view(tx, args.client_id, [], masked=masked)
        page = await timeline.page(tx, args.client_id, limit=PAGE)
    return {"card": shown, **_page(page, masked)}


async def more_timeline(desk: Desk, person: Person, args: MoreTimeline) -> dict[str, object]:
    if unknown := set(args.kinds) - KINDS:
        raise Unreadable(f"unknown kinds: {', '.join(sorted(unknown))}")
    before = timeline.Cursor.parse(args.cursor) if args.cursor else None
    async with desk.store.read() as tx:
        page = await timeline.page(tx, args.client_id, before=before, limit=PAGE,
                                   kinds=args.kinds)
    found = _page(page, is_masked(desk, person, args.client_id))
    return {"items": found["timeline"], "cursor": found["cursor"]}


def _page(page: timeline.Page[timeline.TimelineItem], masked: bool) -> dict[str, object]:
    return {"timeline": [views.timeline_item(item, masked=masked) for item in page.items],
            "cursor": str(page.next) if page.next is not None else None}
