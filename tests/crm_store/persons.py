"""A person of whom the base knows something in every table, by words found nowhere else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert

from crm_store import (
    audit,
    clients,
    drafts,
    identity,
    interactions,
    naming,
    proposal_answers,
    recordings,
    requests,
    script_answers,
)
from crm_store.base import Base, Tx
from crm_store.interactions import CallFacts, SegmentFacts
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NUMBER, SHARED = "+79165550199", "+79165550177"
# Whatever tells of him; none of it may be left anywhere.
MARKS = ("Zxqvidov", "zkskvidov", "Кзыщдов", "9165550199", "zxq@mail.example", "Zxqstreet",
         "ACC-ZXQ-77", "MET-ZXQ-55", "zxq-note", "zxq-reason", "zxq-form", "zxq-task",
         "zxq-reference", "zxq-custom", "zxq-draft", "zxq-did", "zxq-tag", "zxq-answer", "zxq-why")


def _t(name: str) -> type[Base]:
    return next(mapper.class_ for mapper in Base.registry.mappers
                if mapper.class_.__tablename__ == name)


async def _row(tx: Tx, table: str, /, **values: object) -> None:
    await tx.run(insert(_t(table)).values(**values))


async def make(store: Store) -> int:
    """His id. Everything that would forbid to erase him is over."""
    async with store.begin() as tx:
        await requests.ensure_groups(tx, {"billing": "Billing"})
        him = await clients.create(tx, name="Zxqvidov Кзыщдов", number=NUMBER, by="101", at=NOW)
        near = await clients.create(tx, name="Near One", number=SHARED, by="101", at=NOW)
        await clients.link_phone(tx, him, SHARED, source="operator", by="101", at=NOW)
        await _who_he_is(tx, him, near)
        contact = await _contacts(tx, him)
        account = await _money(tx, him)
        await _work(tx, him, account, contact)
        await _campaign(tx, him)
        await audit.record(tx, by="101", at=NOW, what="client.changed", client_id=him,
                           facts={"name": "Zxqvidov"})
        await audit.seal(tx)
    return him


async def _who_he_is(tx: Tx, him: int, near: int) -> None:
    link = {"client_id": him, "is_primary": True, "label": "zxq-note", "source": "operator",
            "trust": 60, "created_at": NOW}
    await _row(tx, "client_emails", email="zxq@mail.example", original="ZXQ@mail.example", **link)
    await _row(tx, "addresses", id=900, city="Samara", street="Zxqstreet", house="5", flat="1",
               search_key="zxqstreet 5 1")
    await naming.index_addresses(tx, [
        {"id": 900, "city": "Samara", "street": "Zxqstreet", "house": "5", "flat": "1"}])
    await _row(tx, "client_addresses", address_id=900, **link)
    await _row(tx, "client_relations", client_id=near, other_id=him, role="son of Zxqvidov",
               note="zxq-note", source="operator", trust=60, created_at=NOW, created_by="101")
    await _row(tx, "consents", client_id=him, kind="calls", is_given=True, channel="phone",
               note="zxq-note", by="101", at=NOW)
    await _row(tx, "client_changes", client_id=him, version=2, field="name", before="Zxqvidov",
               after="Zxqvidov Кзыщдов", by="101", at=NOW)
    await _row(tx, "custom_fields", id=1, key="passport", label="Passport", kind="text",
               choices=[], created_at=NOW, created_by="admin")
    await _row(tx, "custom_words", word="zxq-custom", field_id=1, client_id=him)
    clients_table = Base.metadata.tables["clients"]
    await tx.run(clients_table.update().where(clients_table.c.id == him).values(
        custom={"passport": "zxq-custom"}, tags=["zxq-tag"]))
    await _row(tx, "merges", id=900, kept_id=him, absorbed_id=near, at=NOW, by="101",
               reason="zxq-reason", newest={}, undone_at=NOW, undone_by="101")
    await _row(tx, "merge_rows", merge_id=900, table_name="client_phones", column_name="client_id",
               deed="moved", key=[NUMBER, him], before={"name": "Zxqvidov"}, after={})
    await _row(tx, "duplicate_pairs", low_id=him, high_id=near, score=70, reasons=[],
               state="different", found_by="operator", found_at=NOW)
    await _row(tx, "source_answers", source="bill", key="ACC-ZXQ-77", client_id=him,
               said={"name": "Zxqvidov"}, said_at=NOW)
    await _row(tx, "imports", id=1, name="may.csv", file="", kind="csv", size=1, sha256="x",
               headers=["name"], plan={}, state="done", by="101", made_at=NOW)
    await _row(tx, "import_rows", import_id=1, row=2, outcome="updated", client_id=him, bumps=1,
               did=["zxq-did"])
    await _row(tx, "import_problems", import_id=1, row=3, cells=["8 (916) 555-01-99", "zxq-did"],
               reasons=[["phone", "twice", "8 (916) 555-01-99"]])
    await _row(tx, "import_problems", import_id=1, row=4, cells=["8 (916) 555-01-00", "Other"],
               reasons=[])


async def _contacts(tx: Tx, him: int) -> int:
    facts = CallFacts(call_id="main-1.1", pbx="main", direction="in", number=NUMBER,
                      started_at=NOW, dialled="+74951200000", entry="+74951200000",
                      client_id=him, answered_at=NOW, ended_at=NOW + timedelta(seconds=9),
                      operator="101", segments=(
                          SegmentFacts(kind="talk", started_at=NOW, who="101"),
                          SegmentFacts(kind="dialling", started_at=NOW, who=NUMBER)))
    contact = await interactions.upsert_call(tx, facts)
    await interactions.upsert_call(tx, CallFacts(
        call_id="main-1.2", pbx="main", direction="in", number=NUMBER, started_at=NOW,
        ended_at=NOW))
    await interactions.upsert_call(tx, CallFacts(
        call_id="main-1.3", pbx="main", direction="in", number=SHARED, started_at=NOW,
        ended_at=NOW))
    await recordings.begin(tx, contact, "leg-1", started_at=NOW, marks=((0.0, None),))
    await interactions.choose_client(tx, contact, him, by="101", at=NOW)
    await interactions.set_disposition(tx, contact, outcome_id="other", note="zxq-note",
                                       by="101", at=NOW)
    await interactions.add_note(tx, him, "zxq-note of Zxqvidov", by="101", at=NOW)
    await identity.confirm(tx, him, NUMBER, by="101", at=NOW, interaction_id=contact)
    await script_answers.add(tx, contact, script_answers.Answer(
        "debt_reminder", "proof", "zxq-answer", "101", NOW))
    await proposal_answers.add(tx, him, proposal_answers.Said(
        proposal="paperless", answer="later", until_at=NOW, why="zxq-why", by="101", at=NOW,
        interaction_id=contact), {"en": "Bill by e-mail"})
    await drafts.save(tx, contact, "101", version=0, content={"note": "zxq-draft"}, at=NOW)
    await _row(tx, "voicemails", call_id="main-1.1", sound="main-1.1", group_id="billing", at=NOW,
               interaction_id=contact, settled_at=NOW)
    await _row(tx, "survey_answers", call_id="main-1.1", menu="survey", question="rating",
               answer=5, at=NOW, interaction_id=contact, operator="101", settled_at=NOW)
    token = await tx.scalar(insert(_t("callbacks")).values(
        queue="billing", entry="74951200000", number=NUMBER, client_id=him, call_id="main-1.1",
        source="queue", language="en", arrived_at=NOW, asked_at=NOW, state="served", why="",
        tries=1, settled_at=NOW).returning(_t("callbacks").__table__.c.id))
    await _row(tx, "callback_dials", callback_id=token, state="answered", at=NOW, ended_at=NOW,
               outcome="answered")
    incident = await tx.scalar(insert(_t("incidents")).values(
        city="Samara", street="Lenina st.", state="ended", note="", proposed_at=NOW,
        ended_at=NOW).returning(_t("incidents").__table__.c.id))
    await _row(tx, "incident_callers", incident_id=incident, client_id=him, number=NUMBER, at=NOW)
    await _row(tx, "client_pins", client_id=him, pin_hash="x", by="admin", at=NOW)
    await _row(tx, "call_routes", call_id="main-1.1", client_id=him, at=NOW, queue="billing",
               priority=5, facts={"flag.vip": "yes"}, reasons=[])
    return contact


async def _money(tx: Tx, him: int) -> int:
    await _row(tx, "accounts", id=70, number="ACC-ZXQ-77", client_id=him, address_id=900,
               balance_minor=-500, currency="RUB", balance_at=NOW, opened_on=date(2020, 1, 1))
    await _row(tx, "debts", account_id=70, client_id=him, amount_minor=0, currency="RUB",
               since_on=date(2026, 1, 1), as_of=NOW)
    await _row(tx, "meters", id=71, account_id=70, number="MET-ZXQ-55", resource="gas", unit="m3")
    await _row(tx, "readings", meter_id=71, value_milli=5, read_at=NOW, source="phone", by="101")
    await _row(tx, "invoices", id=72, account_id=70, number="INV-1", period_on=date(2026, 1, 1),
               amount_minor=124_000, currency="RUB", issued_at=NOW, due_on=date(2026, 2, 1))
    await _row(tx, "invoice_corrections", invoice_id=72, delta_minor=-1, reason="zxq-reason",
               issued_at=NOW)
    await _row(tx, "payments", account_id=70, amount_minor=124_000, currency="RUB", paid_at=NOW,
               method="card", reference="zxq-reference")
    return 70


async def _work(tx: Tx, him: int, account: int, contact: int) -> None:
    row = await requests.file(tx, requests.NewRequest(
        type="meter_dispute", group="billing", deadline_at=NOW, form={"text": "zxq-form"},
        contact="zxq@mail.example",
        by="101", at=NOW, client_id=him, account_id=account, interaction_id=contact))
    await requests.move(tx, row.id, "closed", "101", NOW, "zxq-note", closes=True)
    await _row(tx, "request_alarms", request_id=row.id, kind="late", due_at=NOW, told_at=NOW)
    await _row(tx, "documents", request_id=row.id, template="answer", title="Zxqvidov",
               html="zxq-note", made_by="101", made_at=NOW)
    await _row(tx, "outbox", request_id=row.id, kind="mail", made_at=NOW, due_at=NOW, tries=1,
               payload={"to": "zxq@mail.example"}, error="zxq@mail.example said no")
    await _row(tx, "mails", id=81, direction="in", message_id="zxq@mail.example", by="client",
               thread="zxq@mail.example", sender="zxq@mail.example", sender_name="Zxqvidov",
               recipient="us", subject="zxq-note", text="zxq-note", html="zxq-note", why=[],
               state="filed", request_id=row.id, client_id=him, at=NOW)
    await _row(tx, "mail_files", mail_id=81, name="zxq-note.pdf", content_type="application/pdf",
               size=1, why="")
    await _row(tx, "tasks", id=80, title="zxq-task", note="zxq-note", request_id=row.id,
               operator="101", due_at=NOW, remind=[], made_by="101", made_at=NOW, done_at=NOW)
    await _row(tx, "task_events", task_id=80, kind="made", due_at=NOW, note="zxq-note", by="101",
               at=NOW)
    await _row(tx, "task_reminders", task_id=80, kind="remind", due_at=NOW)


async def _campaign(tx: Tx, him: int) -> None:
    await _row(tx, "campaigns", id=1, name="May", state="draft", pacing="preview",
               queue="collection", law=[], ring_s=20, priority=1, lines_max=1, retry_plan={},
               created_at=NOW, created_by="109")
    await _row(tx, "campaign_entries", id=1, campaign_id=1, client_id=him, zones=[],
               state="withdrawn", since=NOW, why="erased", facts={"name": "Zxqvidov"})
    await _row(tx, "entry_numbers", entry_id=1, e164=NUMBER, place=1)
    await _row(tx, "entry_events", entry_id=1, at=NOW, happening="dialled", state="withdrawn",
               why="erased", facts={"number": NUMBER}, by="dialler")
    await _row(tx, "attempts", id=1, entry_id=1, ordinal=1, client_id=him, e164=NUMBER,
               state="settled", channel_id="d-1", dialler="main", lease_until=NOW, decision={},
               intent_at=NOW, dialling_at=NOW, ended_at=NOW)
    await _row(tx, "promises", client_id=him, attempt_id=1, amount_minor=5, currency="RUB",
               due_on=date(2026, 1, 1), state="kept", by="101", at=NOW)
    await _row(tx, "suppressions", client_id=him, reason="zxq-reason", by="101", at=NOW)
    await _row(tx, "suppressions", e164=NUMBER, reason="zxq-reason", by="101", at=NOW)
