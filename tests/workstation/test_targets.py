"""What the transfer panel is told: colleagues and queues as they are now, nothing of clients."""

from __future__ import annotations

from cti.changes import OperatorOffered
from tests.workstation.office import Office
from tests.workstation.test_mishaps import is_answer
from tests.workstation.test_work import TAPE


async def test_an_operator_is_told_what_his_colleagues_do_and_not_with_whom(
        office: Office) -> None:
    async with office.screen("boris") as boris:
        await office.play(TAPE, until=is_answer)
        reply = await boris.ask("call.targets")
        by_id = {one["id"]: one for one in reply.result["colleagues"]}
        assert "102" not in by_id, "nobody transfers to himself"
        assert by_id["101"]["state"] == "talking"
        assert by_id["104"]["state"] == "offline"
        assert set(by_id["101"]) == {"id", "name", "state", "since", "registered", "is_near"}
        assert {one["id"] for one in reply.result["queues"]} == set(office.desk.queues)


async def test_a_call_that_rings_at_a_colleague_is_told_to_his_queue(office: Office) -> None:
    async with office.screen("boris") as boris, office.screen("anna") as anna:
        await office.play(TAPE, until=lambda change: isinstance(change, OperatorOffered))
        told = [(await one.ask("call.targets")).result["ringing"] for one in (anna, boris)]
        assert told[0] == [], "it rings at herself"
        call = next(iter(office.desk.floor.calls.values()))
        assert [(one["call"], one["operator"]) for one in told[1]] == [(call.id, "101")]
