"""The audit read, and a person's rights carried out, for administrators."""

from __future__ import annotations

from datetime import datetime

from crm_store import audit_reading, erasing, retention
from crm_store.retention import Applied
from workstation import privacy
from workstation.desk import Desk
from workstation.errors import NotAllowed, Refused, Unreadable
from workstation.policy import Person
from workstation.protocol.privacy import (
    AuditEntryView,
    AuditList,
    AuditVerify,
    ChainView,
    ErasedView,
    ErasePerson,
    FindPerson,
    ListErased,
    ObstacleView,
    OtherView,
    PersonView,
    PlanRetention,
    RetainedView,
    RunRetention,
)
from workstation.settings import letters_folder, recordings_folder
from workstation.traces import name_of
from workstation.views import moment, moment_or_none

PAGE = 50
RUNS_SHOWN = 20


# ── the audit ────────────────────────────────────────────────────────────────────────────────
async def listing(desk: Desk, person: Person, args: AuditList) -> dict[str, object]:
    entries, cursor = await page(desk, args, limit=PAGE)
    async with desk.store.read() as tx:
        kinds = await audit_reading.kinds(tx)
    return {"entries": entries, "cursor": cursor, "kinds": kinds, "chain": chain(desk)}


async def page(desk: Desk, args: AuditList, *,
               limit: int) -> tuple[list[AuditEntryView], str | None]:
    wanted = audit_reading.Filter(
        by=args.by.strip() or None, client_id=args.client_id, what=args.what.strip() or None,
        since=_moment(args.since), until=_moment(args.until))
    async with desk.store.read() as tx:
        found, cursor = await audit_reading.page(tx, wanted, cursor=args.cursor, limit=limit)
    return [_entry(one) for one in found], cursor


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as exc:
        raise Unreadable(f"no moment: {text[:40]}") from exc
    if at.tzinfo is None:
        raise Unreadable("a moment without a time zone")
    return at


def _entry(one: audit_reading.Entry) -> AuditEntryView:
    return AuditEntryView(
        id=one.id, at=moment(one.at), by=one.by, what=one.what, client_id=one.client_id,
        client_name=one.client_name or "", facts=one.facts, place=one.place)


async def verify(desk: Desk, person: Person, args: AuditVerify) -> dict[str, object]:
    await desk.sight.traces.seal()
    await desk.keeper.verified()
    return {"chain": chain(desk)}


def chain(desk: Desk) -> ChainView:
    verdict, at = desk.keeper.verdict, desk.keeper.checked_at
    if verdict is None or at is None:
        return ChainView(checked_at="", rows=0, head=0, head_hash="", waiting=0, forgotten=0,
                         fault="", broken_place=None, broken_row=None)
    broken = verdict.broken
    return ChainView(
        checked_at=moment(at), rows=verdict.rows, head=verdict.head,
        head_hash=verdict.head_hash, waiting=verdict.waiting, forgotten=verdict.forgotten,
        fault=broken.fault if broken else "", broken_place=broken.place if broken else None,
        broken_row=broken.row_id if broken else None)


# ── persons ──────────────────────────────────────────────────────────────────────────────────
async def find(desk: Desk, person: Person, args: FindPerson) -> dict[str, object]:
    found = await privacy.find(desk.store, args.client_id, now=desk.clock(),
                               kinds=desk.settings.privacy.erasing_waits_for)
    return {"person": person_view(found)}


def person_view(found: privacy.Found) -> PersonView:
    who = found.person
    return PersonView(
        client_id=who.client_ids[0], client_ids=list(who.client_ids), name=who.name,
        rows=dict(who.rows), erased_at=moment_or_none(who.erased_at),
        others=[OtherView(client_id=key, name=name) for key, name in who.others],
        obstacles=[ObstacleView(kind=one.kind, ref=one.ref) for one in found.obstacles])


async def export(desk: Desk, person: Person, client_id: int) -> dict[str, object]:
    """All of a person, as JSON. Raises NotAllowed for who may not take all of it away."""
    if hidden := desk.sight.may_export(person).hidden:
        raise NotAllowed(", ".join(f"{group} (rights: {right})" for group, right in hidden))
    return dict(await privacy.export(desk.store, client_id, by=name_of(person), at=desk.clock()))


async def erase(desk: Desk, person: Person, args: ErasePerson) -> dict[str, object]:
    found = await privacy.find(desk.store, args.client_id, now=desk.clock(), kinds=())
    if not found.person.erased_at and found.person.name.split() != args.name.split():
        raise Refused("name_differs", "This is not the name of that client.", "", 409)
    if _is_on_a_screen(desk, found.person.client_ids):
        raise _waits([ObstacleView(kind="contact", ref=args.client_id)])
    try:
        proof = await privacy.erase(
            desk.store, args.client_id, key=privacy.number_key(desk.secret), reason=args.reason,
            by=name_of(person), at=desk.clock(),
            kinds=desk.settings.privacy.erasing_waits_for,
            recorded=recordings_folder(desk.settings),
            letters=letters_folder(desk.settings))
    except erasing.Forbidden as exc:
        raise _waits([ObstacleView(kind=one.kind, ref=one.ref)
                      for one in exc.obstacles]) from exc
    return {"proof": erased_view(proof)}


def _is_on_a_screen(desk: Desk, client_ids: tuple[int, ...]) -> bool:
    return any(view.client_id in client_ids for view in desk.conversations.everything())


def _waits(obstacles: list[ObstacleView]) -> Refused:
    return Refused("erasure_waits", "This person cannot be erased yet.",
                   ", ".join(f"{one.kind} {one.ref}" for one in obstacles), 409,
                   {"obstacles": obstacles})


async def erased(desk: Desk, person: Person, args: ListErased) -> dict[str, object]:
    async with desk.store.read() as tx:
        return {"proofs": [erased_view(one) for one in await erasing.proofs(tx, limit=PAGE)]}


def erased_view(proof: erasing.Proof) -> ErasedView:
    return ErasedView(
        client_ids=list(proof.client_ids), reason=proof.reason, by=proof.by,
        started_at=moment(proof.started_at), finished_at=moment(proof.finished_at),
        rows=dict(proof.rows), numbers=list(proof.numbers))


# ── retention ────────────────────────────────────────────────────────────────────────────────
async def plan(desk: Desk, person: Person, args: PlanRetention) -> dict[str, object]:
    kinds, tapes = await _retain(desk, name_of(person), dry_run=True)
    async with desk.store.read() as tx:
        runs, _ = await audit_reading.page(
            tx, audit_reading.Filter(what=retention.DEED), limit=RUNS_SHOWN)
    limits = desk.settings.retention.keep_days
    for_ever = [RetainedView(kind=kind, keep_days=0, before="", rows=0, digest="")
                for kind in retention.KINDS if kind not in limits]
    return {"kinds": kinds + for_ever, "tapes": tapes, "at": desk.settings.retention.at,
            "runs": [_entry(one) for one in runs]}


async def run(desk: Desk, person: Person, args: RunRetention) -> dict[str, object]:
    kinds, tapes = await _retain(desk, name_of(person), dry_run=False)
    return {"kinds": kinds, "tapes": tapes}


async def _retain(desk: Desk, by: str, *,
                  dry_run: bool) -> tuple[list[RetainedView], RetainedView]:
    done, tapes = await privacy.retain(
        desk.store, desk.settings, key=privacy.number_key(desk.secret), by=by,
        now=desk.clock(), dry_run=dry_run)
    limits = desk.settings.retention.keep_days
    return ([retained_view(one, limits[one.kind]) for one in done],
            RetainedView(kind="tapes", keep_days=tapes.keep_days, before="",
                         rows=len(tapes.files), digest=""))


def retained_view(one: Applied, keep_days: int) -> RetainedView:
    return RetainedView(kind=one.kind, keep_days=keep_days, before=moment(one.before),
                        rows=one.rows, digest=one.digest)

