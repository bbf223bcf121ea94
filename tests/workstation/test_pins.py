"""PINs of desk phones: made by us, kept as a keyed hash, guessed a few times at most."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crm_store import staff
from cti.agi import Request
from tests.workstation.office import Office
from workstation.accounts import TRIES_PER_LOGIN, TooManyTries
from workstation.cli.main import run
from workstation.desk_phone import Dialled
from workstation.desk_phone import read as read_code
from workstation.pins import Pins

PHONE = "PJSIP/101"
REASONS = ("break", "lunch")


async def test_a_pin_opens_for_its_owner_only_and_the_last_one_counts(office: Office) -> None:
    pins = office.desk.pins
    first, others = await pins.give("anna"), await pins.give("boris")
    assert first is not None
    assert others is not None
    assert await pins.is_right("anna", first, PHONE)
    assert not await pins.is_right("anna", others, PHONE)
    second = await pins.give("anna")
    assert second is not None
    assert not await pins.is_right("anna", first, PHONE)
    assert await pins.is_right("anna", second, PHONE)
    assert await pins.take_away("anna")
    assert not await pins.is_right("anna", second, PHONE)
    assert await pins.give("nobody") is None


async def test_neither_the_pin_nor_a_hash_of_it_alone_is_in_the_base(office: Office) -> None:
    pin = await office.desk.pins.give("anna")
    async with office.store.read() as tx:
        kept = await staff.pin_hash(tx, "anna")
    assert pin is not None
    assert kept is not None
    assert pin not in kept
    elsewhere = Pins(office.store, b"another secret of 32 bytes, yes!", office.desk.clock)
    assert not await elsewhere.is_right("anna", pin, PHONE), "without the secret it opens nothing"


async def test_after_a_few_wrong_ones_even_the_right_pin_waits(office: Office) -> None:
    pins = office.desk.pins
    pin = await pins.give("anna")
    assert pin is not None
    for guess in range(TRIES_PER_LOGIN):
        assert not await pins.is_right("anna", f"x{guess}", PHONE)
    with pytest.raises(TooManyTries):
        await pins.is_right("anna", pin, PHONE)
    assert pins.is_locked("anna", PHONE)
    assert await pins.is_right("anna", pin, "PJSIP/101-web"), "from another place he may"


def asked(code: str, channel: str) -> Request:
    return Request("desk", {"code": code}, {"agi_channel": channel, "agi_uniqueid": "d-1.2"})


@pytest.mark.parametrize(("code", "verb", "reason"), [
    ("0", "in", ""), ("1", "ready", ""), ("2", "paused", "break"), ("21", "paused", "break"),
    ("22", "paused", "lunch"), ("3", "offline", "")])
def test_a_code_says_what_to_do(code: str, verb: str, reason: str) -> None:
    found = read_code(asked(code, "PJSIP/101-0000002a"), REASONS)
    assert found is not None
    assert (found.verb, found.reason, found.operator, found.interface) == (
        verb, reason, "101", PHONE)
    web = read_code(asked(code, "PJSIP/101-web-0000002a"), REASONS)
    assert web == replace(found, phone="web")
    assert isinstance(web, Dialled)


def test_who_names_himself_is_read_as_named() -> None:
    found = read_code(asked("0102", "PJSIP/101-0000002a"), REASONS)
    assert found is not None
    assert (found.verb, found.named, found.operator) == ("in", "102", "101")


@pytest.mark.parametrize(("code", "channel"), [
    ("", "PJSIP/101-1"), ("4", "PJSIP/101-1"), ("23", "PJSIP/101-1"), ("20", "PJSIP/101-1"),
    ("11", "PJSIP/101-1"), ("2x", "PJSIP/101-1"), ("1", "Local/101@x-1"), ("1", "")])
def test_what_is_no_code_of_a_phone_is_nothing(code: str, channel: str) -> None:
    found = read_code(asked(code, channel), REASONS)
    assert found is None or not found.operator


def test_a_pin_is_given_on_the_command_line_and_shown_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["staff", "pin", "anna"]) == 0
    pin = capsys.readouterr().out.split()[-1]
    assert len(pin) == 6
    assert pin.isdecimal()
    assert pin.encode() not in (tmp_path / ".deskline" / "deskline.db").read_bytes()
    assert run(["staff", "pin", "anna", "--off"]) == 0
    assert run(["staff", "pin", "nobody"]) == 1
