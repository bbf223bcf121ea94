"""All that a ringing call's screen asks of the store, in one trip.

Number, menu and campaign say who may be calling; whoever it most likely is, his card and the first
page of his timeline come with it. On SQLite the thread is entered once, PostgreSQL is asked twice:
who it may be, and then everything about him.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from crm_store import drafts
from crm_store.base import Tx, Whole
from crm_store.cards import Card, card_asked, card_made
from crm_store.clients import Candidate, candidates_asked, candidates_made, likeliest
from crm_store.drafts import Draft
from crm_store.identity import Standing, standing_asked, standing_made
from crm_store.interactions import calls_asked, calls_made
from crm_store.prepared import Ask, Prepared
from crm_store.store import Store
from crm_store.tables.campaigns import Attempts, CampaignEntries, Campaigns
from crm_store.tables.clients import Clients
from crm_store.tables.contacts import Interactions
from crm_store.timeline import Page, TimelineItem, page_asked, page_made

_NOT_ASKED = 0      # no row has this id
_PAGE = 30
NOTHING_COUNTS = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """`number` is E.164. `named` is the client whom menu or operator named, `attempt` the dial of
    a campaign; `interaction` is known when somebody may have chosen, ticked or typed already."""
    number: str | None
    named: int | None = None
    attempt: int | None = None
    interaction: int | None = None
    operator: str = ""
    since: datetime = NOTHING_COUNTS        # what was ticked on the number since then counts


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a menu, an operator or a campaign means; the kept one, if he was merged."""
    client_id: int
    name: str
    by: str             # menu, campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class Pop:
    """`client_id` is a person's choice, else `named`, else the only candidate, else None; then
    the timeline is that of the number. `campaign` is "" for a call that is none of a campaign's.
    """
    candidates: tuple[Candidate, ...]
    named: Named | None
    client_id: int | None
    card: Card | None
    timeline: Page[TimelineItem]
    campaign: str
    draft: Draft | None
    handed: Draft | None    # what a colleague typed in this contact, the newest
    identity: Standing | None   # of this client, in this contact or lately on this number


@dataclass(frozen=True, slots=True)
class _Known:
    candidates: list[Candidate]
    named: Named | None
    campaign: str
    chosen: int | None
    draft: Draft | None
    handed: Draft | None


async def read(tx: Tx, caller: Caller, *, page: int = _PAGE) -> Pop:
    """One moment's picture, of nobody when nobody is known; `page` items of the timeline."""
    return await tx.trip(partial(_read, caller=caller, page=page))


async def glance(store: Store, caller: Caller, *, page: int = _PAGE) -> Pop:
    """The same where nothing else is read in the transaction: what a ringing call asks for."""
    return await store.glance(partial(_read, caller=caller, page=page))


def _read(ask: Ask, caller: Caller, page: int) -> Pop:
    known = _known(ask, caller)
    found = known.candidates
    client_id = known.chosen or (known.named.client_id if known.named else None) or likeliest(
        found)
    card, items, standing = _of_client(ask, client_id, caller, page) if client_id else (
        None, _of_number(ask, caller.number, page), None)
    return Pop(
        candidates=tuple(found), named=known.named, client_id=client_id, card=card,
        timeline=items, campaign=known.campaign, draft=known.draft, handed=known.handed,
        identity=standing)


def _known(ask: Ask, caller: Caller) -> _Known:
    """Who it may be. Only what the call brought is asked for."""
    asked = list(candidates_asked(caller.number)) if caller.number else []
    if caller.named or caller.attempt:
        asked.append((_NAMED, {"client_id": caller.named or _NOT_ASKED}))
        asked.append((_MEANT, {"attempt": caller.attempt or _NOT_ASKED}))
    if caller.interaction:
        his = {"interaction_id": caller.interaction, "operator": caller.operator}
        asked += [(_CHOSEN, his), (drafts.OF_CONTACT, his)]
    said = iter(ask(*asked) if asked else [])
    found = candidates_made([next(said), next(said)]) if caller.number else []
    named, campaign = _named(next(said), next(said)) if caller.named or caller.attempt else (
        None, "")
    if not caller.interaction:
        return _Known(found, named, campaign, None, None, None)
    chosen, typed = said
    return _Known(found, named, campaign, chosen[0].client_id if chosen else None,
                  *drafts.told_apart(typed, caller.operator))


def _named(named: Sequence[Any], meant: Sequence[Any]) -> tuple[Named | None, str]:
    """A campaign knows whom it dialled; a menu or a tape may name another database's client."""
    if meant:
        return Named(meant[0].client_id, meant[0].name, "campaign"), meant[0].campaign
    return (Named(named[0].id, named[0].name, "menu") if named else None), ""


def _of_client(
    ask: Ask, client_id: int, caller: Caller, page: int
) -> tuple[Card | None, Page[TimelineItem], Standing | None]:
    """His card, his latest, and what counts of his identity."""
    ticked = standing_asked(client_id, caller.number, interaction_id=caller.interaction,
                            since=caller.since)
    *card, items, said = ask(
        *card_asked(client_id), page_asked(client_id, limit=page), ticked)
    return card_made(card), page_made(items, page), standing_made(said)


def _of_number(ask: Ask, number: str | None, page: int) -> Page[TimelineItem]:
    if number is None:
        return Page((), None)
    return Page(tuple(calls_made(ask(calls_asked(number, page))[0])), None)


_KEPT = aliased(Clients)
_IS_KEPT = _KEPT.id == func.coalesce(Clients.merged_into, Clients.id)
_NAMED = Prepared(
    select(_KEPT.id, _KEPT.name).select_from(Clients).join(_KEPT, _IS_KEPT)
    .where(Clients.id == bindparam("client_id", type_=Whole)))
_MEANT = Prepared(
    select(_KEPT.id.label("client_id"), _KEPT.name, Campaigns.name.label("campaign"))
    .select_from(Attempts).join(Clients, Clients.id == Attempts.client_id)
    .join(_KEPT, _IS_KEPT).join(CampaignEntries, CampaignEntries.id == Attempts.entry_id)
    .join(Campaigns, Campaigns.id == CampaignEntries.campaign_id)
    .where(Attempts.id == bindparam("attempt", type_=Whole)))
_INTERACTION = bindparam("interaction_id", type_=Whole)
_CHOSEN = Prepared(select(Interactions.client_id).where(Interactions.id == _INTERACTION))
