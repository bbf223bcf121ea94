"""Duplicates: warned of while typing, compared, decided, merged, parted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from crm_store import duplicates, merges
from crm_store.base import Tx
from crm_store.folding import fold
from crm_store.matching import Facts, Reason, account_key
from crm_store.merges import CHOOSABLE, Merge, MergeRefused
from workstation import views
from workstation.actions.conversations import number_of, own, show_client
from workstation.background import card_view
from workstation.desk import Desk
from workstation.errors import Refused
from workstation.policy import Person
from workstation.protocol.duplicates import (
    CheckDuplicates,
    CompareDuplicates,
    DecideDuplicates,
    LikenessView,
    ListDuplicates,
    ListMerges,
    MergeClients,
    MergeView,
    PairSide,
    PairView,
    SuspectView,
    UnmergeClients,
)
from workstation.protocol.views import CardView
from workstation.records import stored_number

PAGE = 50
NAMESAKE = 26               # while one types, also those who share no more than the name
SUSPECTS = 5
_TITLES = {
    "same_client": "A client cannot be merged with himself.",
    "already_merged": "This client is merged already.",
    "kept_is_merged": "The client to keep is merged into another one.",
    "call_open": "A campaign is calling this client now; try again after the call.",
    "undone": "This merge is undone already.",
    "kept_was_merged": "The kept client was merged later; undo that merge first.",
    "newer_merge": "Another client was merged into the same one later; undo that merge first.",
    "erased": "This client was erased.",
}


# ── while one types ──────────────────────────────────────────────────────────────────────────
async def check(desk: Desk, person: Person, args: CheckDuplicates) -> dict[str, object]:
    """Who is there already; somebody of the same name too, so that one can see it is another."""
    region = desk.settings.company.region
    numbers = {stored_number(args.phone, region) if args.phone.strip() else None}
    but: list[int] = []
    if args.conversation is not None:
        view = own(desk, person, args.conversation)
        numbers.add(number_of(desk, view))
        but = [view.client_id] if view.client_id is not None else []
    phones = frozenset(number for number in numbers if number and number.startswith("+"))
    accounts = frozenset(text for text in (args.account.strip(), account_key(args.account))
                         if text)
    facts = Facts(name=fold(args.name), kind=args.kind, phones=phones, accounts=accounts,
                  emails=frozenset({args.email.strip().casefold()} - {""}))
    async with desk.store.read() as tx:
        found = await duplicates.find_for(tx, facts, but=but, least=NAMESAKE, limit=SUSPECTS)
    return {"suspects": [suspect_view(one) for one in found]}


def suspect_view(one: duplicates.Suspect) -> SuspectView:
    return SuspectView(
        client_id=one.client_id, name=one.name, score=one.score, reasons=_likeness(one.reasons),
        kind="organisation" if one.kind == "organisation" else "person")


def _likeness(reasons: Iterable[Reason]) -> list[LikenessView]:
    return [LikenessView(code=one.code, points=one.points, count=one.count) for one in reasons]


# ── the work list ────────────────────────────────────────────────────────────────────────────
async def listing(desk: Desk, person: Person, args: ListDuplicates) -> dict[str, object]:
    pairs, cursor = await page(desk, args, limit=PAGE)
    async with desk.store.read() as tx:
        waiting = await duplicates.waiting(tx, now=desk.clock())
    return {"pairs": pairs, "cursor": cursor, "waiting": waiting}


async def page(desk: Desk, args: ListDuplicates, *, limit: int
               ) -> tuple[list[PairView], str | None]:
    async with desk.store.read() as tx:
        found, cursor = await duplicates.listing(
            tx, now=desk.clock(), state=args.state, cursor=args.cursor, limit=limit)
    return [pair_view(pair) for pair in found], cursor


async def compare(desk: Desk, person: Person, args: CompareDuplicates) -> dict[str, object]:
    async with desk.store.read() as tx:
        pair = await duplicates.one(tx, args.id, now=desk.clock())
        low, high = [await _card(desk, tx, person, client_id)
                     for client_id in (pair.low_id, pair.high_id)]
    return {"pair": pair_view(pair), "low": low, "high": high,
            "choosable": choosable(low, high)}


async def _card(desk: Desk, tx: Tx, person: Person, client_id: int) -> CardView:
    await desk.sight.admit(person, "duplicate.compare", client_id, reads=True)
    return await card_view(tx, client_id, [], masked=not person.oversees)


def choosable(low: CardView, high: CardView) -> list[str]:
    """Fields that both cards fill, and differently: one of the two must win."""
    found = [name for name in CHOOSABLE
             if (mine := getattr(low, name)) and (theirs := getattr(high, name))
             and mine != theirs]
    custom = [{one.field.key: one.value for one in card.custom if one.value not in (None, "")}
              for card in (low, high)]
    return found + [f"custom.{key}" for key, value in custom[0].items()
                    if key in custom[1] and custom[1][key] != value]


async def decide(desk: Desk, person: Person, args: DecideDuplicates) -> dict[str, object]:
    at, by = desk.clock(), author(person)
    async with desk.store.read() as tx:
        pair = await duplicates.one(tx, args.id, now=at)
    for client_id in (pair.low_id, pair.high_id):
        await desk.sight.admit(person, "duplicate.decide", client_id, reads=False)
    with in_words():
        async with desk.store.begin() as tx:
            merge_id = await duplicates.decide(
                tx, args.id, args.decision, by=by, at=at, keep=args.keep, take=args.take)
            done = await merges.one(tx, merge_id) if merge_id is not None else None
    if done is not None:
        await lead_screens(desk, done.absorbed_id, done.kept_id)
    return {"merge": merge_id}


# ── merging and parting ──────────────────────────────────────────────────────────────────────
async def merge(desk: Desk, person: Person, args: MergeClients) -> dict[str, object]:
    for client_id in (args.kept, args.absorbed):
        await desk.sight.admit(person, "client.merge", client_id, reads=False)
    with in_words():
        async with desk.store.begin() as tx:
            merge_id = await merges.merge(
                tx, args.kept, args.absorbed, by=author(person), at=desk.clock(),
                reason=" ".join(args.reason.split()), take=args.take)
    await lead_screens(desk, args.absorbed, args.kept)
    return {"merge": merge_id}


async def unmerge(desk: Desk, person: Person, args: UnmergeClients) -> dict[str, object]:
    async with desk.store.read() as tx:
        found = await merges.one(tx, args.merge)
    for client_id in (found.kept_id, found.absorbed_id):
        await desk.sight.admit(person, "client.unmerge", client_id, reads=False)
    with in_words():
        async with desk.store.begin() as tx:
            await merges.unmerge(tx, args.merge, by=author(person), at=desk.clock())
    await lead_screens(desk, found.kept_id, found.kept_id)
    return {}


async def list_merges(desk: Desk, person: Person, args: ListMerges) -> dict[str, object]:
    found, cursor = await merge_page(desk, args, limit=PAGE)
    return {"merges": found, "cursor": cursor}


async def merge_page(desk: Desk, args: ListMerges, *, limit: int
                     ) -> tuple[list[MergeView], int | None]:
    async with desk.store.read() as tx:
        found = await merges.listing(tx, client_id=args.client_id, before=args.cursor,
                                     limit=limit + 1)
    shown = [merge_view(one) for one in found[:limit]]
    return shown, shown[-1].id if len(found) > limit else None


def author(person: Person) -> str:
    return person.operator or person.login


@contextmanager
def in_words() -> Iterator[None]:
    """A merge that is refused, said to a person."""
    try:
        yield
    except MergeRefused as exc:
        raise Refused(exc.code, _TITLES[exc.code], exc.detail, 409, exc.facts) from exc


async def lead_screens(desk: Desk, from_id: int, to_id: int) -> None:
    """Conversations that show the one client show the other; what was typed stays."""
    for view in desk.conversations.everything():
        if view.client_id != from_id:
            continue
        person = desk.accounts.by_operator.get(view.operator)
        if person is not None:
            await show_client(desk, person, view, to_id, identity_is=view.identity)


# ── pictures ─────────────────────────────────────────────────────────────────────────────────
def pair_view(pair: duplicates.Pair) -> PairView:
    return PairView(
        id=pair.id, low=PairSide(client_id=pair.low_id, name=pair.low_name),
        high=PairSide(client_id=pair.high_id, name=pair.high_name), score=pair.score,
        reasons=[LikenessView(**one) for one in pair.reasons], state=pair.state,
        found_by=pair.found_by, found_at=views.moment(pair.found_at),
        not_before=views.moment_or_none(pair.not_before), decided_by=pair.decided_by,
        decided_at=views.moment_or_none(pair.decided_at), keep=pair.keep)


def merge_view(one: Merge) -> MergeView:
    return MergeView(
        id=one.id, kept=PairSide(client_id=one.kept_id, name=one.kept_name),
        absorbed=PairSide(client_id=one.absorbed_id, name=one.absorbed_name),
        at=views.moment(one.at), by=one.by, reason=one.reason,
        undone_at=views.moment_or_none(one.undone_at), undone_by=one.undone_by)
