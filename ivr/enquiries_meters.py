"""A meter reading by keys: which meter, whether it can be, kept once it was confirmed."""

from __future__ import annotations

from datetime import timedelta

from crm_store import readings
from crm_store.base import Tx
from crm_store.readings import MeterOf
from ivr.enquiry import BY, NOBODY, Answer, Asker
from ivr.tasks import Failed, Found, NotFound
from ivr.wording import Quantity, Spelled, Value, Word

METER, READING = "meter", "reading"
# In units a day: what a large household may use where no past tells, by resource.
LARGE_USE = {"electricity": 60.0, "cold_water": 2.0, "hot_water": 2.0, "gas": 30.0, "heat": 0.5}
USUAL_TIMES = 4.0           # so many times the usual use is still believed …
SLACK_DAYS = 15             # … and so many days of it on top


async def first_meter(tx: Tx, asker: Asker) -> Answer:
    return await _meter(tx, asker, 0)


async def next_meter(tx: Tx, asker: Asker) -> Answer:
    """The one after that which was spoken of; not found after the last."""
    return await _meter(tx, asker, asker.caller.memory.get("place", -1) + 1)


async def _meter(tx: Tx, asker: Asker, place: int) -> Answer:
    if asker.caller.client is None:
        return NOBODY
    meters = await readings.of_client(tx, asker.caller.client)
    if place >= len(meters):
        return NOBODY
    meter, is_last = meters[place], place == len(meters) - 1
    values: dict[str, Value] = {"resource": Word(meter.resource),
                                "meter": Spelled(meter.number[-4:])}
    if meter.readings:
        last = meter.readings[0]
        values["last_reading"] = Quantity(last.value_milli // 1000, meter.unit)
        values["last_reading_on"] = last.at.astimezone(asker.zone).date()
    facts = {"meter": "known",
             "meters": "one" if len(meters) == 1 else "last" if is_last else "more",
             "last_reading": "known" if meter.readings else "none"}
    return Answer(Found(facts), values, remember={METER: meter.id, "place": place})


async def check_reading(tx: Tx, asker: Asker) -> Answer:
    """`lower` than the last one, or so `much` more that it is hardly so; else it is read back."""
    if METER not in asker.caller.memory:
        return Answer(Failed())
    meter = await readings.one(tx, asker.caller.memory[METER])
    value = int(asker.digits) * 1000
    if why := implausible(meter, value, asker):
        return Answer(NotFound({"reading": why}))
    return Answer(Found(), {"reading": Quantity(int(asker.digits), meter.unit)},
                  remember={READING: value})


def implausible(meter: MeterOf, value_milli: int, asker: Asker) -> str | None:
    """Why a meter can hardly show this; the last reading's fractions of a unit are forgiven."""
    if not meter.readings:
        return None
    last = meter.readings[0]
    if value_milli < last.value_milli // 1000 * 1000:
        return "lower"
    days = max((asker.now - last.at) / timedelta(days=1), 0) + SLACK_DAYS
    usual = _daily_milli(meter)
    most = USUAL_TIMES * usual * days if usual else (
        LARGE_USE.get(meter.resource, 100.0) * 1000 * days)
    return "much" if value_milli - last.value_milli > most else None


def _daily_milli(meter: MeterOf) -> float:
    """What was used a day over the readings that we know; 0 where they do not tell."""
    newest, oldest = meter.readings[0], meter.readings[-1]
    days = (newest.at - oldest.at) / timedelta(days=1)
    return (newest.value_milli - oldest.value_milli) / days if days >= 1 else 0.0


async def keep_reading(tx: Tx, asker: Asker) -> Answer:
    """What was read back, once."""
    memory = asker.caller.memory
    if METER not in memory or READING not in memory or memory[READING] < 0:
        return Answer(Failed())
    await readings.hand_in(tx, memory[METER], memory[READING], source="phone", by=BY,
                           at=asker.now)
    return Answer(Found({"reading": "kept"}), remember={READING: -1})
