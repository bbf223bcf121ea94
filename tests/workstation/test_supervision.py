"""Who may hear whose calls, and what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cti.changes import CallAnswered
from tests.workstation.office import Office, open_office, settings_in
from workstation.policy import Person, has_in_team
from workstation.settings import OperatorSettings, Settings

VERBS = ("listen", "whisper", "barge", "take_over", "stop_listening")


def person(number: int, role: str, groups: set[str], queues: tuple[str, ...] = ()) -> Person:
    return Person(id=number, operator=str(number), login=f"p{number}", name=f"P {number}",
                  role=role, groups=frozenset(groups), queues=queues, locale="en")


@pytest.mark.parametrize(("lead", "leads"), [
    (person(1, "supervisor", {"billing"}), True),
    (person(1, "supervisor", set(), ("outages",)), True),
    (person(1, "administrator", {"billing"}), True),
    (person(1, "supervisor", {"metering"}, ("collection",)), False),
    (person(1, "administrator", set()), False),
    (person(1, "operator", {"billing"}, ("outages",)), False),
    (person(2, "supervisor", {"billing"}), False),      # himself
])
def test_a_team_shares_a_group_or_a_queue(lead: Person, leads: bool) -> None:
    anna = person(2, "operator", {"billing"}, ("outages",))
    assert has_in_team(lead, anna) is leads


def staffed(folder: Path) -> Settings:
    settings = settings_in(folder)
    strangers = OperatorSettings(id="111", login="oleg", name="Oleg", role="supervisor",
                                 groups=("metering",), queues=("outages",))
    people = tuple(one.model_copy(update={"groups": ("billing",), "queues": ("billing",)})
                   for one in settings.operator)
    return settings.model_copy(update={"operator": (*people, strangers)})


@pytest.fixture
async def talking(tmp_path: Path) -> AsyncIterator[tuple[Office, str]]:
    """An operator talks; nobody has a phone, and there is no Asterisk."""
    async with open_office(tmp_path, settings=staffed(tmp_path)) as office:
        tape = await office.play("inbound/answered_caller_hangs_up",
                                 until=lambda change: isinstance(change, CallAnswered))
        answered = next(one for one in tape.changes if isinstance(one, CallAnswered))
        yield office, answered.call


async def test_operators_and_leads_of_another_team_hear_nobody(
        talking: tuple[Office, str]) -> None:
    office, call = talking
    for login, verbs in (("boris", VERBS), ("oleg", VERBS[:4])):
        headers = await office.bearer(login)
        for verb in verbs:
            answer = await office.http.post(f"{office.url}/api/v1/calls/{call}/{verb}",
                                            headers=headers)
            assert answer.status == 403, (login, verb)


async def test_what_cannot_be_is_refused_in_words_and_leaves_no_trace(
        talking: tuple[Office, str]) -> None:
    office, call = talking
    async with office.screen("sofia") as sofia, office.screen("admin") as admin:
        problems = [(await sofia.ask(f"call.{verb}", call=of)).problem
                    for verb, of in (("listen", call), ("take_over", call), ("listen", "gone"),
                                     ("stop_listening", call))]
        assert [one.code for one in problems if one] == [
            "phone_unreachable", "phone_unreachable", "not_found", "not_now"]
        told = (await admin.ask("audit.list", what="call.listen")).result
    assert told is not None
    assert told["entries"] == []
