"""Calls told from Asterisk's own records are the calls that the tape tells."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crm_store.interactions import CallFacts
from cti import cel, queue_log
from cti.cel import CelRow
from cti.changes import AttemptSettled, CallChange, CallsMerged, Change
from cti.floor import Floor
from cti.missed import Death
from cti.queue_log import QueueRow
from cti.reconstruction import Reconstructed, deaths_in, reconstruct
from cti.tape import Record, decode
from tests.cti.tapes import fold
from workstation import records
from workstation.regions import Regions

SEEN = Path(__file__).resolve().parents[1] / "records" / "seen"
NAMES = sorted(path.name.removesuffix(".cel.csv") for path in SEEN.glob("*.cel.csv"))
PHONES = {f"PJSIP/{i}{suffix}": f"{i}" for i in range(101, 111) for suffix in ("", "-web")}
CLOCKS_S = 0.06             # CEL is written a moment before the event goes out
ONE = "inbound-answered_caller_hangs_up"


def rows(name: str) -> list[CelRow]:
    return list(cel.read((SEEN / f"{name}.cel.csv").read_bytes().decode("utf-8", "replace")))


def log_of(name: str) -> list[QueueRow]:
    return list(queue_log.read(
        (SEEN / f"{name}.queue_log").read_bytes().decode("utf-8", "replace")))


def taped(name: str) -> list[Record]:
    lines = gzip.decompress((SEEN / f"{name}.jsonl.gz").read_bytes()).splitlines()
    return [decode(line) for line in lines]


def told(some: list[CelRow], log: list[QueueRow], *deaths: Death) -> Reconstructed:
    return reconstruct(some, log, pbx="main", operators=PHONES, deaths=deaths)


def gathered(changes: Iterable[Change]) -> dict[str, CallFacts]:
    found: dict[str, CallFacts] = {}
    for change in changes:
        if isinstance(change, CallChange):
            facts = found.get(change.call) or records.begin(change, Regions("RU"))
            found[change.call] = records.note(facts, change, "RU")
    return found


def parts(facts: CallFacts) -> list[tuple[str, str | None]]:
    """What CEL can know: no hold by the phone's own key, no names of menus."""
    shown: list[tuple[str, str | None]] = []
    for part in sorted(facts.segments, key=lambda part: part.started_at):
        kind = "talk" if part.kind == "hold" else part.kind
        one = (kind, None if kind == "menu" else part.who)
        if one not in shown[-1:]:
            shown.append(one)
    return shown


def merges(changes: Iterable[Change]) -> list[tuple[str, str]]:
    return [(one.kept, one.absorbed) for one in changes if isinstance(one, CallsMerged)]


@pytest.mark.parametrize("name", NAMES)
def test_asterisks_own_records_tell_the_calls_that_the_tape_tells(name: str) -> None:
    live = fold(Floor("main"), taped(name))
    again = told(rows(name), log_of(name))
    assert again.live == frozenset()
    assert merges(again.changes) == merges(live)
    known, found = gathered(live), gathered(again.changes)
    assert list(found) == list(known)
    for call, facts in known.items():
        one = found[call]
        same = ("pbx", "direction", "number", "dialled", "entry", "queue", "operator", "outcome",
                "cause", "ended_by")
        assert {key: getattr(one, key) for key in same} == {
            key: getattr(facts, key) for key in same}
        assert parts(one) == parts(facts)
        if not name.startswith("link"):
            assert_about(one, facts)


def assert_about(one: CallFacts, other: CallFacts) -> None:
    for key in ("started_at", "answered_at", "ended_at"):
        mine, his = getattr(one, key), getattr(other, key)
        assert (mine is None) == (his is None)
        assert mine is None or abs(mine - his) < timedelta(seconds=CLOCKS_S)
    assert one.waited_s == pytest.approx(other.waited_s, abs=CLOCKS_S)
    with_holds = (other.talked_s or 0) + (other.held_s or 0)
    assert (one.talked_s or 0) + (one.held_s or 0) == pytest.approx(with_holds, abs=CLOCKS_S)


@pytest.mark.parametrize("name", [name for name in NAMES if "attempt" in name])
def test_what_became_of_attempts_is_told_too(name: str) -> None:
    live = fold(Floor("main"), taped(name))
    again = told(rows(name), log_of(name)).changes
    assert settled(again) == settled(live)


def settled(changes: Iterable[Change]) -> list[tuple[int, str]]:
    return [(one.attempt, one.status) for one in changes if isinstance(one, AttemptSettled)]


def test_the_same_is_told_twice() -> None:
    once = told(rows(ONE), log_of(ONE))
    assert told(rows(ONE), log_of(ONE)) == once
    assert told(list(cel.read(text_of(ONE) + text_of(ONE)))[:len(rows(ONE))], log_of(ONE)) == once


def text_of(name: str) -> str:
    return (SEEN / f"{name}.cel.csv").read_text()


def test_without_queue_log_and_what_was_added_to_our_columns_calls_are_still_told() -> None:
    """An existing Asterisk whose CEL has no more than the ordinary columns."""
    bare = [replace(row, data="", name="") for row in rows(ONE)]
    facts, = gathered(told(bare, []).changes).values()
    assert (facts.outcome, facts.operator, facts.queue) == ("answered", "101", "billing")


def test_a_call_that_was_cut_off_by_the_death_of_asterisk_ended_then() -> None:
    whole = rows(ONE)
    answered = next(place for place, row in enumerate(whole) if row.kind == "BRIDGE_EXIT")
    lived = whole[:answered]
    died_at = lived[-1].at + timedelta(seconds=2)
    assert told(lived, log_of(ONE)).live
    facts, = gathered(told(lived, [], Death(died_at, died_at + timedelta(seconds=5))).changes
                      ).values()
    assert (facts.outcome, facts.ended_by, facts.ended_at) == ("answered", "system", died_at)
    assert facts.talked_s == pytest.approx(2, abs=0.2)


def test_queues_that_were_loaded_again_end_no_call() -> None:
    whole = rows(ONE)
    middle = next(row.at for row in whole if row.kind == "BRIDGE_EXIT") - timedelta(seconds=1)
    again = told(whole, log_of(ONE), Death(middle - timedelta(seconds=1), middle))
    assert again == told(whole, log_of(ONE))


def test_asterisk_died_when_the_link_was_lost_and_not_with_its_last_row() -> None:
    lived = rows(ONE)[:-6]
    last = lived[-1].at
    boot = QueueRow(last + timedelta(seconds=9), "NONE", "NONE", "NONE", "QUEUESTART", ())
    early, lost = last - timedelta(hours=1), last + timedelta(seconds=4)
    assert deaths_in(lived, [boot], [early, lost]) == [Death(lost, boot.at)]
    assert deaths_in(lived, [boot]) == [Death(last, boot.at)]
    assert deaths_in(lived, []) == []


def test_a_name_with_line_breaks_and_quotes_forges_no_row() -> None:
    forged = '"CHAN_START","1795389191.1","x-1","x-1","PJSIP/101-1","","","","","","",""\n'
    evil = f'Mallory "\n{forged}'.replace('"', '""')
    text = text_of(ONE).replace("Иванов Пётр", evil)
    found = list(cel.read(text))
    assert len(found) == len(rows(ONE))
    assert {row.leg_id for row in found} == {row.leg_id for row in rows(ONE)}
    assert found[0].name.startswith('Mallory "\n"CHAN_START"')


def test_a_torn_row_takes_no_other_with_it() -> None:
    """Asterisk was killed while it wrote, and writes on in the same line when it is back."""
    whole = text_of(ONE)
    lines = whole.splitlines(keepends=True)
    for cut in (30, 70, 150):
        torn = "".join([*lines[:4], lines[4][:cut], *lines[5:]])
        assert [row.at for row in cel.read(torn)] == [
            row.at for place, row in enumerate(rows(ONE)) if place != 4]
    assert [row.kind for row in cel.read(whole[:-5])][-1] == "CHAN_END"
    assert [row.what for row in queue_log.read("1|a|b|c|ABANDON|1\nx\n2|a|b|c|ENTERQ")] == [
        "ABANDON"]


def test_columns_of_another_order_and_of_a_table_are_read() -> None:
    order = ("eventtype", "eventtime", "channel", "uniqueid", "linkedid", "number")
    text = '"HANGUP","1795389191.5","PJSIP/101-1","a-1","a-2","101"\n'
    row, = cel.read(text, order)
    assert (row.leg_id, row.call_id, row.number) == ("a-1", "a-2", "101")
    cells = {"eventtype": "HANGUP", "eventtime": "2026-11-22 10:00:00.5", "uniqueid": "a-1",
             "linkedid": "a-2", "channel": "PJSIP/101-1", "number": None}
    row, = cel.of_table([cells, {"eventtype": "HANGUP"}])
    assert row.at == datetime(2026, 11, 22, 10, 0, 0, 500_000, UTC)


def test_what_our_own_dialplan_told_stands_in_the_records_too() -> None:
    """`apps` of cel.conf names UserEvent: menus and holds are told of calls nobody saw."""
    whole = rows(ONE)
    answered = next(place for place, row in enumerate(whole) if row.kind == "ANSWER")
    talking = max(place for place, row in enumerate(whole) if row.kind == "BRIDGE_ENTER")

    def said(place: int, data: str) -> list[CelRow]:
        row = replace(next(row for row in whole if row.leg_id == row.call_id),
                      at=whole[place].at + timedelta(milliseconds=1), kind="APP_START",
                      application="UserEvent", data=data)
        return [row, replace(row, kind="APP_END")]

    more = [*whole[:answered + 1], *said(answered, "DesklineMenu,Menu: main,Step: greet"),
            *whole[answered + 1:talking + 1], *said(talking, "DesklineReturn,Operator: 101"),
            *said(talking, "Forged,Operator: 102"), *whole[talking + 1:]]
    facts, = gathered(told(more, log_of(ONE)).changes).values()
    assert facts.menu_path == ("main:greet",)
    assert [(part.kind, part.who) for part in facts.segments] == [
        ("menu", "main"), ("waiting", "billing"), ("ringing", "101"), ("talk", "101"),
        ("waiting", "101")]
