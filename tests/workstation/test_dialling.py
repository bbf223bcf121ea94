"""Dialling by hand: retyped where policy asks, refused with the reason, the number shown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from campaigns import steering
from crm_store import campaigns, restraints
from tests.workstation.office import Office, add_client, open_office, settings_in
from workstation.opening_settings import Dialling

NUMBER = "+79161234567"
SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)      # a Monday, 2:30 in Moscow


async def dial(office: Office, **args: Any) -> str:
    """The problem's code; of a call that was let through, that Asterisk is not there."""
    async with office.screen("anna") as anna:
        reply = await anna.ask("call.dial", **{"number": NUMBER} | args)
        assert reply.problem is not None        # nobody is behind the office
        return reply.problem.code


async def test_a_number_that_no_client_has_is_typed_twice(office: Office) -> None:
    assert await dial(office) == "retype_needed"
    assert await dial(office, retyped="+79161234568") == "retype_differs"
    through = await dial(office, retyped="8 (916) 123-45-67")
    assert "retype" not in through
    await add_client(office, "Ivanov", NUMBER)
    assert await dial(office) == through


@pytest.mark.parametrize(("policy", "is_asked"), [("always", True), ("never", False)])
async def test_the_policy_says_which_numbers_are_typed_twice(
    tmp_path: Path, policy: Any, is_asked: bool
) -> None:
    settings = settings_in(tmp_path).model_copy(update={"dialling": Dialling(retype=policy)})
    async with open_office(tmp_path, settings=settings) as office:
        if policy == "always":
            await add_client(office, "Ivanov", NUMBER)
        assert (await dial(office) == "retype_needed") is is_asked


async def test_the_law_of_the_settings_refuses_with_rule_and_moment(tmp_path: Path) -> None:
    settings = settings_in(tmp_path).model_copy(update={
        "dialling": Dialling(law=("EU-base",))})
    async with open_office(tmp_path, settings=settings,
                           clock=lambda: SUNDAY_NIGHT) as office:
        client = await add_client(office, "Ivanov", NUMBER)
        async with office.screen("anna") as anna:
            reply = await anna.ask("call.dial", number=NUMBER, client_id=client)
            told = await anna.ask("call.dialling", number=NUMBER)
        assert reply.problem is not None
        assert reply.problem.code == "unlawful"
        assert reply.problem.facts["why"] == "hours"
        assert reply.problem.facts["rule"] == "EU-base"
        shown = told.result["dialling"]
        assert (shown["why"], shown["until"]) == ("hours", reply.problem.facts["until"])
        assert shown["until"] > "2026-11-23T04"


async def test_a_running_campaigns_law_holds_for_calls_from_its_queue(tmp_path: Path) -> None:
    async with open_office(tmp_path, clock=lambda: SUNDAY_NIGHT) as office:
        client = await add_client(office, "Ivanov", NUMBER)
        await on_a_list(office, client)
        assert await dial(office, client_id=client, queue="collection") == "unlawful"
        assert await dial(office, client_id=client, queue="billing") != "unlawful"


async def on_a_list(office: Office, client: int) -> None:
    async with office.store.begin() as tx:
        campaign = await steering.create(tx, "Debtors", queue="collection", by="109",
                                         at=SUNDAY_NIGHT, law=("EU-base",))
        await campaigns.add_entry(tx, campaign, client, zones=("Europe/Moscow",), by="109",
                                  debt_minor=None, currency=None, at=SUNDAY_NIGHT)
        await steering.start(tx, campaign, by="109", at=SUNDAY_NIGHT)


async def test_a_flag_and_a_mark_refuse_in_words(office: Office) -> None:
    client = await add_client(office, "Ivanov", NUMBER)
    async with office.store.begin() as tx:
        await restraints.suppress(tx, client_id=client, e164=None, reason="asked by letter",
                                  by="t", at=datetime.now(UTC))
    assert await dial(office, client_id=client) == "suppressed"
    async with office.screen("sofia") as sofia:
        told = await sofia.ask("call.dialling", number="8 916 123-45-67")
        assert told.result["dialling"]["why"] == "suppressed"
        assert told.result["dialling"]["facts"] == {"because": "asked by letter"}
        assert told.result["dialling"]["owners"] == [{"client_id": client, "name": "Ivanov"}]


async def test_the_number_shown_is_the_queues(tmp_path: Path) -> None:
    settings = settings_in(tmp_path).model_copy(update={"dialling": Dialling(
        shown={"collection": "+74951200002"})})
    async with open_office(tmp_path, settings=settings) as office, office.screen("anna") as anna:
        async def shown(**args: Any) -> list[tuple[str, str]]:
            told = await anna.ask("call.dialling", number=NUMBER, **args)
            return [(one["queue"], one["number"]) for one in told.result["dialling"]["shown"]]
        company = office.desk.settings.pbx.caller_id
        assert await shown() == [("", company), ("collection", "+74951200002")]
        assert await shown(queue="collection") == [
            ("collection", "+74951200002"), ("", company)]
        assert await shown(queue="outages") == [("", company), ("collection", "+74951200002")]
        wrong = await anna.ask("call.dialling", number=NUMBER, queue="nowhere")
        assert wrong.problem is not None
