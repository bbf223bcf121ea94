"""What callers leave behind in the menu: messages, and answers after a call.

The menu server writes them by the call; the server ties them to the contact once it is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update

from crm_store import keyset
from crm_store.base import Tx, insert_into
from crm_store.tables.contacts import Interactions
from crm_store.tables.menus import (
    ANSWER_UNSETTLED,
    VOICEMAIL_UNSETTLED,
    SurveyAnswers,
    Voicemails,
)

AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Voicemail:
    """`sound` names the file in the folder of new recordings."""
    id: int
    call_id: str
    sound: str
    group_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    id: int
    call_id: str


@dataclass(frozen=True, slots=True)
class Rated:
    """What callers answered to one question about one operator, who came by one queue."""
    menu: str
    question: str
    operator: str | None
    queue: str | None
    count: int
    average: float


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, and the contact it was given after."""
    id: int
    at: datetime
    answer: int
    interaction_id: int | None
    number: str | None
    client_id: int | None


async def leave_message(tx: Tx, *, call_id: str, sound: str, group: str, at: datetime) -> None:
    await tx.run(insert(Voicemails).values(call_id=call_id, sound=sound, group_id=group, at=at))


async def unsettled_messages(tx: Tx) -> list[Voicemail]:
    return [Voicemail(*row) for row in await tx.all(
        select(Voicemails.id, Voicemails.call_id, Voicemails.sound, Voicemails.group_id,
               Voicemails.at)
        .where(VOICEMAIL_UNSETTLED).order_by(Voicemails.id).limit(AT_ONCE))]


async def settle_message(
    tx: Tx, message_id: int, interaction_id: int | None, *, at: datetime,
) -> None:
    """No interaction: none came in time."""
    await tx.run(update(Voicemails).where(Voicemails.id == message_id).values(
        interaction_id=interaction_id, settled_at=at))


async def answer(
    tx: Tx, *, call_id: str, menu: str, question: str, answer: int, at: datetime,
) -> None:
    """The last answer to a question counts."""
    new = insert_into(tx.dialect, SurveyAnswers).values(
        call_id=call_id, menu=menu, question=question, answer=answer, at=at)
    await tx.run(new.on_conflict_do_update(
        index_elements=["call_id", "menu", "question"], set_={"answer": answer, "at": at}))


async def unsettled_answers(tx: Tx) -> list[Answer]:
    return [Answer(*row) for row in await tx.all(
        select(SurveyAnswers.id, SurveyAnswers.call_id)
        .where(ANSWER_UNSETTLED).order_by(SurveyAnswers.id).limit(AT_ONCE))]


async def settle_answer(
    tx: Tx, answer_id: int, interaction_id: int | None, operator: str | None, *, at: datetime,
) -> None:
    await tx.run(update(SurveyAnswers).where(SurveyAnswers.id == answer_id).values(
        interaction_id=interaction_id, operator=operator, settled_at=at))


async def of_interaction(tx: Tx, interaction_id: int) -> list[tuple[str, int]]:
    """Question and answer."""
    return [(row.question, row.answer) for row in await tx.all(
        select(SurveyAnswers.question, SurveyAnswers.answer)
        .where(SurveyAnswers.interaction_id == interaction_id).order_by(SurveyAnswers.id))]


async def rated(tx: Tx, since: datetime, until: datetime) -> list[Rated]:
    """By menu, question, operator and queue."""
    by = (SurveyAnswers.menu, SurveyAnswers.question, SurveyAnswers.operator, Interactions.queue)
    rows: Sequence[Any] = await tx.all(
        select(*by, func.count().label("count"), func.avg(SurveyAnswers.answer).label("average"))
        .outerjoin(Interactions, Interactions.id == SurveyAnswers.interaction_id)
        .where(SurveyAnswers.at >= since, SurveyAnswers.at < until)
        .group_by(*by).order_by(*by))
    return [Rated(row.menu, row.question, row.operator, row.queue, row.count, float(row.average))
            for row in rows]


async def answered(
    tx: Tx, menu: str, question: str, since: datetime, until: datetime, *,
    operator: str | None, queue: str | None, cursor: str | None = None, limit: int = 50,
) -> tuple[list[Answered], str | None]:
    """The contacts behind a figure, newest first, and the next page's cursor; None: whose
    operator, or queue, nobody knows. Raises `BadCursor`."""
    statement = select(
        SurveyAnswers.id, SurveyAnswers.at, SurveyAnswers.answer, SurveyAnswers.interaction_id,
        Interactions.number, Interactions.client_id,
    ).outerjoin(Interactions, Interactions.id == SurveyAnswers.interaction_id).where(
        SurveyAnswers.at >= since, SurveyAnswers.at < until, SurveyAnswers.menu == menu,
        SurveyAnswers.question == question, SurveyAnswers.operator.is_not_distinct_from(operator),
        Interactions.queue.is_not_distinct_from(queue))
    if cursor is not None:
        at, last = keyset.read(cursor)
        statement = statement.where(or_(SurveyAnswers.at < at, and_(
            SurveyAnswers.at == at, SurveyAnswers.id < last)))
    rows = await tx.all(statement.order_by(
        SurveyAnswers.at.desc(), SurveyAnswers.id.desc()).limit(limit + 1))
    found = [Answered(*row) for row in rows[:limit]]
    return found, keyset.written(found[-1].at, found[-1].id) if len(rows) > limit else None
