"""What was arranged in a contact: requests filed and tasks made from it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from crm_store.base import Tx
from crm_store.tables.requests import Requests
from crm_store.tables.tasks import Tasks


@dataclass(frozen=True, slots=True)
class FollowUps:
    """`requests`: id → type."""
    requests: dict[int, str]
    tasks: tuple[int, ...]


async def of_contact(tx: Tx, interaction_id: int) -> FollowUps:
    filed = await tx.all(select(Requests.id, Requests.type).where(
        Requests.interaction_id == interaction_id))
    made = await tx.all(select(Tasks.id).where(Tasks.interaction_id == interaction_id))
    return FollowUps({row.id: row.type for row in filed}, tuple(row.id for row in made))
