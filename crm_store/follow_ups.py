"""What was arranged in a contact: requests filed and tasks made from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy import bindparam, select

from crm_store.base import Tx, Whole
from crm_store.prepared import Ask, Prepared
from crm_store.store import Store
from crm_store.tables.requests import Requests
from crm_store.tables.tasks import Tasks


@dataclass(frozen=True, slots=True)
class FollowUps:
    """`requests`: id → type."""
    requests: dict[int, str]
    tasks: tuple[int, ...]


async def of_contact(tx: Tx, interaction_id: int) -> FollowUps:
    return await tx.trip(partial(_of_contact, interaction_id))


async def glance(store: Store, interaction_id: int) -> FollowUps:
    """The same, when nothing else is read with it."""
    return await store.glance(partial(_of_contact, interaction_id))


def _of_contact(interaction_id: int, ask: Ask) -> FollowUps:
    of_it = {"interaction_id": interaction_id}
    filed, made = ask((_FILED, of_it), (_MADE, of_it))
    return FollowUps({row.id: row.type for row in filed}, tuple(row.id for row in made))


_CONTACT = bindparam("interaction_id", type_=Whole)
_FILED = Prepared(select(Requests.id, Requests.type).where(Requests.interaction_id == _CONTACT))
_MADE = Prepared(select(Tasks.id).where(Tasks.interaction_id == _CONTACT))
