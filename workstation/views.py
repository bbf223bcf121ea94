"""Store rows and floor values as the protocol's pictures ○."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any

import phonenumbers
from msgspec.structs import replace

from crm_store import clients, drafts, requests, timeline
from crm_store.interactions import Interaction
from workstation import protocol
from workstation.outcome_settings import DispositionChoice
from workstation.requests import stages
from workstation.requests.kinds import RequestType, said
from workstation.settings import Queue, Settings

SUMS = ("amount_minor", "delta_minor", "balance_minor")


def moment(at: datetime) -> str:
    """RFC 3339 UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_or_none(at: datetime | None) -> str | None:
    return None if at is None else moment(at)


def day_or_none(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def number_label(number: str) -> str:
    """A number as people write it; what is no number stays as it came."""
    if not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


# ── clients ──────────────────────────────────────────────────────────────────────────────────
def candidate(row: clients.Candidate) -> protocol.CandidateView:
    return protocol.CandidateView(client_id=row.client_id, name=row.name,
                                  reasons=[_reason(reason) for reason in row.reasons])


def _reason(reason: clients.Reason) -> protocol.ReasonView:
    """`text` holds the facts, short; the page's catalogue says the sentence by `kind`."""
    facts = reason.facts
    match reason.kind:
        case "confirmed":
            text = f"{facts.get('by', '')} {str(facts.get('at', ''))[:10]}".strip()
        case "called":
            text = f"{facts.get('times', '')}"
        case "source":
            text = f"{facts.get('source', '')}"
        case "related" | "called_for":
            text = f"{facts.get('role', '')}"
        case _:
            text = ""
    return protocol.ReasonView(kind=reason.kind, text=text, name=f"{facts.get('name', '')}")


def timeline_item(item: timeline.TimelineItem, *, masked: bool) -> protocol.TimelineView:
    """While identity is not ticked, sums are left out and `masked` says so."""
    facts: dict[str, Any] = dict(item.facts)
    if masked and any(name in facts for name in SUMS):
        facts = {name: value for name, value in facts.items() if name not in SUMS}
        facts["masked"] = True
    return protocol.TimelineView(key=item.key, kind=item.kind, at=moment(item.at), facts=facts)


# ── work ─────────────────────────────────────────────────────────────────────────────────────
EMPTY_DRAFT = protocol.DraftView(version=0, note="", disposition=None, form_type=None, form={},
                                 saved_at=None)


def draft(row: drafts.Draft | None) -> protocol.DraftView:
    if row is None or row.finished_at is not None:
        return replace(EMPTY_DRAFT, version=row.version if row else 0)
    return draft_content(row)


def draft_content(row: drafts.Draft) -> protocol.DraftView:
    """As it was typed, finished or not."""
    content = row.content
    return protocol.DraftView(
        version=row.version, note=str(content.get("note") or ""),
        disposition=_text_or_none(content.get("disposition")),
        form_type=_text_or_none(content.get("form_type")), form=_texts(content.get("form")),
        follow=_texts(content.get("follow")), saved_at=moment(row.updated_at))


def _texts(value: object) -> dict[str, str]:
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def dispositions(settings: Settings, queue: Queue | None, *, campaign: str = "",
                 is_reached: bool = True) -> list[protocol.DispositionView]:
    """The campaign's outcomes, else the queue's, in their order; without a queue those of the
    first one. Of an outbound call that nobody answered: what can be said of that."""
    named = settings.wrap_up.outcomes.get(campaign) if campaign else None
    wanted = named or (queue or settings.queue[0]).dispositions
    known = {choice.id: choice for choice in settings.disposition}
    unreached = tuple(name for name in settings.wrap_up.not_reached if name in known)
    return [_disposition(known[name])
            for name in (wanted if is_reached or not unreached else unreached)]


def _disposition(choice: DispositionChoice) -> protocol.DispositionView:
    return protocol.DispositionView(
        id=choice.id, name=choice.name, group=choice.group, asks=choice.asks,
        needs_note=choice.needs_note or choice.note_min > 0,
        note_min=max(choice.note_min, 1 if choice.needs_note else 0),
        needs_identity=choice.needs_identity)


def request(row: requests.RequestRow, kinds: Mapping[str, RequestType], language: str,
            now: datetime) -> protocol.RequestView:
    kind = kinds.get(row.type)
    ways = stages.ways(kind, row.stage)
    return protocol.RequestView(
        id=row.id, number=str(row.id), type=row.type,
        title=said(kind.title, language) if kind else row.type,
        client_id=row.client_id or 0, client_name=row.client_name or "", stage=row.stage,
        stages=list(ways), group=row.group, operator=row.responsible,
        created_at=moment(row.filed_at), due_at=moment(row.deadline_at),
        late=bool(ways) and row.deadline_at < now,
        fields={name: str(value) for name, value in row.form.items()},
        stage_at=moment_or_none(row.stage_at), late_at=moment_or_none(row.late_at),
        reaction_at=moment_or_none(row.reaction_at), offered_to=row.offered_to,
        offered_until=moment_or_none(row.offered_until), channel=row.channel,
        contact=row.contact or "")


def conversation_id(call: str) -> int:
    """What screens call the conversation of a call: below 2**48, so JavaScript holds it whole."""
    return int.from_bytes(blake2b(call.encode(), digest_size=6).digest())


def unfinished(row: Interaction, operator: str, settings: Settings,
               draft_view: protocol.DraftView) -> protocol.ConversationView:
    """A stored contact still without an outcome, as the conversation it was; one whose end is
    not stored is talked on, until somebody knows better."""
    queue = next((queue for queue in settings.queue if queue.id == row.queue), None)
    number = row.number or ""
    return protocol.ConversationView(
        id=conversation_id(row.call_id or ""), call=row.call_id or "", operator=operator,
        state="wrap_up" if row.ended_at is not None else "talking",
        direction=direction(row.direction), number=number, number_label=number_label(number),
        caller_name="", queue=row.queue or "", queue_name=queue.name if queue else "",
        menu_path=list(row.menu_path), campaign="", waited_s=row.waited_s or 0.0,
        offered_at=moment(row.answered_at or row.started_at),
        answered_at=moment_or_none(row.answered_at), ended_at=moment_or_none(row.ended_at),
        wrap_up_until=None, candidates=[], client_id=row.client_id, identity="unknown", card=None,
        timeline=[], timeline_cursor=None, draft=draft_view, form=None,
        dispositions=dispositions(settings, queue), notice="")


def direction(text: str) -> Any:
    return text if text in ("in", "out", "internal") else "in"
