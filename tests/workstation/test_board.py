"""The board's law: whatever happens, a screen's old views and its deltas equal a fresh picture."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from workstation import board as board_module
from workstation import protocol
from workstation.board import Board, Screen
from workstation.policy import Person

ANNA = Person(id=1, operator="101", login="anna", name="Anna", role="operator",
              groups=frozenset({"billing"}), queues=("billing",), locale="en")
SOFIA = Person(id=2, operator="109", login="sofia", name="Sofia", role="supervisor",
               groups=frozenset(), queues=(), locale="en")


def request(number: int, group: str, stage: str) -> protocol.RequestView:
    return protocol.RequestView(
        id=number, number=str(number), type="meter_dispute", title="", client_id=1,
        client_name="", stage=stage, stages=[], group=group, operator=None,
        created_at="2026-11-22T10:00:00Z", due_at="2026-11-23T10:00:00Z", late=False, fields={})


class Shown:
    """A screen as its socket's writer and the page behind it make it."""

    def __init__(self, board: Board, person: Person) -> None:
        self.board = board
        self.screen = Screen(person, "session")
        board.join(self.screen)
        self.views: dict[str, dict[str, Any]] = {}
        self.read()

    def read(self) -> None:
        if self.screen.is_stale:
            picture = self.board.picture(self.screen)
            self.views = msgspec.json.decode(msgspec.json.encode(picture))
            return
        changes = [protocol.Change(name, key, None if raw is None else msgspec.json.decode(raw))
                   for (name, key), raw in self.screen.pending.items()]
        self.screen.pending.clear()
        protocol.merge(self.views, changes)


puts = st.tuples(st.just("put"), st.integers(1, 4),
                 st.sampled_from([None, "billing", "metering"]), st.sampled_from(["new", "done"]))
owns = st.tuples(st.just("own"), st.integers(1, 3), st.sampled_from(["101", "109"]),
                 st.sampled_from(["", "note"]))
steps = st.lists(puts | owns | st.just(("flush",)) | st.just(("read",)), max_size=40)


@given(steps=steps, limit=st.integers(1, 5))
async def test_old_views_and_deltas_equal_a_fresh_picture(
    steps: list[tuple[Any, ...]], limit: int
) -> None:
    before, board_module.PENDING_LIMIT = board_module.PENDING_LIMIT, limit
    try:
        board = Board()
        screens = [Shown(board, ANNA), Shown(board, SOFIA)]
        for step in steps:
            await _take(board, screens, step)
        await board.flush()
        for screen in screens:
            screen.read()
            assert screen.views == Shown(board, screen.screen.person).views
    finally:
        board_module.PENDING_LIMIT = before


async def _take(board: Board, screens: list[Shown], step: tuple[Any, ...]) -> None:
    match step:
        case ("put", number, group, stage):
            view = None if group is None else request(number, group, stage)
            board.put("requests", str(number), view, first_to="101" if number == 1 else "")
        case ("own", number, owner, stage):
            view = request(number, "billing", stage) if stage else None
            board.put_own(owner, "conversations", str(number), view)
        case ("flush",):
            await board.flush()
        case ("read",):
            for screen in screens:
                screen.read()


def test_a_screen_far_behind_is_sent_a_snapshot_instead() -> None:
    board = Board()
    shown = Shown(board, ANNA)
    for number in range(board_module.PENDING_LIMIT + 1):
        board.put_own("101", "conversations", str(number), request(number, "billing", "new"))
    assert shown.screen.is_stale
    assert not shown.screen.pending
    shown.read()
    assert len(shown.views["conversations"]) == board_module.PENDING_LIMIT + 1


def test_what_an_operator_may_not_see_leaves_his_screen() -> None:
    board = Board()
    shown = Shown(board, ANNA)
    board.put("requests", "1", request(1, "billing", "new"), first_to="101")
    shown.read()
    assert set(shown.views["requests"]) == {"1"}
    board.put("requests", "1", request(1, "metering", "new"), first_to="101")
    shown.read()
    assert not shown.views["requests"]


def test_a_view_that_did_not_change_is_no_news() -> None:
    board = Board()
    board.put("requests", "1", request(1, "billing", "new"))
    assert board.has_due()
    board._due.clear()
    board.put("requests", "1", request(1, "billing", "new"))
    assert not board.has_due()


def test_conversations_are_seen_by_their_operator_only() -> None:
    board = Board()
    board.put_own("101", "conversations", "1", request(1, "billing", "new"))
    assert board.seen_by(ANNA, ["conversations"])["conversations"]
    assert not board.seen_by(SOFIA, ["conversations"])["conversations"]
