"""What a conversation's screen shows of the client: candidates, card, timeline, form, draft."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from crm_store import (
    campaigns,
    claims,
    clients,
    drafts,
    identity,
    interactions,
    phones,
    timeline,
)
from crm_store.base import Tx
from crm_store.errors import NotFound
from workstation import card_views, protocol, views
from workstation.requests import forms
from workstation.requests.kinds import RequestType
from workstation.settings import Queue, Settings

PAGE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whose background is asked for. `hint` is the client whom menu or operator named."""
    call: str
    operator: str
    language: str
    number: str
    queue: str | None
    hint: int | None
    attempt: int | None
    now: datetime
    interaction: int | None = None      # None: nobody can have chosen or typed anything yet


class Background:
    """Reads; it holds nothing but what does not change while the server runs."""

    def __init__(self, settings: Settings, kinds: dict[str, RequestType]) -> None:
        self._settings = settings
        self._kinds = kinds
        self._queues: dict[str, Queue] = {queue.id: queue for queue in settings.queue}
        self._zone = ZoneInfo(settings.company.time_zone)

    async def gather(self, tx: Tx, wanted: Wanted) -> dict[str, Any]:
        """The fields of a ConversationView that the store knows."""
        e164 = phones.normalise(wanted.number, region=self._settings.company.region).e164
        found = await clients.candidates(tx, e164) if e164 else []
        candidates = [views.candidate(row) for row in found]
        campaign, sure, reason = "", wanted.hint, "menu"
        if wanted.attempt is not None:
            campaign, client = await _of_attempt(tx, wanted.attempt)
            sure, reason = client or sure, "campaign"
        sure = await _known(tx, sure)
        candidates = await _put_first(tx, candidates, sure, reason)
        client_id = sure or clients.likeliest(found)
        fields: dict[str, Any] = {"candidates": candidates, "campaign": campaign, "notice": ""}
        is_ticked = False
        if wanted.interaction is not None:
            stored = await interactions.one(tx, wanted.interaction)
            client_id = stored.client_id or client_id
            fields["draft"] = views.draft(
                await drafts.load(tx, wanted.interaction, wanted.operator))
            is_ticked = client_id is not None and await identity.is_confirmed(
                tx, client_id, by=wanted.operator, interaction_id=wanted.interaction)
            fields["identity"] = "confirmed" if is_ticked else "unknown"
        fields |= await self.of_client(tx, client_id, candidates, wanted, masked=not is_ticked)
        return fields

    async def warm_up(self, tx: Tx) -> None:
        """Prepare what a pop reads: the first caller of the day waits no longer than others."""
        e164 = phones.normalise("+74951200000", region=self._settings.company.region).e164 or ""
        views.number_label(e164)
        await clients.candidates(tx, e164)
        await interactions.by_number(tx, e164, PAGE)
        await timeline.page(tx, 1, limit=PAGE)
        await _known(tx, 1)

    async def of_client(self, tx: Tx, client_id: int | None,
                        candidates: list[protocol.CandidateView], wanted: Wanted, *,
                        masked: bool) -> dict[str, Any]:
        """Card, timeline and form of one client; the number's history when nobody is known."""
        fields: dict[str, Any] = {"client_id": client_id, "card": None, "timeline_cursor": None,
                                  "timeline": [], "form": self.form(wanted, None)}
        if client_id is None:
            e164 = phones.normalise(wanted.number, region=self._settings.company.region).e164
            if e164:
                items = await interactions.by_number(tx, e164, PAGE)
                fields["timeline"] = _past(items, wanted, masked=masked)
            return fields
        shown = await card_view(tx, client_id, candidates, masked=masked)
        page = await timeline.page(tx, client_id, limit=PAGE)
        fields |= {
            "card": shown, "form": self.form(wanted, shown),
            "timeline": _past(page.items, wanted, masked=masked),
            "timeline_cursor": str(page.next) if page.next is not None else None,
        }
        return fields

    def form(self, wanted: Wanted, card: protocol.CardView | None) -> protocol.FormView | None:
        """The form that the queue opens by itself, filled from the card."""
        queue = self._queues.get(wanted.queue or "")
        kind = self._kinds.get(queue.request_type or "") if queue is not None else None
        if kind is None:
            return None
        today = wanted.now.astimezone(self._zone).date()
        return forms.filled(kind, card, wanted.language, today)


def _past(items: Iterable[timeline.TimelineItem], wanted: Wanted, *,
          masked: bool) -> list[protocol.TimelineView]:
    """Without the contact that is on the screen itself."""
    return [views.timeline_item(item, masked=masked) for item in items
            if item.kind != "call" or item.facts.get("call_id") != wanted.call]


async def card_view(tx: Tx, client_id: int, others: list[protocol.CandidateView], *,
                    masked: bool) -> protocol.CardView:
    row = await clients.card(tx, client_id)
    return card_views.card(
        row, [other for other in others if other.client_id != client_id], masked=masked)


async def _of_attempt(tx: Tx, attempt: int) -> tuple[str, int | None]:
    """The campaign's name and the client that an attempt was meant for."""
    try:
        row = await claims.get(tx, attempt)
        return (await campaigns.get(tx, row.campaign_id)).name, row.client_id
    except NotFound:
        return "", None


async def _known(tx: Tx, client_id: int | None) -> int | None:
    """A client the menu or a tape named may be another database's."""
    if client_id is None:
        return None
    try:
        return (await clients.card(tx, client_id)).client_id
    except NotFound:
        return None


async def _put_first(tx: Tx, candidates: list[protocol.CandidateView], client_id: int | None,
                     reason: str) -> list[protocol.CandidateView]:
    """The client we are surest of leads the list, with the reason for it."""
    if client_id is None:
        return candidates
    why = protocol.ReasonView(kind=reason, text="")
    for found in candidates:
        if found.client_id == client_id:
            first = protocol.CandidateView(client_id=client_id, name=found.name,
                                           reasons=[why, *found.reasons])
            return [first, *(other for other in candidates if other is not found)]
    row = await clients.card(tx, client_id)
    named = protocol.CandidateView(client_id=client_id, name=row.name, reasons=[why])
    return [named, *candidates]
