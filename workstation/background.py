"""What a conversation's screen shows of the client: candidates, card, timeline, form, draft."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm_store import clients, interactions, phones, pops, timeline
from crm_store.base import Tx
from crm_store.cards import Card
from crm_store.identity import Standing
from crm_store.store import Store
from workstation import card_views, handing, identity_questions, protocol, views
from workstation.opening import Came, Opened, opened
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
    entry: str = ""                     # the number that was dialled
    menu_path: Sequence[str] = ()
    campaign: str = ""
    interaction: int | None = None      # None: nobody can have chosen or typed anything yet


class Background:
    """Reads; it holds nothing but what does not change while the server runs."""

    def __init__(self, settings: Settings, kinds: dict[str, RequestType]) -> None:
        self._settings = settings
        self._kinds = kinds
        self._queues: dict[str, Queue] = {queue.id: queue for queue in settings.queue}
        self._zone = ZoneInfo(settings.company.time_zone)
        self._names = {operator.id: operator.name for operator in settings.operator}

    async def gather(self, tx: Tx, wanted: Wanted) -> dict[str, Any]:
        """The fields of a ConversationView that the store knows."""
        return self._fields(await pops.read(tx, self._caller(wanted), page=PAGE), wanted)

    async def glance(self, store: Store, wanted: Wanted) -> dict[str, Any]:
        """The same, for a call that rings: nothing else is read with it."""
        return self._fields(await pops.glance(store, self._caller(wanted), page=PAGE), wanted)

    def _caller(self, wanted: Wanted) -> pops.Caller:
        return pops.Caller(
            number=self._e164(wanted), named=wanted.hint, attempt=wanted.attempt,
            interaction=wanted.interaction, operator=wanted.operator,
            since=self.counts_since(wanted.now))

    def counts_since(self, now: datetime) -> datetime:
        """What was ticked since then on a number still counts; with 0 nothing but the contact."""
        counts_min = self._settings.identity.counts_min
        return now - timedelta(minutes=counts_min) if counts_min else pops.NOTHING_COUNTS

    def _e164(self, wanted: Wanted) -> str | None:
        return phones.normalise(wanted.number, region=self._settings.company.region).e164

    def _fields(self, pop: pops.Pop, wanted: Wanted) -> dict[str, Any]:
        candidates = _put_first([views.candidate(row) for row in pop.candidates], pop.named)
        fields: dict[str, Any] = {"candidates": candidates, "campaign": pop.campaign,
                                  "notice": ""}
        if pop.campaign in self._settings.wrap_up.outcomes:
            fields["dispositions"] = views.dispositions(
                self._settings, self._queues.get(wanted.queue or ""), campaign=pop.campaign)
        if wanted.interaction is not None:
            fields["draft"] = views.draft(pop.draft)
            fields["handed"] = handing.of_row(pop.handed, self._names)
        wanted = replace(wanted, campaign=pop.campaign)
        fields |= self.identity(pop.identity, wanted)
        fields |= self._of_client(pop.card, pop.timeline, candidates, wanted,
                                  masked=fields["identity"] != "confirmed")
        if fields["form"] is not None:
            fields["form"] = handing.filled(fields["form"], fields.get("handed"))
        return fields

    def identity(self, said: Standing | None, wanted: Wanted) -> dict[str, Any]:
        """What counts of the client's identity, as the conversation shows it."""
        if said is None or not said.is_confirmed:
            return {"identity": "unknown" if said is None else "refused", "confirmed": None}
        return {"identity": "confirmed", "confirmed": protocol.ConfirmedView(
            by=said.by, name=self._names.get(said.by, said.by), at=views.moment(said.at),
            here=wanted.interaction is not None and said.interaction_id == wanted.interaction)}

    async def warm_up(self, store: Store) -> None:
        """Prepare what a pop reads: the first caller of the day waits no longer than others."""
        e164 = phones.normalise("+74951200000", region=self._settings.company.region).e164 or ""
        views.number_label(e164)
        await pops.glance(store, pops.Caller(number=e164))
        await pops.glance(store, pops.Caller(number=e164, named=1))

    async def of_client(self, tx: Tx, client_id: int | None,
                        candidates: list[protocol.CandidateView], wanted: Wanted, *,
                        masked: bool) -> dict[str, Any]:
        """Card, timeline and form of one client; the number's history when nobody is known."""
        if client_id is None:
            e164 = self._e164(wanted)
            items = await interactions.by_number(tx, e164, PAGE) if e164 else []
            return self._of_client(None, timeline.Page(tuple(items), None), candidates, wanted,
                                   masked=masked)
        card = await clients.card(tx, client_id)
        page = await timeline.page(tx, client_id, limit=PAGE)
        return self._of_client(card, page, candidates, wanted, masked=masked)

    def _of_client(self, card: Card | None, page: timeline.Page[timeline.TimelineItem],
                   candidates: list[protocol.CandidateView], wanted: Wanted, *,
                   masked: bool) -> dict[str, Any]:
        shown = None if card is None else card_views.card(
            card, [one for one in candidates if one.client_id != card.client_id], masked=masked)
        asked = [] if card is None or not masked else identity_questions.drawn(
            self._settings.identity, card, page.items, wanted.number, self._zone)
        return {
            "questions": asked,
            "questions_needed": min(self._settings.identity.needed, len(asked)),
            "client_id": card.client_id if card else None, "card": shown,
            "form": self.form(wanted, shown), **self._guiding(wanted),
            "timeline": _past(page.items, wanted, masked=masked),
            "timeline_cursor": str(page.next) if page.next is not None else None,
        }

    def _opened(self, wanted: Wanted) -> Opened:
        return opened(self._settings.opening, Came(
            queue=wanted.queue or "", entry=wanted.entry, menu_path=wanted.menu_path,
            campaign=wanted.campaign))

    def _guiding(self, wanted: Wanted) -> dict[str, Any]:
        found = self._opened(wanted)
        return {"script": found.script, "tab": found.tab}

    def form(self, wanted: Wanted, card: protocol.CardView | None) -> protocol.FormView | None:
        """The form that the call's way or its queue opens by itself, filled from the card."""
        queue = self._queues.get(wanted.queue or "")
        name = self._opened(wanted).form or (queue.request_type if queue is not None else "")
        kind = self._kinds.get(name or "")
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


def _put_first(candidates: list[protocol.CandidateView],
               named: pops.Named | None) -> list[protocol.CandidateView]:
    """The client we are surest of leads the list, with the reason for it."""
    if named is None:
        return candidates
    why = protocol.ReasonView(kind=named.by, text="")
    for found in candidates:
        if found.client_id == named.client_id:
            first = protocol.CandidateView(client_id=named.client_id, name=found.name,
                                           reasons=[why, *found.reasons])
            return [first, *(other for other in candidates if other is not found)]
    return [protocol.CandidateView(client_id=named.client_id, name=named.name, reasons=[why]),
            *candidates]
