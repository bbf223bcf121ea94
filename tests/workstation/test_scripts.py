"""Scripts and proposals as data: read, checked with lines, gone through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation import measures, merging
from workstation.proposals import choosing
from workstation.proposals import files as proposal_files
from workstation.proposals.choosing import Answered
from workstation.scripts import course, files
from workstation.scripts.course import AnswerWrong
from workstation.toml_places import TomlWrong

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HEAD = 'id = "x"\ntitle = { en = "X" }\n'


def ids(script: files.Script, facts: measures.Facts, answers: dict[str, str]) -> list[str]:
    return [step.id for step in course.course(script, facts, answers).steps]


# ── the way through a script ─────────────────────────────────────────────────────────────────
def test_a_script_stops_at_the_first_question_and_goes_where_the_answer_leads() -> None:
    script = files.load()["debt_reminder"]
    assert ids(script, {}, {}) == ["greeting"]
    assert ids(script, {}, {"greeting": "wrong"}) == ["greeting", "excuse"]
    assert course.course(script, {}, {"greeting": "wrong"}).is_done
    assert ids(script, {}, {"greeting": "himself"}) == ["greeting", "identity"]
    assert not course.course(script, {}, {"greeting": "himself"}).is_done


def test_facts_choose_the_way_and_an_unknown_fact_chooses_none() -> None:
    script = files.load()["debt_reminder"]
    known = {"greeting": "himself", "identity": "yes"}
    assert ids(script, {"debt": 0.0}, known)[-1] == "paid_up"
    assert ids(script, {"debt": 4812.5}, known)[-1] == "debt"
    assert ids(script, {}, known)[-1] == "debt"      # hidden or unknown: nothing is said of it


def test_another_answer_leaves_the_old_way_and_its_answers_behind() -> None:
    script = files.load()["debt_reminder"]
    answers = {"greeting": "himself", "identity": "yes", "debt": "pays", "day": "2026-12-01"}
    assert ids(script, {"debt": 5.0}, answers)[-1] == "sum"
    assert ids(script, {"debt": 5.0}, answers | {"debt": "paid"})[-1] == "proof"
    assert ids(script, {"debt": 5.0}, answers | {"greeting": "another"})[-1] == "ask_back"


def test_answers_are_compared_as_numbers() -> None:
    script = files.load()["debt_reminder"]
    answers = {"greeting": "himself", "identity": "yes", "debt": "parts"}
    assert ids(script, {"debt": 5.0}, answers | {"parts": "3"})[-1] == "plan"
    assert ids(script, {"debt": 5.0}, answers | {"parts": "12"})[-1] == "warning"


@pytest.mark.parametrize(("kind", "said", "code"), [
    ("yes_no", "perhaps", "no_choice"), ("number", "many", "no_number"),
    ("date", "31.31", "no_date"), ("text", " ", "missing"), ("text", "x" * 3000, "too_long")])
def test_an_answer_of_another_kind_is_refused(kind: files.AnswerKind, said: str,
                                              code: str) -> None:
    with pytest.raises(AnswerWrong) as refused:
        course.read(files.Ask(kind=kind), said)
    assert refused.value.code == code


@given(st.dictionaries(st.sampled_from([one.id for one in files.load()["debt_reminder"].step]),
                       st.sampled_from(["yes", "no", "himself", "pays", "parts", "3", "x"])),
       st.floats(0, 1e6))
def test_whatever_was_answered_a_script_shows_its_steps_once_and_ends(
    answers: dict[str, str], debt: float
) -> None:
    shown = ids(files.load()["debt_reminder"], {"debt": debt}, answers)
    assert shown[0] == "greeting"
    assert len(set(shown)) == len(shown)


# ── files ────────────────────────────────────────────────────────────────────────────────────
def test_what_is_shipped_is_read_and_speaks_both_languages() -> None:
    for script in files.load().values():
        assert {"en", "ru"} <= script.title.keys()
        assert all({"en", "ru"} <= step.text.keys() for step in script.step)
    for proposal in proposal_files.load().values():
        assert {"en", "ru"} <= proposal.why.keys() & proposal.say.keys()


STEP = '[[step]]\nid = "one"\ntext = { en = "One" }\n'


@pytest.mark.parametrize(("text", "line", "reason"), [
    (HEAD + 'x = \n', 3, "Invalid value"),
    (HEAD, 1, "step"),
    (HEAD + STEP + "colour = 1\n", 6, "colour"),
    (HEAD + STEP + STEP, 7, "two steps"),
    (HEAD + STEP + '[[step.go]]\nto = "two"\n', 7, "no step 'two'"),
    (HEAD + STEP + '[[step.go]]\nto = "one"\n', 3, "circle"),
    (HEAD + STEP + '[[step]]\nid = "two"\ntext = { en = "2" }\n', 6, "nothing leads"),
    (HEAD + '[[step]]\nid = "one"\ntext = { en = "{dept}" }\n', 5, "{dept}"),
    (HEAD + '[[step]]\nid = "one"\ntext = { ru = "да" }\n', 5, "English"),
    (HEAD + STEP + '[step.ask]\nkind = "choice"\n', 6, "choices"),
    (HEAD + STEP + '[step.ask]\nkind = "colour"\n', 7, "colour"),
    (HEAD + STEP + '[[step.go]]\nto = "two"\nwhen = [{ what = "depth", above = 1 }]\n'
     '[[step]]\nid = "two"\ntext = { en = "2" }\n', 8, "depth"),
    (HEAD + '[[step]]\nid = "one"\ntext = { en = """\nmore\n{" """ }\n', 5, "brace"),
])
def test_what_is_wrong_with_a_script_is_told_with_its_line(text: str, line: int,
                                                           reason: str) -> None:
    with pytest.raises(TomlWrong) as wrong:
        files.parse("x.toml", text)
    assert str(wrong.value).startswith(f"x.toml:{line}: "), str(wrong.value)
    assert reason in str(wrong.value)


def test_ones_own_scripts_come_beside_ours_and_take_the_place_of_a_like_named(
    tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text(HEAD + STEP)
    (tmp_path / "better.toml").write_text(HEAD.replace('"x"', '"debt_reminder"') + STEP)
    found = files.load(tmp_path)
    assert found["x"].title["en"] == "X"
    assert [step.id for step in found["debt_reminder"].step] == ["one"]


def test_a_proposal_that_asks_for_an_unknown_fact_is_told_with_its_line() -> None:
    text = ('id = "p"\ntitle = { en = "P" }\nsay = { en = "s" }\nwhy = { en = "w" }\n'
            'when = [{ what = "shoe_size", above = 40 }]\n')
    with pytest.raises(TomlWrong, match=r"p\.toml:5: .*shoe_size"):
        proposal_files.parse("p.toml", text)


# ── merging ──────────────────────────────────────────────────────────────────────────────────
def test_what_is_merged_in_is_never_read_again_nor_breaks_the_line() -> None:
    said = merging.merged("Dear {client}, {debt}", {
        "client": "{debt}\x1b[31m\u202e<b>\n", "debt": "1.00"})
    assert said == "Dear {debt}[31m<b>, 1.00"
    assert merging.merged("{debt}", {}) == merging.UNKNOWN
    assert len(merging.plain("x" * 10_000)) == merging.LONGEST


# ── proposals ────────────────────────────────────────────────────────────────────────────────
OWES: measures.Facts = {"kind": "person", "debt": 5000.0, "debt_days": 40.0,
                        "flags": frozenset(), "emails": 1.0}


def test_a_proposal_stands_while_its_facts_hold() -> None:
    all_of_them = proposal_files.load().values()

    def told(facts: measures.Facts) -> list[str]:
        return [one.id for one in choosing.standing(all_of_them, facts, {}, NOW, UTC)]
    assert told(OWES) == ["instalments"]
    assert told({**OWES, "emails": 0.0}) == ["instalments", "paperless"]
    assert told({**OWES, "flags": frozenset({"in_court"})}) == []
    assert told({name: fact for name, fact in OWES.items() if name != "debt"}) == []


def test_an_answered_proposal_rests_until_its_day() -> None:
    proposal = proposal_files.load()["instalments"]

    def stands(answer: choosing.Answer, days: float) -> bool:
        until = choosing.until(proposal, answer, NOW, None)
        said = {"instalments": Answered(answer, NOW, until)}
        return bool(choosing.standing([proposal], OWES, said, NOW + timedelta(days=days), UTC))
    assert not stands("later", 13)
    assert stands("later", 15)
    assert not stands("refused", 59)
    assert stands("refused", 61)
    never = proposal_files.load()["direct_debit"]
    assert choosing.until(never, "accepted", NOW, None) is None
    assert choosing.rests(Answered("accepted", NOW, None), NOW + timedelta(days=9999))
    named = NOW + timedelta(days=3)
    assert choosing.until(proposal, "later", NOW, named) == named
