"""What is one's own: keys that follow a person to every screen, and how his line sounds."""

from __future__ import annotations

from cti.changes import CallAnswered, OperatorOffered
from tests.workstation.office import Office, add_client
from tests.workstation.test_live import _caller_of, is_shown

TAPE = "inbound/answered_caller_hangs_up"


async def test_changed_keys_follow_their_person_and_nobody_else(office: Office) -> None:
    async with office.screen("anna") as page, office.screen("anna") as terminal, \
            office.screen("boris") as boris:
        reply = await page.ask("keys.set", keys={"call.answer": "F5", "note.title": "Alt+KeyQ"})
        assert reply.problem is None, reply
        await terminal.told("keys_changed")
        told = await terminal.ask("keys.mine")
        assert told.result == {"keys": {"call.answer": "F5", "note.title": "Alt+KeyQ"}}
        assert (await boris.ask("keys.mine")).result == {"keys": {}}


async def test_a_key_that_cannot_be_is_refused_with_the_reason(office: Office) -> None:
    async with office.screen("anna") as anna:
        for keys, code in (({"call.answer": "F5", "call.keypad": "F5"}, "key_twice"),
                           ({"call.answer": "KeyA"}, "key_bare"),
                           ({"call.answer": "rm -rf"}, "unreadable")):
            reply = await anna.ask("keys.set", keys=keys)
            assert reply.problem is not None, keys
            assert reply.problem.code == code
        assert (await anna.ask("keys.mine")).result == {"keys": {}}


async def test_a_bad_line_is_seen_on_the_floor_and_stored_with_its_contact(
        office: Office) -> None:
    client = await add_client(office, "Ivanov Ivan", _caller_of(TAPE))
    async with office.screen("anna") as anna, office.screen("boris") as boris, \
            office.screen("sofia") as lead:
        tape = await office.play(TAPE, until=lambda change: isinstance(change, OperatorOffered))
        await anna.until(is_shown)
        call = anna.conversations[0]["call"]
        await tape.play(until=lambda change: isinstance(change, CallAnswered))
        assert (await anna.ask("line.report", call=call, verdict="poor")).problem is None
        await lead.until(lambda views: views["operators"].get("101", {}).get("line") == "poor")
        refused = await boris.ask("line.report", call=call, verdict="poor", over=True)
        assert refused.problem is not None
        assert refused.problem.code == "not_found"
        await tape.play()
        assert (await anna.ask("line.report", call=call, verdict="poor", over=True, seconds=9.0,
                               loss=0.07, jitter_ms=41.0, round_trip_ms=320.0,
                               bad_s=6.0)).problem is None
        await lead.until(lambda views: views["operators"].get("101", {}).get("line") == "")
        shown = await anna.ask("client.timeline", client_id=client, cursor=None)
    [told] = [item for item in shown.result["items"] if item["kind"] == "call"]
    assert told["facts"]["lines"] == [
        {"operator": "101", "seconds": 9.0, "loss": 0.07, "jitter_ms": 41.0,
         "round_trip_ms": 320.0, "worst": "poor", "bad_s": 6.0}]
