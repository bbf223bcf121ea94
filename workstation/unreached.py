"""An outbound call that nobody answered ○: whose contact it is, and what can be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cti.changes import CallEnded
from workstation import views
from workstation.records import stored_number
from workstation.settings import Settings

NO_SUCH_NUMBER = 1      # Q.850


def is_one(change: CallEnded) -> bool:
    """He dialled and heard what came of it. A call that his own telephone refused never went
    out; one of a campaign is nobody's."""
    if change.direction != "out" or change.answered_at is not None or not change.operator:
        return False
    return not (change.ended_by == "operator" and change.outcome != "no_answer")


def fields(settings: Settings, outcome: str | None, cause: int | None) -> dict[str, Any]:
    """Of a ConversationView."""
    choices = views.dispositions(settings, None, is_reached=False)
    seen = "wrong_number" if outcome == "failed" and cause == NO_SUCH_NUMBER else outcome
    known = any(choice.id == seen for choice in choices)
    return {"dispositions": choices, "suggested": seen if known else None}


def hint(change: CallEnded, dialled: Mapping[tuple[str, str], int], region: str) -> int | None:
    """Whom he meant when he dialled."""
    number = stored_number(change.dialled_number, region) or ""
    return dialled.get((change.operator or "", number))
