"""Who is offered a call, misses it, gets it again: nothing typed is lost, nobody is skipped."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from crm_store.store import Store
from cti.changes import OfferEnded, OperatorOffered
from tests.workstation.office import Office, add_client
from tests.workstation.test_live import _caller_of, is_shown
from workstation.background import Background, Wanted


async def test_a_missed_call_is_shown_as_missed_and_the_next_operator_has_it(
    office: Office
) -> None:
    async with office.screen("anna") as anna, office.screen("boris") as boris:
        tape = await office.play("inbound/rings_out_then_another_operator", until=_is_missed)
        missed = next(change for change in tape.changes if isinstance(change, OfferEnded))
        first, second = (anna, boris) if missed.operator == "101" else (boris, anna)
        await first.until(lambda views: [view["state"] for view in views["conversations"]
                                         .values()] == ["missed"])
        await tape.play(until=lambda change: isinstance(change, OperatorOffered))
        await second.until(is_shown)
        assert second.conversations[0]["state"] == "ringing"


async def test_a_call_offered_again_keeps_client_and_draft(office: Office) -> None:
    client = await add_client(office, "Ivanov", _caller_of("inbound/answered_caller_hangs_up"))
    async with office.screen("anna") as anna:
        tape = await office.play("inbound/answered_caller_hangs_up", until=lambda change:
                                 isinstance(change, OperatorOffered))
        await anna.until(is_shown)
        conversation = anna.conversations[0]["id"]
        await anna.ask("draft.save", conversation=conversation, base=0, note="typed",
                       disposition=None, form_type=None, form={})
        offered = next(one for one in tape.changes if isinstance(one, OperatorOffered))
        office.desk.conversations.change("101", offered.call, state="missed")
        async with asyncio.TaskGroup() as tasks:
            office.desk.pops.follow(tasks, offered)
        await anna.until(lambda views: [view["state"] for view in views["conversations"]
                                        .values()] == ["ringing"])
        shown = anna.conversations[0]
        assert (shown["id"], shown["client_id"]) == (conversation, client)
        assert shown["draft"]["note"] == "typed"
        assert shown["card"]["name"] == "Ivanov"


async def test_all_are_offered_and_one_answers(office: Office) -> None:
    async with office.screen("anna") as anna, office.screen("boris") as boris:
        await office.play("inbound/offered_to_all_one_answers")
        for screen in (anna, boris):
            await screen.until(lambda views: bool(views["conversations"]))
            await screen.until(lambda views: all(
                view["state"] in ("missed", "wrap_up")
                for view in views["conversations"].values()))
        states = {view["state"] for screen in (anna, boris) for view in screen.conversations}
        assert states == {"missed", "wrap_up"}


async def test_a_click_to_call_is_a_conversation_with_the_person_called(office: Office) -> None:
    async with office.screen("anna") as anna:
        await office.play("outbound/click_to_call")
        await anna.until(is_shown)
        assert anna.conversations[0]["direction"] == "out"
        assert anna.conversations[0]["number"].startswith("+")


def _is_missed(change: object) -> bool:
    return isinstance(change, OfferEnded) and change.reason == "rang_out"



async def test_a_slow_store_delays_the_card_and_never_the_strip(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_client(office, "Ivanov", _caller_of("inbound/answered_caller_hangs_up"))
    read, may_go_on = Background.glance, asyncio.Event()

    async def slowly(self: Background, store: Store, wanted: Wanted) -> dict[str, Any]:
        await may_go_on.wait()
        return await read(self, store, wanted)

    monkeypatch.setattr(Background, "glance", slowly)
    async with office.screen("anna") as anna:
        await office.play("inbound/answered_caller_hangs_up", until=lambda change:
                          isinstance(change, OperatorOffered))
        await anna.until(lambda views: bool(views["conversations"]))
        strip = anna.conversations[0]
        assert (strip["notice"], strip["card"]) == ("store_slow", None)
        assert strip["number_label"].startswith("+7 ")
        may_go_on.set()
        await anna.until(lambda views: any(
            view["card"] for view in views["conversations"].values()))
        assert anna.conversations[0]["notice"] == ""
