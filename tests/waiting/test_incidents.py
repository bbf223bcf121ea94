"""Many callers of one street: proposed, confirmed, told of to them alone, and when it is over."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import insert

from crm_store import incidents, interactions, tasks
from crm_store.interactions import CallFacts
from crm_store.tables.billing import Accounts, Addresses
from ivr import moments
from ivr.enquiries_who import note_incident
from ivr.enquiry import Asker, Caller
from tests.waiting.conftest import NOON
from tests.workstation.office import Office, add_client
from workstation.waiting import detecting, watching
from workstation.waiting.detecting import Called

LENINA, GOGOLYA = ("Samara", "Lenina st."), ("Samara", "Gogolya st.")


def called(client: int, street: tuple[str, str] = LENINA, *, ago_min: float = 1) -> Called:
    return Called(client, street, NOON - timedelta(minutes=ago_min))


def test_a_street_is_proposed_when_enough_of_its_clients_call_in_time() -> None:
    calls = [called(1), called(1), called(2), called(3, ago_min=14), called(4, ago_min=16),
             called(5, GOGOLYA), called(6, GOGOLYA)]
    rule = {"callers": 3, "within": timedelta(minutes=15)}
    found = detecting.proposals(calls, NOON, **rule)        # type: ignore[arg-type]
    assert [(one.street, one.clients) for one in found] == [(LENINA, frozenset({1, 2, 3}))]
    assert not detecting.proposals(calls, NOON, known={LENINA}, **rule)     # type: ignore[arg-type]


async def living(office: Office, name: str, number: str, street: tuple[str, str]) -> int:
    """A client with an account in this street, who called a minute ago."""
    client = await add_client(office, name, number)
    async with office.store.begin() as tx:
        address = await tx.scalar(insert(Addresses).values(
            city=street[0], street=street[1], house="1", search_key="x").returning(Addresses.id))
        await tx.run(insert(Accounts).values(
            number=f"4{client:07d}", client_id=client, address_id=address, balance_minor=0,
            currency="RUB", balance_at=NOON, opened_on=date(2020, 1, 1)))
        await interactions.upsert_call(tx, CallFacts(
            call_id=f"17.{client}", pbx="main", direction="in", number=number,
            client_id=client, started_at=NOON - timedelta(minutes=1)))
    return client


async def test_an_incident_is_proposed_confirmed_told_and_ended(office: Office) -> None:
    near = [await living(office, f"Client {n}", f"+7916123456{n}", LENINA) for n in range(3)]
    late = await add_client(office, "Late", "+79161234599")
    far = await living(office, "Far", "+79161234570", GOGOLYA)
    async with office.screen("sofia") as lead:
        incident, = await watching.detect(office.desk)
        assert await watching.detect(office.desk) == []
        assert (await lead.told("incident_proposed")).text == "Samara, Lenina st."
        async with office.store.read() as tx:       # nobody is told before a lead says so
            assert await moments.asked(tx, "incident", Caller("+79161234560", near[0])) == "no"
        reply = await lead.ask("incident.decide", id=incident, state="open", note="cable")
        assert reply.problem is None
        async with office.store.read() as tx:
            heard = [await moments.asked(tx, "incident", Caller(None, client))
                     for client in (*near, far, late, None)]
        assert heard == ["street"] * 3 + ["no"] * 3
        async with office.store.begin() as tx:
            await note_incident(tx, Asker(Caller("+79161234560", near[0], call="17.99"), "", NOON,
                                          office.desk.zone))
        shown = (await lead.ask("waiting.show")).result
        assert shown is not None
        assert [(one["street"], one["callers"], one["untold"]) for one in shown["incidents"]] == [
            ("Lenina st.", 3, 3)]
        assert (await lead.ask("incident.decide", id=incident, state="ended")).problem is None
        assert (await lead.ask("incident.decide", id=incident, state="ended")).problem is not None
    await watching.tell(office.desk)
    assert await watching.tell(office.desk) == 0        # nobody is told twice
    async with office.store.read() as tx:
        assert {one.told_by for one in await incidents.callers(tx, incident)} == {"person"}
        assert (await incidents.one(tx, incident)).untold == 0
        assert await moments.asked(tx, "incident", Caller(None, near[0])) == "no"
        todo = [one for one in await tasks.still_open(tx, 50) if "Lenina" in one.title]
    assert sorted(one.client_id or 0 for one in todo) == sorted(near)


async def test_a_number_is_closed_at_once_with_a_reason_and_opened_again(office: Office) -> None:
    async with office.screen("sofia") as lead, office.screen("anna") as anna:
        assert (await anna.ask("entry.close", entry="", reason="storm")).problem is not None
        assert (await lead.ask("entry.close", entry="+7495120", reason="storm")).problem
        reply = await lead.ask("entry.close", entry="+74951200001", reason="storm")
        assert reply.problem is None
        shown = (await lead.ask("waiting.show")).result
        assert shown is not None
        assert [(one["is_open"], one["why"], one["reason"]) for one in shown["entries"]] == [
            (True, "hours", ""), (False, "switched", "storm")]
        later = (await lead.ask("waiting.show", at="2026-12-31T15:00")).result
        assert later is not None
        assert later["entries"][0]["why"] == "special"
        assert (await lead.ask("entry.open", entry="+74951200001")).problem is None
        again = (await lead.ask("waiting.show")).result
        assert again is not None
        assert all(one["is_open"] for one in again["entries"])
