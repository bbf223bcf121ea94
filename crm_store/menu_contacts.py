"""What callers leave behind in the menu: messages, and answers after a call.

The menu server writes them by the call; the server ties them to the contact once it is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from crm_store.base import Tx, insert_into
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
    """What callers answered to one question about one operator."""
    menu: str
    question: str
    operator: str | None
    count: int
    average: float


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
    """By menu, question and operator."""
    rows: Sequence[Any] = await tx.all(
        select(SurveyAnswers.menu, SurveyAnswers.question, SurveyAnswers.operator,
               func.count().label("count"), func.avg(SurveyAnswers.answer).label("average"))
        .where(SurveyAnswers.at >= since, SurveyAnswers.at < until)
        .group_by(SurveyAnswers.menu, SurveyAnswers.question, SurveyAnswers.operator)
        .order_by(SurveyAnswers.menu, SurveyAnswers.question, SurveyAnswers.operator))
    return [Rated(row.menu, row.question, row.operator, row.count, float(row.average))
            for row in rows]
