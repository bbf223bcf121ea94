"""A caller who waits: his place in line, and his call-back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from crm_store import callbacks, clients, phones
from crm_store.base import Tx
from ivr.enquiry import NOBODY, Answer, Asker
from ivr.tasks import Found, NotFound
from ivr.wording import Quantity, Spelled, Value

NUMBER = "call_back_number"             # in the caller's memory, as digits
# What the server has told the dialplan of his wait; see `workstation.waiting.announcing`.
TOLD = ("DESKLINE_PLACE", "DESKLINE_WAIT_MIN", "DESKLINE_OFFERED", "DESKLINE_OVERFLOW",
        "DESKLINE_MOMENT")
LONGEST_MIN, DEEPEST = 180, 999
STILL_HERE = timedelta(seconds=15)      # he hears that it is kept, and hangs up


def place_in_line(told: Mapping[str, str]) -> Answer:
    """Facts and figures for phrases; what is not known is not said."""
    place, minutes = _whole(told, "DESKLINE_PLACE"), _whole(told, "DESKLINE_WAIT_MIN")
    is_known = place is not None and 0 < place <= DEEPEST
    moment = told.get("DESKLINE_MOMENT", "")
    facts = {
        "moment": moment if moment in ("before", "while", "key") else "before",
        "call_back": "yes" if told.get("DESKLINE_OFFERED") == "yes" else "no",
        "overflow": told.get("DESKLINE_OVERFLOW", "") or "none",
        "place": "next" if place == 1 else "later" if is_known else "unknown",
        "wait": "known" if minutes and minutes <= LONGEST_MIN else "unknown"}
    values: dict[str, Value] = {}
    if is_known and place is not None:
        values["place"] = Quantity(place, "")
    if facts["wait"] == "known" and minutes is not None:
        values["wait"] = Quantity(minutes, "min")
    return Answer(Found(facts) if is_known else NotFound(facts), values)


def _whole(told: Mapping[str, str], name: str) -> int | None:
    text = told.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


async def nobody_waits(tx: Tx, asker: Asker) -> Answer:
    """In a trial there is no line."""
    return NOBODY


async def own_number(tx: Tx, asker: Asker) -> Answer:
    """The number that he calls from, when it can be called."""
    number = asker.caller.number
    return _to_confirm(number) if number is not None and _is_ours(number, asker) else NOBODY


async def other_number(tx: Tx, asker: Asker) -> Answer:
    """What he keyed in. Only numbers of our country are dialled for whoever asks."""
    number = phones.normalise(asker.digits, region=asker.region).e164
    return _to_confirm(number) if number is not None and _is_ours(number, asker) else NOBODY


async def keep_call_back(tx: Tx, asker: Asker) -> Answer:
    """The number that was read to him and that he confirmed."""
    caller = asker.caller
    digits = caller.memory.get(NUMBER)
    if digits is None or not caller.queue:
        return NOBODY
    arrived_at = datetime.fromtimestamp(caller.since, UTC) if caller.since else asker.now
    await callbacks.ask(tx, callbacks.Asked(
        queue=caller.queue, entry=caller.entry, number=f"+{digits}",
        client_id=caller.client or await _whose(tx, f"+{digits}"),
        call_id=caller.call or None, source="queue" if caller.since else "closed",
        language=caller.language, arrived_at=min(arrived_at, asker.now), at=asker.now,
        not_before=asker.now + STILL_HERE))
    return Answer(Found({"call_back": "kept"}))


async def drop_call_back(tx: Tx, asker: Asker) -> Answer:
    """Whom we called, and who needs it no more."""
    await callbacks.settle_person(
        tx, number=asker.caller.number, client_id=asker.caller.client, state="withdrawn",
        why="not_needed", at=asker.now)
    return Answer(Found())


async def _whose(tx: Tx, number: str) -> int | None:
    return clients.likeliest(await clients.candidates(tx, number))


def _to_confirm(number: str) -> Answer:
    digits = number.removeprefix("+")
    return Answer(Found({"number_named": "yes"}), {"number": Spelled(digits)},
                  remember={NUMBER: int(digits)})


def _is_ours(number: str, asker: Asker) -> bool:
    return phones.can_be_called(number, region=asker.region)
