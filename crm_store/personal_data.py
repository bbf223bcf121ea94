"""Which rows and columns hold a person's data, and what erasing him leaves of each.

`PERSONAL` names every table that does, with every one of its columns; `OTHERS` names the rest
with the reason. A test compares both with the models: who adds a table or a column decides here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, Table, and_, or_, select

import crm_store.tables  # noqa: F401  completes the metadata
from crm_store.base import Base

Treatment = Literal["kept", "cleared", "hashed", "renamed"]
HASHED = "#"                # a number that was hashed begins so; no number does


@dataclass(frozen=True, slots=True)
class Whose:
    """A person: his clients (merged ones too), and the numbers that only they have."""
    ids: tuple[int, ...]
    numbers: frozenset[str]
    own_numbers: frozenset[str]


Belongs: TypeAlias = Callable[[Table, Whose], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Personal:
    """How a table's rows belong to a person, and what of them stays.

    `kept` are no names and no numbers; `cleared` become empty; `hashed` become a keyed hash, so
    that attempts at one number can still be counted; `renamed` are unique and become "erased-ID".
    `is_gone`: the rows are deleted. `is_derived`: made from other rows, so not worth an export.
    """
    belongs: Belongs
    kept: str = ""
    cleared: str = ""
    hashed: str = ""
    renamed: str = ""
    is_gone: bool = False
    is_derived: bool = False

    def columns(self) -> dict[str, Treatment]:
        parts: tuple[tuple[Treatment, str], ...] = (
            ("kept", self.kept), ("cleared", self.cleared), ("hashed", self.hashed),
            ("renamed", self.renamed))
        return {name: treatment for treatment, names in parts for name in names.split()}


def own(*columns: str) -> Belongs:
    """The rows that name his client in one of these columns."""
    return lambda table, whose: or_(*(table.c[name].in_(whose.ids) for name in columns))


def via(column: str, parent: str) -> Belongs:
    """The rows whose parent row is his."""
    def belongs(table: Table, whose: Whose) -> ColumnElement[bool]:
        above = Base.metadata.tables[parent]
        key = next(iter(above.primary_key.columns))
        return table.c[column].in_(select(key).where(PERSONAL[parent].belongs(above, whose)))
    return belongs


def either(*ways: Belongs) -> Belongs:
    return lambda table, whose: or_(*(way(table, whose) for way in ways))


def of_number(column: str) -> Belongs:
    """Rows of nobody's, with a number that only he has."""
    return lambda table, whose: and_(
        table.c.client_id.is_(None), table.c[column].in_(sorted(whose.own_numbers)))


_LINK = "client_id is_primary label source trust created_at confirmed_at confirmed_by"
# In the order in which they are erased: what others are found by comes last.
PERSONAL: dict[str, Personal] = {
    # ── contacts ────────────────────────────────────────────────────────────────────────────
    "drafts": Personal(
        via("interaction_id", "interactions"), is_gone=True,
        kept="id interaction_id operator version content updated_at finished_at"),
    "notes": Personal(own("client_id"), is_gone=True,
                      kept="id client_id interaction_id text by at"),
    "dispositions": Personal(
        via("interaction_id", "interactions"), kept="id interaction_id outcome_id by at",
        cleared="note"),
    "segments": Personal(
        via("interaction_id", "interactions"), kept="interaction_id started_at kind ended_at",
        hashed="who"),
    "recordings": Personal(         # their files go before: see `workstation.privacy`
        via("interaction_id", "interactions"), cleared="peaks",
        kept="id interaction_id leg state why started_at ended_at file channels rate seconds "
             "size marks"),
    "voicemails": Personal(
        via("interaction_id", "interactions"),
        kept="id call_id sound group_id at interaction_id settled_at"),
    "survey_answers": Personal(
        via("interaction_id", "interactions"),
        kept="id call_id menu question answer at interaction_id operator settled_at"),
    "client_pins": Personal(own("client_id"), is_gone=True, kept="client_id pin_hash by at"),
    "call_routes": Personal(
        own("client_id"), is_gone=True,
        kept="call_id client_id at queue priority operator level version facts reasons"),
    "callback_dials": Personal(via("callback_id", "callbacks"), is_derived=True,
                               kept="id callback_id state at claimed_at ended_at outcome"),
    "callbacks": Personal(
        either(own("client_id"), of_number("number")), hashed="number",
        kept="id queue entry client_id call_id source language arrived_at asked_at state why "
             "tries not_before settled_at"),
    "incident_callers": Personal(
        own("client_id"), hashed="number",
        kept="incident_id client_id call_id at told_at told_by"),
    "script_answers": Personal(
        via("interaction_id", "interactions"), cleared="answer",
        kept="id interaction_id script step by at"),
    "proposal_answers": Personal(
        own("client_id"), cleared="why",
        kept="id client_id interaction_id proposal answer until_at by at"),
    "client_choices": Personal(
        via("interaction_id", "interactions"), kept="id interaction_id client_id by at"),
    "identity_confirmations": Personal(
        own("client_id"), kept="id client_id interaction_id by at is_confirmed answered",
        hashed="e164"),
    "timeline": Personal(own("client_id"), is_gone=True, is_derived=True,
                         kept="client_id at kind ref facts"),
    # ── campaigns: what was dialled stays countable ─────────────────────────────────────────
    "promises": Personal(
        own("client_id"),
        kept="id client_id attempt_id amount_minor currency due_on state by at"),
    "attempts": Personal(
        own("client_id"), hashed="e164",
        kept="id entry_id ordinal client_id state channel_id dialler lease_until decision "
             "intent_at dialling_at answered_at talking_at ended_at status cause miss call_id "
             "operator disposition disposed_by disposed_at held_by machine"),
    "entry_events": Personal(
        via("entry_id", "campaign_entries"), kept="id entry_id at happening state why by",
        cleared="facts"),
    "entry_numbers": Personal(
        via("entry_id", "campaign_entries"), kept="entry_id place dead_why", hashed="e164"),
    "campaign_entries": Personal(
        own("client_id"), cleared="facts",
        kept="id campaign_id client_id debt_minor currency zones state since why until_at "
             "claimed_by claimed_until stop_because"),
    "suppressions": Personal(
        either(own("client_id"), of_number("e164")), kept="id client_id by at lifted_at lifted_by",
        cleared="reason", hashed="e164"),
    # ── work ────────────────────────────────────────────────────────────────────────────────
    "task_reminders": Personal(via("task_id", "tasks"), kept="id task_id kind due_at told_at",
                               is_derived=True),
    "task_events": Personal(via("task_id", "tasks"), cleared="note",
                            kept="id task_id kind operator group_id due_at by at"),
    "tasks": Personal(
        either(own("client_id"), via("request_id", "requests")), cleared="title note",
        kept="id client_id request_id interaction_id operator group_id due_at remind made_by "
             "made_at done_at told_at late_at"),
    "mail_files": Personal(via("mail_id", "mails"), cleared="name",
                           kept="id mail_id content_type size file why"),
    "mails": Personal(
        either(own("client_id"), via("request_id", "requests")), renamed="message_id",
        cleared="thread sender sender_name recipient subject text html why",
        kept="id direction state request_id client_id by at"),
    "documents": Personal(via("request_id", "requests"), cleared="title html",
                          kept="id request_id template made_by made_at"),
    "outbox": Personal(via("request_id", "requests"), cleared="payload error",
                       kept="id kind request_id made_at due_at tries done_at dead_at"),
    "request_alarms": Personal(via("request_id", "requests"), is_derived=True,
                               kept="id request_id kind due_at told_at"),
    "request_events": Personal(via("request_id", "requests"), cleared="note",
                               kept="id request_id kind from_stage to_stage by at"),
    "requests": Personal(
        own("client_id"), cleared="form contact",
        kept="id type client_id account_id interaction_id stage group_id responsible deadline_at "
             "filed_by filed_at closed_at channel stage_at since_at late_at reaction_at "
             "offered_to offered_until joined_to"),
    # ── money: the facts stay, without the person ───────────────────────────────────────────
    "readings": Personal(via("meter_id", "meters"),
                         kept="id meter_id value_milli read_at source by"),
    "meters": Personal(via("account_id", "accounts"), renamed="number",
                       kept="id account_id resource unit installed_on"),
    "invoice_corrections": Personal(via("invoice_id", "invoices"), cleared="reason",
                                    kept="id invoice_id delta_minor issued_at"),
    "invoices": Personal(
        via("account_id", "accounts"),
        kept="id account_id number period_on amount_minor currency issued_at due_on"),
    "payments": Personal(via("account_id", "accounts"), cleared="reference",
                         kept="id account_id amount_minor currency paid_at method"),
    "debts": Personal(own("client_id"),
                      kept="account_id client_id amount_minor currency since_on as_of"),
    "source_answers": Personal(own("client_id"), is_gone=True, is_derived=True,
                               kept="source key client_id said said_at"),
    "accounts": Personal(
        own("client_id"), renamed="number", cleared="address_id",
        kept="id client_id balance_minor currency balance_at opened_on closed_on"),
    # ── who he is and was ───────────────────────────────────────────────────────────────────
    "import_rows": Personal(own("client_id"), cleared="did",
                            kept="import_id row outcome client_id bumps undone why"),
    "merge_rows": Personal(via("merge_id", "merges"), is_gone=True, is_derived=True,
                           kept="id merge_id table_name column_name deed key before after"),
    "duplicate_pairs": Personal(
        own("low_id", "high_id"), is_gone=True, is_derived=True,
        kept="id low_id high_id score reasons state found_by found_at not_before decided_by "
             "decided_at merge_id"),
    "merges": Personal(own("kept_id", "absorbed_id"), cleared="reason newest",
                       kept="id kept_id absorbed_id at by undone_at undone_by"),
    "consents": Personal(own("client_id"), cleared="note",
                         kept="id client_id kind is_given channel interaction_id by at"),
    "client_relations": Personal(
        own("client_id", "other_id"), is_gone=True,
        kept="id client_id other_id role note source trust created_at created_by confirmed_at "
             "confirmed_by"),
    "client_changes": Personal(own("client_id"), is_gone=True,
                               kept="id client_id version field before after by at"),
    "custom_words": Personal(own("client_id"), is_gone=True, is_derived=True,
                             kept="word field_id client_id"),
    # ── how he is found: last, for the steps before need it ─────────────────────────────────
    "interactions": Personal(
        either(own("client_id"), of_number("number")), cleared="note", hashed="number dialled",
        kept="id channel call_id pbx direction entry queue operator client_id client_is_chosen "
             "campaign_entry attempt menu_path started_at answered_at ended_at outcome cause "
             "ended_by waited_s talked_s held_s absorbed_into disposition disposed_by "
             "disposed_at reconstructed recorded lines scripted"),
    "client_addresses": Personal(own("client_id"), is_gone=True,
                                 kept=f"id address_id {_LINK}"),
    "client_emails": Personal(own("client_id"), is_gone=True, kept=f"email original {_LINK}"),
    "client_phones": Personal(own("client_id"), is_gone=True, kept=f"e164 original {_LINK}"),
    "audit": Personal(own("client_id"), cleared="facts salt",
                      kept="id at by what client_id facts_hash place hash"),
    "clients": Personal(
        own("id"), cleared="name search_key language time_zone flags tags source custom",
        kept="id kind created_at created_by merged_into version"),
}
# Tables without a person of their own. Those marked * hold what erasing takes care of itself.
OTHERS: dict[str, str] = {
    "addresses": "* places; one that nobody is at any more goes",
    "address_words": "* derived from places",
    "client_words": "* derived from names",
    "known_words": "* words of names and places; those that nobody has any more go",
    "word_pieces": "* derived from them",
    "phones": "* numbers; one that nobody has any more goes",
    "import_problems": "* refused rows of files; those that speak of him are emptied",
    "imports": "files, by name and count",
    "import_maps": "column names",
    "duplicate_runs": "counts",
    "audit_cuts": "hashes",
    "entry_switches": "numbers of ours",
    "incidents": "streets",
    "erasures": "who was erased, without his name",
    "campaigns": "plans",
    "campaign_events": "plans",
    "custom_fields": "definitions",
    "gaps": "stretches of time, and counts",
    "journal_places": "places on tapes",
    "groups": "staff",
    "help_calls": "staff",
    "messages": "staff: leads to operators",
    "message_receipts": "staff",
    "menu_guesses": "hashes, for a day",
    "menu_switches": "names of ours",
    "menu_uses": "menus",
    "menu_versions": "menus",
    "summed_days": "days",
    "quarter_sums": "counts",
    "operator_sums": "counts by operator",
    "outcome_sums": "counts",
    "people": "staff",
    "webhooks": "programs elsewhere",
    "sessions": "staff",
    "threshold_sets": "bounds of figures",
    "threshold_crossings": "figures of queues",
    "wall_links": "screens of ours",
}


@dataclass(frozen=True, slots=True)
class Eraser:
    """What a value becomes. `key` is the installation's secret: without it a hash of a telephone
    number is guessed by trying all numbers."""
    whose: Whose
    key: bytes = field(repr=False)

    def row(self, personal: Personal, row: dict[str, Any], name: str) -> dict[str, Any]:
        """The columns that change."""
        changed = {}
        for column, treatment in personal.columns().items():
            value = self._value(treatment, row[column], column, row, name)
            if value != row[column]:
                changed[column] = value
        return changed

    def _value(self, treatment: Treatment, value: Any, column: str, row: dict[str, Any],
               table: str) -> Any:
        if value is None or treatment == "kept":
            return value
        if treatment == "hashed":
            return self.number(value) if self._is_his(value, column, row) else value
        if treatment == "renamed":
            return f"erased-{row['id']}"
        return empty(Base.metadata.tables[table].c[column], value)

    def _is_his(self, value: str, column: str, row: dict[str, Any]) -> bool:
        """What was dialled may be the company's own number; a segment's `who` a colleague."""
        if value.startswith(HASHED) or not value:
            return False
        return column in ("e164", "number") or value in self.whose.numbers or (
            column == "dialled" and row["direction"] == "out")

    def number(self, value: str) -> str:
        return hashed(self.key, value)


def hashed(key: bytes, number: str) -> str:
    return HASHED + hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:24]


def empty(column: Any, value: Any) -> Any:
    """Nothing, as the column can hold it."""
    if isinstance(value, dict | list):
        return type(value)()
    if column.nullable:
        return None
    return ""
