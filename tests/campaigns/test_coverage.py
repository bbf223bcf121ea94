"""The ledger's table, and that its states always add up."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.coverage import (
    FINAL,
    OPEN,
    REACHED,
    TRANSITIONS,
    UNREACHED,
    DoesNotAddUp,
    Happening,
    LedgerError,
    NotAllowedNow,
    Standing,
    State,
    drawing,
    move,
    summary,
)
from crm_store.tables.campaigns import ENTRY_STATES

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
steps = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(Happening)), max_size=60)


def _move(standing: Standing, happening: Happening) -> Standing:
    until = NOW + timedelta(hours=1) if happening is Happening.POSTPONED else None
    return move(standing, happening, at=NOW, why="test", until_at=until)


@given(steps)
def test_states_add_up_to_the_list_whatever_happens(taken: list[tuple[int, Happening]]) -> None:
    entries = [Standing(State.NOT_TRIED, NOW, "on_the_list") for _ in range(5)]
    for place, happening in taken:
        before = entries[place]
        try:
            entries[place] = _move(before, happening)
        except NotAllowedNow:
            assert entries[place] is before
        covered = summary(5, Counter(entry.state.value for entry in entries).items())
        assert sum(covered.counts.values()) == 5
        assert covered.is_complete == all(entry.state in FINAL for entry in entries)


@given(steps)
def test_only_an_operators_word_makes_somebody_reached(taken: list[tuple[int, Happening]]) -> None:
    entry, said = Standing(State.NOT_TRIED, NOW, "on_the_list"), False
    words = {happening for happening, (_, state) in TRANSITIONS.items() if state in REACHED}
    for _, happening in taken:
        try:
            entry = _move(entry, happening)
        except NotAllowedNow:
            continue
        said = said or happening in words
        assert said or entry.state in UNREACHED


def test_every_state_can_be_left_for_a_final_one_and_each_is_reachable() -> None:
    targets = {target for _, target in TRANSITIONS.values()}
    assert targets == set(State)
    for state in OPEN:
        assert any(state in sources and target in FINAL
                   for sources, target in TRANSITIONS.values())


def test_nothing_is_dialled_after_a_final_state() -> None:
    sources, _ = TRANSITIONS[Happening.TRIED]
    assert sources == {State.NOT_TRIED, State.WAITING_UNTIL}


def test_database_knows_the_same_states() -> None:
    assert tuple(ENTRY_STATES) == tuple(State)


def test_counts_that_disagree_with_the_list_are_refused() -> None:
    with pytest.raises(DoesNotAddUp):
        summary(3, [("paid", 1), ("refused", 1)])
    with pytest.raises(ValueError, match="lost"):
        summary(1, [("lost", 1)])


def test_waiting_entry_has_its_moment_and_no_other_has() -> None:
    with pytest.raises(LedgerError):
        Standing(State.WAITING_UNTIL, NOW, "busy")
    with pytest.raises(LedgerError):
        Standing(State.PAID, NOW, "payment", until_at=NOW)


def test_drawing_names_every_happening() -> None:
    assert len(drawing().splitlines()) == len(Happening)
