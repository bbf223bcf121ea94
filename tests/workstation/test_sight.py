"""Rights: what one may not see never leaves the server, by whichever door."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crm_store import audit_reading
from cti.changes import OperatorOffered
from tests.crm_store import persons
from tests.workstation.office import Office, add_client, open_office, settings_in
from tests.workstation.test_live import _caller_of, is_shown
from workstation import concealing, protocol
from workstation.rights import Right, ViewLimits
from workstation.settings import Settings
from workstation.sight import Sight

CONTACTS = ("5550199", "555-01-99", "zxq@mail.example", "Zxqstreet")
MONEY = ("ACC-ZXQ-77", "MET-ZXQ-55")
NOTES = ("zxq-note",)
ALL = (*CONTACTS, *MONEY, *NOTES)


def _settings(folder: Path, **values: Any) -> Settings:
    plain = settings_in(folder)
    return plain.model_copy(update=values)


@pytest.fixture
async def narrow(tmp_path: Path) -> AsyncIterator[Office]:
    """Operators see nobody's groups; supervisors see money only, and only of Samara."""
    rules = (Right(id="nothing", see=(), change=()),
             Right(id="samara", roles=("supervisor",), regions=("Самара",), see=("money",),
                   change=("contacts", "papers")))
    async with open_office(tmp_path, settings=_settings(tmp_path, right=rules)) as office:
        yield office


async def _everything(office: Office, login: str, him: int) -> dict[str, str]:
    """What each door says of him."""
    said: dict[str, str] = {}
    async with office.screen(login) as screen:
        for action, args in (
            ("client.card", {"client_id": him}),
            ("client.timeline", {"client_id": him, "cursor": None}),
            ("client.search", {"text": "Zxqvidov"}), ("client.search", {"text": persons.NUMBER}),
            ("client.history", {"client_id": him}),
        ):
            said[action + str(args)] = msgspec.json.encode(
                await screen.ask(action, **args)).decode()
    headers = await office.bearer(login)
    for path in (f"/clients/{him}", f"/clients/{him}/timeline", "/clients?q=Zxqvidov",
                 f"/interactions?client_id={him}", f"/requests?client_id={him}"):
        answer = await office.http.get(f"{office.url}/api/v1{path}", headers=headers)
        said[path] = await answer.text()
    office.http.cookie_jar.clear()
    return said


async def test_without_rules_everybody_sees_what_he_saw(office: Office) -> None:
    him = await persons.make(office.store)
    said = "".join((await _everything(office, "sofia", him)).values())
    assert all(mark in said for mark in ("9165550199", "ACC-ZXQ-77", "zxq-note"))


async def test_a_hidden_group_leaves_by_no_door(narrow: Office) -> None:
    him = await persons.make(narrow.store)
    for door, said in (await _everything(narrow, "anna", him)).items():
        for mark in ALL:
            if door.endswith("'+79165550199'}"):
                continue            # he typed that number himself
            assert mark not in said, (door, mark)
    card = json.loads((await _everything(narrow, "anna", him))[f"/clients/{him}"])
    assert {(one["group"], one["right"]) for one in card["hidden"]} == {
        (group, "nothing") for group in ("contacts", "money", "papers", "notes")}
    assert card["name"] == "Zxqvidov Кзыщдов"


async def test_rules_give_what_they_say_for_the_clients_they_speak_of(narrow: Office) -> None:
    him = await persons.make(narrow.store)
    stranger = await add_client(narrow, "Zxqvidov Other", "+79160000000")
    said = await _everything(narrow, "sofia", him)
    whole = "".join(said.values())
    assert "ACC-ZXQ-77" in said[f"/clients/{him}"]
    assert not [mark for mark in (*CONTACTS, *NOTES) if mark in whole.replace(
        json.dumps({"text": persons.NUMBER}), "")]
    assert "Zxqvidov Other" not in said["/clients?q=Zxqvidov"]
    async with narrow.screen("sofia") as screen:
        reply = await screen.ask("client.card", client_id=stranger)
        assert reply.problem is not None
        assert reply.problem.code == "not_allowed"
        assert "samara" in reply.problem.detail
    answer = await narrow.http.get(f"{narrow.url}/api/v1/clients/{stranger}",
                                   headers=await narrow.bearer("sofia"))
    assert answer.status == 403


async def test_who_may_not_see_or_change_a_group_cannot_edit_it(narrow: Office) -> None:
    him = await persons.make(narrow.store)
    async with narrow.screen("sofia") as screen:
        for changes in ({"phones": [{"number": "+79165550111"}]},):
            reply = await screen.ask("client.change", client_id=him, version=1, changes=changes)
            assert reply.problem is not None
            assert (reply.problem.code, reply.problem.detail) == (
                "not_allowed", "contacts (rights: samara)")


async def test_an_offered_call_shows_its_card_through_the_same_rights(narrow: Office) -> None:
    caller = _caller_of("inbound/answered_caller_hangs_up")
    await add_client(narrow, "Ivanov", caller)
    async with narrow.screen("anna") as anna:
        await narrow.play("inbound/answered_caller_hangs_up", until=lambda change:
                          isinstance(change, OperatorOffered))
        await anna.until(is_shown)
        shown = anna.conversations[0]
        assert shown["number"] == caller        # it is on his telephone
        assert shown["card"]["name"] == "Ivanov"
        assert shown["card"]["phones"] == []
        assert {one["group"] for one in shown["card"]["hidden"]} >= {"contacts"}


async def test_views_leave_a_trace_and_changes_their_own(office: Office) -> None:
    him = await persons.make(office.store)
    caller = _caller_of("inbound/answered_caller_hangs_up")
    ivanov = await add_client(office, "Ivanov", caller)
    async with office.screen("anna") as anna:
        await anna.ask("client.card", client_id=him)
        await anna.ask("client.timeline", client_id=him, cursor=None)
        await office.play("inbound/answered_caller_hangs_up", until=lambda change:
                          isinstance(change, OperatorOffered))
        await anna.until(is_shown)
    await office.desk.sight.traces.write()
    await office.desk.sight.traces.seal()
    async with office.store.read() as tx:
        seen, _ = await audit_reading.page(tx, audit_reading.Filter(what="client.seen"))
        verdict = await audit_reading.verify(tx)
    assert {(one.by, one.client_id, (one.facts or {})["via"]) for one in seen} >= {
        ("101", him, "client.card"), ("101", ivanov, "call")}
    assert len([one for one in seen if one.client_id == him]) == 1
    assert verdict.broken is None
    assert verdict.waiting == 0


async def test_cards_that_are_compared_leave_a_trace(office: Office) -> None:
    ids = [await add_client(office, "Sidorov Petr", "+79165550133") for _ in range(2)]
    sight, person = office.desk.sight, office.desk.accounts.by_operator["109"]
    async with office.screen("sofia") as sofia:
        card = (await sofia.ask("client.card", client_id=ids[0])).result["card"]
    shown = msgspec.convert(card, protocol.CardView)
    other = msgspec.structs.replace(shown, client_id=ids[1])
    await sight.shown(person, {"low": shown, "high": other}, "duplicate.compare")
    await sight.traces.write()
    async with office.store.read() as tx:
        entries, _ = await audit_reading.page(tx, audit_reading.Filter(by="109"))
    assert [(one.client_id, (one.facts or {})["via"]) for one in entries] == [
        (ids[1], "duplicate.compare"), (ids[0], "client.card")]


@pytest.fixture(params=["ask", "refuse"])
async def limited(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    limits = ViewLimits(per_hour=2, beyond=request.param)
    async with open_office(tmp_path, settings=_settings(tmp_path, view_limits=limits)) as office:
        yield office


async def test_beyond_the_limit_a_reason_is_asked_or_the_card_refused(limited: Office) -> None:
    asks = limited.desk.settings.view_limits.beyond == "ask"
    ids = [await add_client(limited, f"Client {n}") for n in range(4)]
    async with limited.screen("sofia") as sofia, limited.screen("anna") as anna:
        for client_id in ids[:2]:
            assert (await anna.ask("client.card", client_id=client_id)).problem is None
        reply = await anna.ask("client.card", client_id=ids[2])
        assert reply.problem is not None
        assert reply.problem.code == ("reason_needed" if asks else "view_limit")
        assert reply.problem.facts["per_hour"] == 2
        told = await sofia.told("view_limit")
        assert told.text.startswith("Anna Petrova")
        reply = await anna.ask("client.card", client_id=ids[2], reason="he wrote to the director")
        assert (reply.problem is None) == asks
        headers = await limited.bearer("anna")
        answer = await limited.http.get(f"{limited.url}/api/v1/clients/{ids[3]}",
                                        headers=headers)
        assert answer.status == 429
    await limited.desk.sight.traces.write()
    async with limited.store.read() as tx:
        entries, _ = await audit_reading.page(tx, audit_reading.Filter(by="101"))
    said = [one.what for one in entries]
    assert said.count("client.limit") == 1
    reasons = [(one.facts or {}).get("reason") for one in entries]
    assert ("he wrote to the director" in reasons) == asks


async def test_an_offered_call_is_shown_beyond_every_limit(limited: Office) -> None:
    caller = _caller_of("inbound/answered_caller_hangs_up")
    ivanov = await add_client(limited, "Ivanov", caller)
    async with limited.screen("anna") as anna:
        for n in range(2):
            await anna.ask("client.card", client_id=await add_client(limited, f"Client {n}"))
        await limited.play("inbound/answered_caller_hangs_up", until=lambda change:
                           isinstance(change, OperatorOffered))
        await anna.until(is_shown)
        assert anna.conversations[0]["card"]["name"] == "Ivanov"
        assert (await anna.ask("client.card", client_id=ivanov)).problem is None


async def test_limits_outlive_a_restart(tmp_path: Path) -> None:
    settings = _settings(tmp_path, view_limits=ViewLimits(per_day=1, beyond="refuse"))
    async with open_office(tmp_path, settings=settings) as office:
        first = await add_client(office, "First")
        async with office.screen("anna") as anna:
            assert (await anna.ask("client.card", client_id=first)).problem is None
    settings = settings.model_copy(update={"server": settings_in(tmp_path).server})
    async with open_office(tmp_path, settings=settings) as office:
        sight: Sight = office.desk.sight
        await sight.traces.recall()
        async with office.screen("anna") as anna:
            reply = await anna.ask("client.card", client_id=first)
    assert reply.problem is not None
    assert reply.problem.code == "view_limit"


def test_every_view_is_thought_of() -> None:
    """Failed? Your view goes to screens: say in `concealing.FIELDS` which of its fields are of a
    group, or put its name here when none is."""
    thought_of = concealing.FIELDS.keys() | concealing.OWN | VIEWS_WITHOUT
    assert {kind.__name__ for kind in _views()} <= thought_of


def _views() -> list[type[protocol.View]]:
    found: list[type[protocol.View]] = []
    fresh = [protocol.View]
    while fresh:
        fresh = [kind for parent in fresh for kind in parent.__subclasses__()]
        found += fresh
    return found


VIEWS_WITHOUT = frozenset({
    # the floor and its figures
    "OperatorView", "QueueView", "QueuePartView", "SegmentView", "DocumentView",
    "CampaignView", "GapView",
    "ColleagueView", "QueueTarget", "Targets", "ListenerView",
    "AlarmView", "CrossingView", "ThresholdView", "EntryView", "IncidentView", "EntryWhyView",
    "TodayView", "TodayQueue", "LateRequest", "Standstill",
    "WallView", "WallQueueView", "WallLinkView",
    # a colleague, or the number an operator chose himself
    "ConsultView", "ConfirmedView",
    # made of the card as its reader sees it
    "OwnerView", "ShownView", "DiallingView",
    # the staff among themselves
    "MessageView", "SeenView", "HelpView", "DayView", "FiguresView",
    "ScriptView", "ScriptStepView", "ScriptChoice", "ProposalView", "ProposedView",
    # names of clients and what leads to them
    "ReasonView", "CandidateView",
    "QuestionView", "SuspectView", "LikenessView",
    "PairView", "PairSide", "MergeView", "ComparedView",
    # always inside a field that is hidden as a whole
    "PhoneView", "EmailView", "AddressView",
    # handled by kind or by field
    "CustomView", "TimelineView", "FormFieldView", "ChangedView",
    # by the names of their fields (`concealing.NAMES`)
    "RequestView", "TaskView", "TaskEventView", "FigureView",
    # the shell around others, and definitions
    "ConversationView", "FormView", "DispositionView", "FieldView", "HiddenView", "Choice",
    "Catalogue", "Me", "PhoneAccess", "Problem",
    # for administrators, who see everything of it or nothing
    "AuditEntryView", "ChainView", "ErasedView", "ObstacleView", "OtherView", "PersonView",
    "RetainedView",
    # what screens send
    "PhoneEdit", "EmailEdit", "AddressEdit", "RelationEdit", "ConsentEdit", "ClientEdit",
    "FieldShape", "ConditionShape",
})
