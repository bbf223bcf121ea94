"""Lines in use: every attempt that is not settled, and whether it may need an operator."""

from __future__ import annotations

from campaigns.capacity import OpenLine
from campaigns.pacing import Pacing
from campaigns.settling import WANTS_PERSON
from crm_store import campaigns as rows
from crm_store import claims
from crm_store.base import Tx
from crm_store.claims import AttemptRow


async def open_lines(tx: Tx) -> list[OpenLine]:
    attempts = await claims.open_attempts(tx)
    served = await rows.served(tx, {attempt.campaign_id for attempt in attempts})
    return [_line(attempt, *served[attempt.campaign_id]) for attempt in attempts]


def _line(attempt: AttemptRow, queue: str, pacing: str) -> OpenLine:
    return OpenLine(attempt.id, attempt.campaign_id, queue, may_need_operator(attempt, pacing),
                    attempt.state == "answered", attempt.dialling_at or attempt.intent_at)


def may_need_operator(attempt: AttemptRow, pacing: str) -> bool:
    """Who dials his own card is on the telephone himself; who hears a message may ask for one."""
    if attempt.held_by:
        return attempt.state == "intent"
    if pacing == Pacing.MESSAGE:
        return attempt.state == "answered" and attempt.disposition == WANTS_PERSON
    return attempt.state in claims.IN_FLIGHT
