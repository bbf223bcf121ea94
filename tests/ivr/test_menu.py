"""The shipped menu and made-up ones, walked as pure transitions."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flows import FACTS, LOOK_UPS
from ivr.menu import IllegalStep, Place, advance, begin
from ivr.menu_file import Known, MenuInvalid, parse
from ivr.plan import SHIPPED
from ivr.steps import Limits, Menu
from ivr.tasks import (
    AwaitKey,
    CollectDigits,
    Digits,
    End,
    Failed,
    Find,
    Found,
    Heard,
    Key,
    Learn,
    NotFound,
    Play,
    Played,
    Record,
    Silence,
    Speak,
    Task,
    ToQueue,
)
from ivr.wording import parse as parse_wording

LANGUAGES = ("en", "ru", "nl", "fr", "tr")


def known(*languages: str) -> Known:
    phrases = {}
    for language in languages or ("en",):
        text = files("ivr").joinpath("wording", f"{language}.toml").read_text("utf-8")
        phrases[language] = parse_wording(text, company="Volga Energy").phrases
    return Known(phrases, ("billing", "outages", "collection"), LOOK_UPS, FACTS,
                 operators=("101",), groups=("billing",), menus=SHIPPED,
                 sounds=("jingle",))


def main_text() -> str:
    return files("ivr").joinpath("menus", "main.toml").read_text("utf-8")


MAIN = parse(main_text(), known(), file="main.toml")


def walk(menu: Menu, *heard: Heard) -> tuple[Place, Task]:
    """On an ordinary day: it is open, and nothing is out."""
    place, task = usual(menu, *begin(menu))
    for one in heard:
        place, task = usual(menu, *advance(menu, place, one))
    return place, task


def usual(menu: Menu, place: Place, task: Task) -> tuple[Place, Task]:
    if task == Learn("open"):
        return advance(menu, place, Found({"open": "open"}))
    if place.step == "area":
        return advance(menu, place, Found({"incident": "no"}))
    return place, task


def is_over(task: Task) -> bool:
    return isinstance(task, ToQueue | End)


def test_the_shipped_menus_fit_every_shipped_wording() -> None:
    assert parse(main_text(), known(*LANGUAGES)).limits == Limits(6, 2, 80)
    survey = files("ivr").joinpath("menus", "survey.toml").read_text("utf-8")
    assert parse(survey, known(*LANGUAGES)).is_survey


def test_a_known_client_hears_his_debt_and_last_payment() -> None:
    known_client = Found({"client": "known"})
    figures = Found({"standing": "owes", "payment": "known"})
    place, task = walk(MAIN, known_client, Played(), Key("1"))
    assert task == Find("billing")
    place, task = advance(MAIN, place, figures)
    assert task == Play(("debt",))
    place, task = advance(MAIN, place, Played())
    assert task == Play(("last_payment",))
    place, task = advance(MAIN, place, Played())
    assert task == AwaitKey(("promise_offer", "more"), 6)
    assert advance(MAIN, place, Key("1"))[1] == Play(("debt",))
    assert advance(MAIN, place, Key("2"))[1] == ToQueue("billing")


def test_an_unknown_caller_is_asked_for_his_account_only_when_it_is_needed() -> None:
    place, task = walk(MAIN, NotFound(), Played())
    assert task == AwaitKey(("choices",), 6)
    place, task = advance(MAIN, place, Key("1"))
    assert task == CollectDigits(("account_question",), 16, 6)
    place, task = advance(MAIN, place, Digits("1234567"))
    assert task == Find("client_by_account", "1234567")
    assert advance(MAIN, place, Found({"client": "known"}))[1] == Find("billing")
    assert advance(MAIN, place, Failed())[1] == ToQueue(None)
    place, task = advance(MAIN, place, NotFound())
    assert task == CollectDigits(("account_unknown", "account_question"), 16, 6)
    assert advance(MAIN, place, Digits("12"))[1] == ToQueue(None)


def test_who_reports_an_outage_hears_of_an_incident_that_is_known() -> None:
    place, task = walk(MAIN, NotFound(), Played(), Key("3"))
    assert task == Learn("incident")
    assert advance(MAIN, place, Found({"incident": "yes"}))[1] == Play(("incident",))
    assert advance(MAIN, place, Found({"incident": "no"}))[1] == ToQueue("outages")
    assert advance(MAIN, place, Failed())[1] == ToQueue("outages")


@pytest.mark.parametrize(("key", "queue"), [("0", None), ("2", "billing")])
def test_a_key_leads_to_its_queue(key: str, queue: str | None) -> None:
    assert walk(MAIN, NotFound(), Played(), Key(key))[1] == ToQueue(queue)


def test_zero_during_any_announcement_leads_to_the_operator() -> None:
    assert walk(MAIN, NotFound(), Key("0"))[1] == ToQueue(None)
    assert walk(MAIN, NotFound(), Played(), Key("1"), Digits("0"))[1] == ToQueue(None)


def test_two_silences_lead_to_the_operator_and_the_first_one_is_told() -> None:
    place, task = walk(MAIN, NotFound(), Played(), Silence())
    assert task == AwaitKey(("silence", "choices"), 6)
    assert advance(MAIN, place, Silence())[1] == ToQueue(None)


def test_a_wrong_key_is_told_and_the_question_is_asked_again() -> None:
    assert walk(MAIN, NotFound(), Played(), Key("#"))[1] == AwaitKey(("wrong_key", "choices"), 6)


def test_a_base_that_does_not_answer_leads_straight_to_the_operator() -> None:
    assert walk(MAIN, Failed())[1] == ToQueue(None)


def test_who_stays_silent_after_his_figures_is_wished_goodbye() -> None:
    figures = Found({"standing": "clear"})
    place, task = walk(MAIN, Found({"client": "known"}), Played(), Key("1"), figures, Played(),
                       Silence(), Silence())
    assert task == Play(("goodbye",))
    assert advance(MAIN, place, Played())[1] == End()


@pytest.mark.parametrize("heard", [Played(), Key("1"), Silence(), Digits("1")])
def test_what_cannot_have_happened_is_refused(heard: Heard) -> None:
    place, _ = begin(MAIN)
    with pytest.raises(IllegalStep):
        advance(MAIN, place, heard)


def results(task: Task, draw: st.DataObject) -> Heard:
    """Anything that can come of the task."""
    keys = st.builds(Key, st.sampled_from("0123456789*#"))
    standing = st.fixed_dictionaries({}, optional={
        "meters": st.sampled_from(["one", "more"]), "reading": st.sampled_from(["lower", "x"]),
        "client": st.sampled_from(["known", "withheld"]),
        "standing": st.sampled_from(["owes", "credit", "clear"]),
        "payment": st.sampled_from(["known", "none"])})
    match task:
        case Play():
            return draw.draw(st.builds(Played) | st.just(Key("0")))
        case Record() | Speak():
            return Played()
        case Learn(fact):
            return draw.draw(st.builds(Found, st.just({fact: "yes"})) | st.builds(Failed))
        case AwaitKey():
            return draw.draw(keys | st.just(Silence()))
        case CollectDigits(most=most):
            return draw.draw(st.builds(Digits, st.text("0123456789*", max_size=most)))
        case Find():
            return draw.draw(st.builds(Found, standing) | st.builds(NotFound, standing)
                             | st.builds(Failed))
    raise AssertionError(f"{task} has no result")


@given(st.data())
def test_whatever_a_caller_does_he_reaches_a_queue_or_the_end(draw: st.DataObject) -> None:
    place, task = begin(MAIN)
    for _ in range(2 * MAIN.limits.steps):
        if is_over(task):
            break
        place, task = advance(MAIN, place, results(task, draw))
    assert is_over(task)
    assert place.steps <= MAIN.limits.steps + 1


def test_a_caller_who_goes_in_circles_is_taken_to_the_operator() -> None:
    figures = Found({"standing": "owes"})
    place, task = walk(MAIN, Found({"client": "known"}), Played(), Key("1"), figures)
    for _ in range(100):
        if is_over(task):
            break
        place, task = advance(MAIN, place, Played() if isinstance(task, Play) else Key("1"))
    assert task == ToQueue(None)


def broken(old: str, new: str) -> list[str]:
    assert old in main_text()
    with pytest.raises(MenuInvalid) as caught:
        parse(main_text().replace(old, new, 1), known(), file="main.toml")
    return caught.value.faults


@pytest.mark.parametrize(("old", "new", "fault"), [
    ('1 = "wants_figures"', '1 = "whom"', "steps.choose.keys.1: there is no step 'whom'"),
    ('1 = "wants_figures"', 'x = "wants_figures"', "steps.choose.keys.x: is no telephone key"),
    ('say = ["greeting"]', 'say = ["hello"]', "steps.greet.say: the wording has no phrase"),
    ('say = ["greeting"]', 'say = "greeting"', "steps.greet.say: must be a list of phrases"),
    ('queue = "outages"', 'queue = "floods"', "steps.outages.queue: there is no queue 'floods'"),
    ('next = "choose"', "", "steps.greet.next: is missing"),
    ('next = "choose"', 'next = "choose"\nnaxt = 1', "steps.greet.naxt: is not known to 'say'"),
    ('do = "hangup"', 'do = "hang"', "steps.end.do: must be one of say, play,"),
    ('what = "billing"', 'what = "bills"', "steps.figures.what: there is no look-up 'bills'"),
    ('on = "payment"', 'on = "pay"', "steps.payment.on: there is no fact 'pay'"),
    ("least = 4", "least = 0", "steps.account.least: must be a number from 1 to 20"),
    ("least = 4", "least = 18", "steps.account.least: is more than `most`"),
    ("tries = 3", "tries = 0", "steps.pin.tries: must be a number from 1 to 10"),
    ('language = "ru"', 'language = "xx"', "steps.russian.language: there is no language 'xx'"),
    ('group = "billing"', 'group = "x"', "steps.message.group: there is no group 'x'"),
    ('value = "figures"', 'value = "A, B"', "steps.wants_figures.value: must be a short"),
    ('{ known = "serve"', '{ "> x" = "serve"', "steps.who.when.> x: is no value"),
    ("tries = 2", "tries = 0", "limits.tries: must be from 1 to 10"),
    ("tries = 2", "trys = 2", "limits.trys: is not known here"),
    ("tries = 2", "tries = true", "limits.tries: must be a number"),
    ('start = "open"', 'start = "here"', "start: there is no step 'here'"),
    ('start = "open"', 'start = "greet"', "steps.open: no caller can get here"),
    ('operator = "operator"', 'operator = "greet"', "operator: must be a step that goes to a qu"),
    ('id = "main"', 'id = "Main menu"', "id: must be a short lower-case name"),
    ("[steps.end]", "[steps.end]]", "main.toml:"),
])
def test_a_fault_in_a_menu_is_named_by_its_place(old: str, new: str, fault: str) -> None:
    assert any(fault in line for line in broken(old, new))


def test_a_fault_is_named_with_its_line() -> None:
    line = main_text().splitlines().index('1 = "wants_figures"') + 1
    assert broken('1 = "wants_figures"', '1 = "whom"')[0].startswith(f"main.toml:{line}: ")


def test_a_loop_without_an_exit_is_found() -> None:
    text = '''id = "loop"
start = "a"
operator = "op"
[steps.a]
do = "say"
say = ["greeting"]
next = "b"
[steps.b]
do = "say"
say = ["greeting"]
next = "a"
[steps.op]
do = "queue"
queue = "default"
'''
    with pytest.raises(MenuInvalid) as caught:
        parse(text, known())
    assert [line.split(": ")[1] for line in caught.value.faults] == ["steps.a", "steps.b"]


@given(st.text())
def test_no_text_breaks_the_reader_of_menus(text: str) -> None:
    with pytest.raises(MenuInvalid):
        parse(text, known())
