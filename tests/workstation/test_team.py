"""My day: figures beside the team's, messages with receipts, help that a lead sees at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crm_store import audit_reading
from crm_store.day_figures import Figures
from tests.workstation.office import Office, open_office
from workstation import day

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_ones_figures_stand_beside_the_median_of_who_worked_today() -> None:
    counted = {"101": Figures(4, 400.0, 0.0, 40.0), "102": Figures(2, 400.0, 0.0, 100.0),
               "103": Figures(9, 900.0, 0.0, 90.0), "199": Figures(99, 9.0, 0.0, 9.0)}
    shown = day.view(counted, "101", ["101", "102", "103", "104"], NOW)
    assert (shown.mine.calls, shown.mine.handling_s, shown.mine.wrap_up_s) == (4, 110.0, 10.0)
    assert (shown.team.calls, shown.team.handling_s, shown.team.wrap_up_s) == (4, 110.0, 10.0)
    assert shown.people == 3
    idle = day.view({}, "104", ["101"], NOW)
    assert (idle.mine.calls, idle.people) == (0, 0)


async def test_my_day_counts_the_calls_of_today(office: Office) -> None:
    async with office.screen("anna") as anna:
        await office.play("inbound/answered_caller_hangs_up")
        shown = (await anna.ask("day.show")).result["day"]
        assert set(shown) == {"mine", "team", "people", "talked_s", "at"}


def shown(screen: Any, collection: str) -> list[dict[str, Any]]:
    return list(screen.views[collection].values())


async def test_a_message_reaches_whom_it_is_for_and_its_sender_sees_who_read_it(
    office: Office
) -> None:
    async with office.screen("anna") as anna, office.screen("boris") as boris, office.screen(
            "sofia") as sofia:
        sent = await sofia.ask("message.send", to_kind="operator", to="101", text="Call  me\n")
        assert sent.problem is None
        await anna.until(lambda views: bool(views["messages"]))
        message = shown(anna, "messages")[0]
        assert (message["text"], message["by_name"], message["receipts"]) == (
            "Call me", "Sofia Lebedeva", [])
        assert shown(sofia, "messages")[0]["receipts"] == [{"operator": "101", "at": None}]
        assert (await boris.ask("message.seen", id=message["id"])).problem is not None
        await anna.ask("message.seen", id=message["id"])
        await anna.until(lambda views: not views["messages"])
        await sofia.until(lambda views: all(
            one["receipts"][0]["at"] for one in views["messages"].values()))
        assert shown(boris, "messages") == []
        listed = (await anna.ask("message.list")).result["messages"]
        assert [one["seen_at"] is not None for one in listed] == [True]
        async with office.store.read() as tx:
            page = await audit_reading.page(tx, audit_reading.Filter(what="message.sent"))
        assert len(page[0]) == 1


async def test_a_team_and_all_are_reached_and_operators_send_nothing(office: Office) -> None:
    async with office.screen("anna") as anna, office.screen("sofia") as sofia:
        told = await sofia.ask("message.send", to_kind="group", to="metering", text="Lunch")
        assert {one["operator"] for one in told.result["message"]["receipts"]} >= {"101", "108"}
        everybody = await sofia.ask("message.send", to_kind="all", text="Fire drill")
        reached = {one["operator"] for one in everybody.result["message"]["receipts"]}
        assert "109" not in reached
        assert {"101", "110"} <= reached
        for refused in (await anna.ask("message.send", to_kind="all", text="x"),
                        await sofia.ask("message.send", to_kind="group", to="outages", text="x"),
                        await sofia.ask("message.send", to_kind="all", text=" "),
                        await sofia.ask("message.send", to_kind="operator", to="999", text="x")):
            assert refused.problem is not None


async def test_what_was_not_read_is_there_after_a_restart(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office, office.screen("sofia") as sofia, office.screen(
            "boris") as boris:
        await sofia.ask("message.send", to_kind="operator", to="101", text="Still there")
        await boris.ask("help.ask", text="An angry caller")
    async with open_office(tmp_path) as office, office.screen("anna") as anna, office.screen(
            "sofia") as sofia:
        await anna.until(lambda views: any(
            one["text"] == "Still there" for one in views["messages"].values()))
        await sofia.until(lambda views: any(
            one["text"] == "An angry caller" for one in views["helps"].values()))


async def test_who_asks_for_help_is_seen_by_leads_at_once_and_answered(office: Office) -> None:
    async with office.screen("anna") as anna, office.screen("boris") as boris, office.screen(
            "sofia") as sofia:
        asked = await anna.ask("help.ask", text="He shouts")
        help_id = asked.result["help"]["id"]
        await sofia.until(lambda views: bool(views["helps"]))
        assert (shown(sofia, "helps")[0]["name"], shown(sofia, "helps")[0]["text"]) == (
            "Anna Petrova", "He shouts")
        assert (await boris.ask("help.answer", id=help_id)).problem is not None
        assert (await boris.ask("help.end", id=help_id)).problem is not None
        await sofia.ask("help.answer", id=help_id, text="Coming")
        await anna.until(lambda views: any(
            one["answered_name"] == "Sofia Lebedeva" and one["answer"] == "Coming"
            for one in views["helps"].values()))
        assert shown(boris, "helps") == []
        again = await sofia.ask("help.answer", id=help_id)
        assert again.problem is not None
        assert again.problem.code == "help_over"
        await anna.ask("help.end", id=help_id)
        await sofia.until(lambda views: not views["helps"])
