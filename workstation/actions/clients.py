"""Finding clients and reading their cards outside a conversation."""

from __future__ import annotations

from typing import get_args

from crm_store import timeline
from workstation import views
from workstation.background import PAGE, card_view
from workstation.desk import Desk
from workstation.errors import Unreadable
from workstation.policy import Person
from workstation.protocol import ClientCard, MoreTimeline

KINDS = frozenset(get_args(timeline.TimelineKind))


def is_masked(desk: Desk, person: Person, client_id: int) -> bool:
    """Operators see sums only after they ticked the identity in a conversation of theirs."""
    if person.oversees:
        return False
    return not any(view.client_id == client_id and view.identity == "confirmed"
                   for view in desk.conversations.of(person.operator))


async def card(desk: Desk, person: Person, args: ClientCard) -> dict[str, object]:
    masked = is_masked(desk, person, args.client_id)
    async with desk.store.read() as tx:
        shown = await card_view(tx, args.client_id, [], masked=masked)
        page = await timeline.page(tx, args.client_id, limit=PAGE)
    desk.figures.open(person.operator, args.client_id, masked=shown.masked)
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
