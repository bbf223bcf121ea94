"""Clients who may be one in the terminal, by keys alone."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from tests.terminal import story
from tests.terminal.stage import on_stage
from workstation import protocol as p
from workstation.protocol import duplicates as d

BASE = (*story.QUEUES, story.operator(), story.operator("109", "Sofia Lebedeva"))
LEAD = story.me(id="109", login="sofia", name="Sofia Lebedeva", roles=["supervisor"])
REASONS = [d.LikenessView(code="same_name", points=40, count=0),
           d.LikenessView(code="same_phone", points=35, count=2)]


def pair(key: int = 1) -> d.PairView:
    return d.PairView(
        id=key, low=d.PairSide(client_id=501, name="Ivanov Ivan Ivanovich"),
        high=d.PairSide(client_id=502, name="Ivanov I"), score=95, reasons=REASONS, state="open",
        found_by="search", found_at=story.ago(60), not_before=None, decided_by=None,
        decided_at=None, keep=501)


def compared() -> d.ComparedView:
    low = replace(story.card(), time_zone="Europe/Samara")
    mail = p.EmailView(email="ivan@example.org", name="", primary=True, source="x", trust=50,
                       confirmed_at=None, confirmed_by=None)
    high = replace(low, client_id=502, name="Ivanov I", emails=[mail],
                   time_zone="Europe/Moscow")
    return d.ComparedView(pair=pair(), low=low, high=high, choosable=["name", "time_zone"])


def merge(undone: str | None = None) -> d.MergeView:
    one = pair()
    return d.MergeView(id=7, kept=one.low, absorbed=one.high, at=story.ago(60), by="109",
                       reason="", undone_at=undone, undone_by=undone and "109")


ANSWERS: dict[str, Any] = {
    "duplicate.list": {"pairs": [pair()], "cursor": None, "waiting": 1},
    "duplicate.compare": compared(), "duplicate.decide": {"merge": 7},
    "merge.list": {"merges": [merge()], "cursor": None}}


async def test_two_cards_stand_side_by_side_and_are_merged_by_keys() -> None:
    async with on_stage(*BASE, me=LEAD, answers=ANSWERS) as stage:
        await stage.press("d")
        await stage.sees("Ivanov Ivan Ivanovich #501", "≠ ivan@example.org", "#501 is kept",
                         "(Europe/Moscow)", "same phone (2)")
        assert {len(line) for line in stage.lines()} == {100}
        await stage.press("2")
        await stage.sees("(Europe/Samara)")
        await stage.press("k")
        await stage.sees("#502 is kept")
        await stage.press("1", "s")
        assert await stage.asked("duplicate.decide") == [
            {"id": 1, "decision": "same", "keep": 502, "take": ["name"]}]


async def test_not_the_same_and_later_are_one_key() -> None:
    async with on_stage(*BASE, me=LEAD, answers=ANSWERS) as stage:
        await stage.press("d")
        await stage.sees("#501 is kept")
        await stage.press("n")
        await stage.asked("duplicate.decide")
        await stage.sees("never asked again", "#501 is kept")
        await stage.press("l")
        decided = await stage.asked("duplicate.decide", 2)
        assert [(one["decision"], one["keep"]) for one in decided] == [
            ("different", None), ("later", None)]


async def test_a_merge_is_undone_by_a_key() -> None:
    async with on_stage(*BASE, me=LEAD, answers=ANSWERS) as stage:
        await stage.press("d")
        await stage.sees("#501 is kept")
        await stage.press("f", "f", "f")
        await stage.sees("Merged", "→ Ivanov Ivan Ivanovich")
        await stage.press("u")
        assert await stage.asked("client.unmerge") == [{"merge": 7}]


async def test_an_operator_is_warned_while_he_types_a_new_client() -> None:
    found = d.SuspectView(client_id=501, name="Ivanov Ivan", kind="person", score=80,
                          reasons=REASONS)
    answers = {"duplicate.check": {"suspects": [found]}}
    async with on_stage(*BASE, story.unknown(), answers=answers) as stage:
        await stage.sees("+7")
        await stage.press("n")
        await stage.type("Ivanof")
        await stage.sees("there already", "Ivanov Ivan #501")
