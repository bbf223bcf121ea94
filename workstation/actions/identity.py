"""The identity check: questions answered, ticked, stored with the number; until then no sums."""

from __future__ import annotations

from typing import Any

from crm_store import identity
from workstation.actions.conversations import (
    his_call,
    interaction_of,
    number_of,
    show_client,
)
from workstation.concealing import conceal
from workstation.desk import Desk
from workstation.errors import Refused
from workstation.policy import Person
from workstation.protocol import ConfirmIdentity, ConversationView, QuestionView


async def confirm(desk: Desk, person: Person, args: ConfirmIdentity) -> dict[str, object]:
    view = his_call(desk, person, args.conversation)
    if view.client_id is None:
        raise Refused("no_client", "Choose the client first.", "", 409)
    interaction = await interaction_of(desk, view)
    said: dict[str, Any] = {"by": person.operator, "at": desk.clock(),
                            "interaction_id": interaction}
    kinds = _answered(desk, person, view, args) if args.confirmed else []
    async with desk.store.begin() as tx:
        if args.confirmed:
            await identity.confirm(tx, view.client_id, number_of(desk, view), answered=kinds,
                                   **said)
        else:
            await identity.refuse(tx, view.client_id, number_of(desk, view), **said)
    await show_client(desk, person, view, view.client_id, interaction=interaction)
    return {}


def _answered(desk: Desk, person: Person, view: ConversationView,
              args: ConfirmIdentity) -> list[str]:
    """The kinds of what was ticked, of the questions that he may see. Raises Refused."""
    asked: list[QuestionView] = conceal(view.questions, desk.sight.lens_of(person))
    ticked = [one.kind for one in asked if one.id in args.answered]
    needed = min(desk.settings.identity.needed, len(asked))
    if len(ticked) < needed and not person.oversees:
        raise Refused("identity_questions", "Ask more of the questions and tick the answers.",
                      f"{needed} are needed, {len(ticked)} are ticked", 422,
                      {"needed": needed, "ticked": len(ticked)})
    return ticked
