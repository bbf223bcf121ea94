"""Two clients with whatever a client can have, drawn by hypothesis, and a picture of the base."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import insert, select

from crm_store import campaigns, clients, interactions, requests, timeline
from crm_store.base import Base, Tx
from crm_store.tables.billing import Accounts, Addresses, Debts
from crm_store.tables.campaigns import Attempts, CampaignEntries, Promises, Suppressions
from crm_store.tables.client_facts import (
    ClientAddresses,
    ClientEmails,
    ClientRelations,
    Consents,
)
from crm_store.tables.clients import ClientChoices, Clients, IdentityConfirmations
from crm_store.tables.duplicates import DuplicatePairs
from crm_store.tables.tasks import Tasks

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NUMBERS = ("+79161234567", "+79161234568", "+74951112233")
MAILS = ("ivan@example.org", "office@example.org")
_FINAL = ("refused", "paid", "exhausted", "promised", "wrong_number")
_STATES = ("not_tried", "waiting_until", *_FINAL)

# How many of a thing, or which of the shared ones, each client has.
belongings = st.fixed_dictionaries({
    "name": st.sampled_from(["Ivanov Ivan", "Ivanov I", "Petrov Oleg"]),
    "flags": st.lists(st.sampled_from(["vip", "do_not_call", "deceased"]), unique=True),
    "language": st.sampled_from([None, "ru", "en"]),
    "custom": st.dictionaries(st.sampled_from(["plan", "score"]), st.integers(0, 3)),
    "phones": st.lists(st.sampled_from(NUMBERS), unique=True),
    "is_confirmed": st.booleans(),
    "mails": st.lists(st.sampled_from(MAILS), unique=True),
    "homes": st.lists(st.sampled_from([0, 1]), unique=True),
    "accounts": st.integers(0, 2), "calls": st.integers(0, 2), "notes": st.integers(0, 2),
    "requests": st.integers(0, 1), "tasks": st.integers(0, 1), "consents": st.integers(0, 2),
    "suppressions": st.integers(0, 1), "promises": st.integers(0, 1),
    "entries": st.lists(st.sampled_from(_STATES), min_size=2, max_size=2),
    "lists": st.lists(st.sampled_from([0, 1]), unique=True),
    "relations": st.lists(st.sampled_from(["to third", "from third", "to other"]), unique=True),
    "pair": st.sampled_from([None, "open", "different", "same"]),
})


class World:
    """What both clients may share."""

    def __init__(self, homes: list[int], campaign_ids: list[int], third: int) -> None:
        self.homes, self.campaigns, self.third = homes, campaign_ids, third
        self.serial = 0

    def next(self) -> int:
        self.serial += 1
        return self.serial


async def world(tx: Tx) -> World:
    homes = [int(await tx.scalar(insert(Addresses).values(
        city="Samara", street="Lenina", house=str(place), flat=None, search_key=f"x{place}",
    ).returning(Addresses.id))) for place in range(2)]
    lists = [await campaigns.create(tx, campaigns.NewCampaign(
        name=f"list {place}", queue="debts", law=(), pacing="progressive", retry_plan={}),
        by="x", at=NOW) for place in range(2)]
    await requests.ensure_groups(tx, {"metering": "Metering"})
    third = await clients.create(tx, name="Sidorova Anna", by="x", at=NOW)
    return World(homes, lists, third)


async def make(tx: Tx, has: dict[str, Any], here: World) -> int:
    """A client with these belongings; his id."""
    made = await clients.create(tx, name=has["name"], by="101", at=NOW, language=has["language"])
    await tx.run(Base.metadata.tables["clients"].update().where(Clients.id == made).values(
        flags=has["flags"], custom=has["custom"]))
    await _reach(tx, made, has, here)
    await _bills(tx, made, has, here)
    calls = await _contacts(tx, made, has, here)
    await _work(tx, made, has, calls)
    await _lists(tx, made, has, here)
    return made


async def _reach(tx: Tx, made: int, has: dict[str, Any], here: World) -> None:
    for place, number in enumerate(has["phones"]):
        await clients.link_phone(tx, made, number, source="billing", by="101", at=NOW,
                                 confirmed=has["is_confirmed"], is_primary=place == 0)
    told = {"client_id": made, "source": "x", "trust": 50 + 10 * has["is_confirmed"],
            "created_at": NOW, "confirmed_at": NOW if has["is_confirmed"] else None,
            "confirmed_by": "101" if has["is_confirmed"] else None}
    for mail in has["mails"]:
        await tx.run(insert(ClientEmails).values(email=mail, original=mail, is_primary=True,
                                                 **told))
    for place in has["homes"]:
        await tx.run(insert(ClientAddresses).values(
            address_id=here.homes[place], is_primary=False, **told))


async def _bills(tx: Tx, made: int, has: dict[str, Any], here: World) -> None:
    for _ in range(has["accounts"]):
        number = here.next()
        account = await tx.scalar(insert(Accounts).values(
            number=f"40{number}", client_id=made, balance_minor=-number, currency="RUB",
            balance_at=NOW, opened_on=date(2020, 1, 1)).returning(Accounts.id))
        await tx.run(insert(Debts).values(
            account_id=account, client_id=made, amount_minor=number, currency="RUB",
            since_on=date(2026, 1, 1), as_of=NOW))


async def _contacts(tx: Tx, made: int, has: dict[str, Any], here: World) -> list[int]:
    calls = []
    for _ in range(has["calls"]):
        number = here.next()
        calls.append(await interactions.upsert_call(tx, interactions.CallFacts(
            call_id=f"c{number}", pbx="main", direction="in", client_id=made,
            number=NUMBERS[number % 3], started_at=NOW + timedelta(minutes=number))))
    for call in calls:
        await tx.run(insert(ClientChoices).values(
            interaction_id=call, client_id=made, by="101", at=NOW))
        await tx.run(insert(IdentityConfirmations).values(
            client_id=made, e164=NUMBERS[0], interaction_id=call, by="101", at=NOW))
    for _ in range(has["notes"]):
        await interactions.add_note(tx, made, "said", by="101", at=NOW,
                                    interaction_id=calls[0] if calls else None)
    for place in range(has["consents"]):
        await tx.run(insert(Consents).values(
            client_id=made, kind="calls", is_given=place == 0, channel="phone", by="101",
            at=NOW))
    return calls


async def _work(tx: Tx, made: int, has: dict[str, Any], calls: list[int]) -> None:
    for _ in range(has["requests"]):
        await requests.file(tx, requests.NewRequest(
            type="dispute", group="metering", deadline_at=NOW, form={}, by="101", at=NOW,
            client_id=made, interaction_id=calls[0] if calls else None))
    for _ in range(has["tasks"]):
        await tx.run(insert(Tasks).values(
            title="call", note="", remind=[], client_id=made, operator="101", due_at=NOW,
            made_by="101", made_at=NOW))
    for _ in range(has["suppressions"]):
        await tx.run(insert(Suppressions).values(
            client_id=made, reason="complaint", by="101", at=NOW))
    for _ in range(has["promises"]):
        promise = await tx.scalar(insert(Promises).values(
            client_id=made, amount_minor=5, currency="RUB", due_on=date(2027, 1, 1),
            state="open", by="101", at=NOW).returning(Promises.id))
        await timeline.put(tx, made, NOW, "promise", promise, {"amount_minor": 5})


async def _lists(tx: Tx, made: int, has: dict[str, Any], here: World) -> None:
    for place in has["lists"]:
        state = has["entries"][place]
        entry = await tx.scalar(insert(CampaignEntries).values(
            campaign_id=here.campaigns[place], client_id=made, zones=[], state=state, since=NOW,
            why="on_the_list", facts={}, until_at=NOW if state == "waiting_until" else None,
        ).returning(CampaignEntries.id))
        await tx.run(insert(Attempts).values(
            entry_id=entry, ordinal=1, client_id=made, e164=NUMBERS[0], state="settled",
            channel_id=f"ch{entry}", dialler="d", lease_until=NOW, decision={}, intent_at=NOW,
            dialling_at=NOW, ended_at=NOW, miss="busy"))


async def relate(tx: Tx, one: int, other: int, has: dict[str, Any], here: World) -> None:
    """What needs both: relations and pairs."""
    ways = {"to third": (one, here.third), "from third": (here.third, one),
            "to other": (one, other)}
    for name in has["relations"]:
        client_id, other_id = ways[name]
        await tx.run(insert(ClientRelations).values(
            client_id=client_id, other_id=other_id, role="son", source="x", trust=50,
            created_at=NOW, created_by="101"))
    if has["pair"]:
        await tx.run(insert(DuplicatePairs).values(
            low_id=min(one, here.third), high_id=max(one, here.third), score=70, reasons=[],
            state=has["pair"], found_by="search", found_at=NOW, merge_id=None))


_OF_MERGING = frozenset({"merges", "merge_rows", "audit", "client_changes", "entry_events"})


async def picture(tx: Tx, *, pair: tuple[int, int] | None = None) -> dict[str, list[Any]]:
    """Every row of every table, but for what only tells of merging: its record, the history, the
    versions of the two cards, and the pair that was decided."""
    found: dict[str, list[Any]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name in _OF_MERGING:
            continue
        columns = [column for column in table.columns
                   if (table.name, column.name) != ("clients", "version")]
        rows = [dict(row._mapping) for row in await tx.all(select(*columns))]
        if table.name == "timeline":
            rows = [row for row in rows if row["kind"] != "merge"]
        if table.name == "duplicate_pairs":
            rows = [row for row in rows if (row["low_id"], row["high_id"]) != pair]
        found[table.name] = sorted(rows, key=repr)
    return found
