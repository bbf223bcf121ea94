"""Whose call it is: nobody decides about a colleague's, or changes his phone during a call."""

from __future__ import annotations

from tests.workstation.office import Office, add_client
from tests.workstation.test_mishaps import is_answer
from tests.workstation.test_work import TAPE, after_a_call


async def test_who_missed_a_call_decides_nothing_about_it(office: Office) -> None:
    async with after_a_call(office) as anna:
        conversation = anna.conversations[0]["id"]
        call = anna.conversations[0]["call"]
        office.desk.conversations.change("101", call, state="missed")
        for action, args in (
                ("conversation.finish", {"disposition": "resolved", "note": ""}),
                ("conversation.choose", {"client_id": None}),
                ("conversation.new_client", {"name": "Ivanov"}),
                ("conversation.identity", {"confirmed": True})):
            reply = await anna.ask(action, conversation=conversation, **args)
            assert reply.problem is not None
            assert reply.problem.code == "missed", action


async def test_a_request_is_not_filed_from_somebody_elses_conversation(office: Office) -> None:
    client = await add_client(office, "Ivanov")
    async with after_a_call(office) as anna, office.screen("boris") as boris:
        reply = await boris.ask("request.file", client_id=client, type="meter_dispute",
                                conversation=anna.conversations[0]["id"], fields={})
        assert reply.problem is not None
        assert reply.problem.code == "not_found"


async def test_the_phone_is_not_changed_in_mid_call(office: Office) -> None:
    async with office.screen("anna") as anna:
        await office.play(TAPE, until=is_answer)
        live = office.desk.floor.operators["101"]
        other = "desk" if str(live.interface).endswith("-web") else "web"
        reply = await anna.ask("phone.attach", phone=other)
        assert reply.problem is not None
        assert reply.problem.code == "in_a_call"


async def test_who_called_a_colleague_has_the_call_and_its_controls_on_his_screen_too(
        office: Office) -> None:
    async with office.screen("anna") as anna, office.screen("boris") as boris:
        tape = await office.play("internal/colleague_answers", until=is_answer)
        for screen in (anna, boris):
            await screen.until(lambda views: [
                (view["state"], set(view["can"]) >= {"hold", "mute", "keypad", "transfer"})
                for view in views["conversations"].values()] == [("talking", True)])
        await tape.play()
        for screen in (anna, boris):
            await screen.until(lambda views: [
                view["state"] for view in views["conversations"].values()] == ["wrap_up"])
