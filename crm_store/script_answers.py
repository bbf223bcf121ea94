"""A script's answers, kept with the contact they were given in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from crm_store.base import Tx, Whole
from crm_store.card_numbers import masked
from crm_store.contacts import COLUMNS, place_of, show
from crm_store.prepared import Prepared
from crm_store.tables.contacts import Interactions
from crm_store.tables.guidance import ScriptAnswers

LIMIT = 2_000       # events of one contact that are read


@dataclass(frozen=True, slots=True)
class Answer:
    """`step` "": the script was chosen."""
    script: str
    step: str
    answer: str
    by: str
    at: datetime


async def add(tx: Tx, interaction_id: int, given: Answer) -> None:
    """One more event; what looks like a card's number is masked. Raises `Conflict`.

    The client's timeline says how many questions of the contact are answered."""
    await tx.run(insert(ScriptAnswers).values(
        interaction_id=interaction_id, script=given.script, step=given.step,
        answer=masked(given.answer), by=given.by, at=given.at))
    if given.step:
        there = sum(1 for one in await latest(tx, interaction_id) if one.step and one.answer)
        row = (await tx.run(update(Interactions).where(Interactions.id == interaction_id)
                            .values(scripted=there or None).returning(*COLUMNS))).one()
        await show(tx, place_of(row), row)


async def latest(tx: Tx, interaction_id: int) -> list[Answer]:
    """The one that counts of each script and step, in the order they were given."""
    rows = await tx.fetch(_OF_CONTACT, interaction_id=interaction_id)
    found: dict[tuple[str, str], Answer] = {}
    for row in rows:
        found.pop((row.script, row.step), None)
        found[row.script, row.step] = Answer(*row)
    return list(found.values())


_OF_CONTACT = Prepared(
    select(ScriptAnswers.script, ScriptAnswers.step, ScriptAnswers.answer, ScriptAnswers.by,
           ScriptAnswers.at)
    .where(ScriptAnswers.interaction_id == bindparam("interaction_id", type_=Whole))
    .order_by(ScriptAnswers.id).limit(LIMIT))
