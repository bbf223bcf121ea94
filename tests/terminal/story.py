"""Test data: an energy company's morning, as views of the protocol."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from workstation import protocol as p

NOW = datetime(2026, 11, 22, 11, 30, 0, tzinfo=UTC)


def ago(seconds: float) -> str:
    return (NOW - timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def later(seconds: float) -> str:
    return ago(-seconds)


FORM = p.FormView(type="meter_dispute", title="Meter reading dispute", fields=[
    p.FormFieldView(name="account", label="Account", kind="account", required=True,
                    choices=[["100234", "100234 Lenina 12"], ["100871", "100871 Sadovaya 3"]],
                    value="100234"),
    p.FormFieldView(name="meter", label="Meter", kind="meter", required=True, choices=[],
                    value="M-77812"),
    p.FormFieldView(name="reading", label="Reading", kind="number", required=True, choices=[],
                    value=""),
    p.FormFieldView(name="read_on", label="Read on", kind="date", required=True, choices=[],
                    value="2026-11-22"),
    p.FormFieldView(name="comment", label="Comment", kind="text", required=False, choices=[],
                    value=""),
])
DISPOSITIONS = [
    p.DispositionView(id=key, name=name, needs_note=key == "other")
    for key, name in (("resolved", "Resolved"), ("request", "Request filed"),
                      ("call_back", "Call back"), ("wrong_number", "Wrong number"),
                      ("other", "Other"))]


def operator(key: str = "101", name: str = "Anna Petrova", **changes: Any) -> p.OperatorView:
    facts: dict[str, Any] = {
        "id": key, "name": name, "state": "ready", "since": ago(192), "reason": "",
        "queues": ["billing", "outages", "collection"], "phone": "desk", "registered": True,
        "call": None, "with_whom": "", "calls_today": 12, "talked_today_s": 2710.0}
    return p.OperatorView(**(facts | changes))


def queue(key: str = "billing", name: str = "Billing", *waits: float,
          **changes: Any) -> p.QueueView:
    waiting = [p.WaitingView(call=f"w{i}", number=f"+7916000000{i}", name="", since=ago(wait))
               for i, wait in enumerate(waits)]
    facts: dict[str, Any] = {
        "id": key, "name": name, "waiting": waiting, "ready": 2, "talking": 3, "signed_in": 6,
        "answered_today": 118, "abandoned_today": 4, "in_time_today": 101,
        "service_level_s": 20}
    return p.QueueView(**(facts | changes))


def account(number: str = "100234", **changes: Any) -> p.AccountView:
    facts: dict[str, Any] = {
        "id": 7, "number": number, "address": "Lenina 12, flat 34", "balance_minor": -481250,
        "currency": "RUB",
        "meters": [p.MeterView(number="M-77812", last_reading=10482,
                               last_read_at="2026-11-02")]}
    return p.AccountView(**(facts | changes))


def hit(client_id: int, name: str, **changes: Any) -> p.HitView:
    """A client that a search found."""
    facts: dict[str, Any] = {
        "client_id": client_id, "name": name, "kind": "person", "why": "name", "marked": name,
        "marks": [], "number": "+79161234567", "account": "400-1",
        "address": "Samara, Lenina 5-12", "field": None, "request_id": None, "similar": False}
    return p.HitView(**(facts | changes))


def card(client_id: int = 501, name: str = "Ivanov Ivan Ivanovich", **changes: Any) -> p.CardView:
    facts: dict[str, Any] = {
        "client_id": client_id, "kind": "person", "name": name, "language": "ru",
        "flags": [], "tags": ["electric stove"],
        "phones": [
            p.PhoneView(e164="+74951234567", label="+7 495 123-45-67", source="import",
                        confirmed_at=ago(864000), confirmed_by="101"),
            p.PhoneView(e164="+79161112233", label="+7 916 111-22-33", source="operator",
                        confirmed_at=None, confirmed_by=None)],
        "accounts": [account()], "debt_minor": 481250, "debt_since": "2026-10-09",
        "currency": "RUB", "masked": False,
        "others_on_number": [candidate(502, "Ivanova Olga", "same flat")]}
    return p.CardView(**(facts | changes))


def candidate(client_id: int, name: str, *reasons: str) -> p.CandidateView:
    return p.CandidateView(client_id=client_id, name=name, reasons=[
        p.ReasonView(kind="called_from", text=reason) for reason in reasons])


def timeline() -> list[p.TimelineView]:
    rows: list[tuple[str, str, str, dict[str, Any]]] = [
        ("c9", "call", ago(5220), {
            "direction": "in", "queue": "billing", "operator": "102", "talked_s": 190,
            "waited_s": 12, "outcome": "answered", "disposition": "Resolved",
            "note": "Asked about the invoice for March"}),
        ("i4", "invoice", "2026-11-09T09:00:00Z", {
            "number": "INV-1109", "amount_minor": 124000, "currency": "RUB",
            "corrected": 184000}),
        ("r3", "reading", "2026-11-02T10:00:00Z", {
            "meter": "M-77812", "value": 10482, "source": "phone"}),
        ("q2", "request", "2026-10-28T10:00:00Z", {
            "id": 812, "number": "812", "type": "Meter check", "stage": "closed",
            "due_at": "2026-10-30T10:00:00Z"}),
        ("p1", "payment", "2026-10-11T08:30:00Z", {"amount_minor": 96000, "currency": "RUB"}),
        ("a0", "attempt", "2025-12-10T08:30:00Z", {"campaign": "Winter debts",
                                                   "outcome": "no_answer"})]
    return [p.TimelineView(key=key, kind=kind, at=at, facts=facts)
            for key, kind, at, facts in rows]


def draft(**changes: Any) -> p.DraftView:
    facts: dict[str, Any] = {"version": 0, "note": "", "disposition": None, "form_type": None,
                             "form": {}, "saved_at": None}
    return p.DraftView(**(facts | changes))


def conversation(key: int = 1, **changes: Any) -> p.ConversationView:
    facts: dict[str, Any] = {
        "id": key, "call": f"main-{key}", "operator": "101", "state": "talking",
        "direction": "in", "number": "+74951234567", "number_label": "+7 495 123-45-67",
        "caller_name": "IVANOV", "queue": "billing", "queue_name": "Billing",
        "menu_path": ["main", "operator"], "campaign": "", "waited_s": 42.0,
        "offered_at": ago(140), "answered_at": ago(135), "ended_at": None,
        "wrap_up_until": None, "candidates": [], "client_id": 501, "identity": "unknown",
        "card": card(), "timeline": timeline(), "timeline_cursor": "t2", "draft": draft(),
        "form": FORM, "dispositions": DISPOSITIONS, "notice": ""}
    return p.ConversationView(**(facts | changes))


def unknown(key: int = 2, *candidates: p.CandidateView, **changes: Any) -> p.ConversationView:
    """Nobody chosen yet."""
    facts: dict[str, Any] = {
        "client_id": None, "card": None, "candidates": list(candidates), "timeline": [],
        "timeline_cursor": None, "state": "ringing", "answered_at": None, "offered_at": ago(3),
        "number": "+79169998877", "number_label": "+7 916 999-88-77", "caller_name": ""}
    return conversation(key, **(facts | changes))


def request(key: int = 31, **changes: Any) -> p.RequestView:
    facts: dict[str, Any] = {
        "id": key, "number": f"R-{key}", "type": "meter_dispute",
        "title": "Meter reading dispute", "client_id": 501, "client_name": "Ivanov I. I.",
        "stage": "new", "stages": ["in work", "closed"], "group": "metering", "operator": None,
        "created_at": ago(7200), "due_at": later(7200), "late": False,
        "fields": {"account": "100234", "reading": "10590"}}
    return p.RequestView(**(facts | changes))


def call(key: str = "main-9", **changes: Any) -> p.CallView:
    facts: dict[str, Any] = {
        "id": key, "direction": "in", "state": "talking", "number": "+74951234567", "name": "",
        "client_id": 501, "client_name": "Ivanov I. I.", "queue": "billing", "operator": "102",
        "since": ago(60), "started_at": ago(110), "campaign": "",
        "segments": [
            p.SegmentView(kind="menu", who=None, started_at=ago(110), ended_at=ago(95)),
            p.SegmentView(kind="waiting", who=None, started_at=ago(95), ended_at=ago(66)),
            p.SegmentView(kind="ringing", who="102", started_at=ago(66), ended_at=ago(60)),
            p.SegmentView(kind="talk", who="102", started_at=ago(60), ended_at=None)]}
    return p.CallView(**(facts | changes))


def campaign(key: int = 3, **changes: Any) -> p.CampaignView:
    facts: dict[str, Any] = {
        "id": key, "name": "November debts", "state": "running", "size": 50,
        "ledger": {"not_tried": 18, "waiting_until": 9, "being_tried": 2,
                   "reached_in_person": 8, "promised": 6, "refused": 1, "wrong_number": 2,
                   "exhausted": 3, "not_callable": 1},
        "attempts": 37, "lines": 2, "why": "Dialling 2: two operators are ready.",
        "started_at": ago(3600), "ended_at": None}
    return p.CampaignView(**(facts | changes))


CATALOGUE = p.Catalogue(
    company="Volga Energy", currency="RUB", time_zone="Europe/Moscow",
    pause_reasons=[p.Choice(id=key, name=key.title())
                   for key in ("break", "lunch", "meeting", "training")],
    request_types=[FORM],
    queues=[p.Choice(id="billing", name="Billing"), p.Choice(id="outages", name="Outages"),
            p.Choice(id="collection", name="Collection")],
    groups=[p.Choice(id="billing", name="Billing"), p.Choice(id="metering", name="Metering")])


def me(**changes: Any) -> p.Me:
    facts: dict[str, Any] = {
        "id": "101", "login": "anna", "name": "Anna Petrova", "roles": ["operator"],
        "groups": ["billing", "metering"], "queues": ["billing", "outages", "collection"],
        "locale": "en", "phone": None}
    return p.Me(**(facts | changes))


SOFIA = me(id="109", login="sofia", name="Sofia Lebedeva", roles=["supervisor"], queues=[])
QUEUES = [queue("billing", "Billing", 65, 12, 4), queue("outages", "Outages", ready=4),
          queue("collection", "Collection", 9)]
COLLEAGUES = [
    operator(),
    operator("102", "Boris Orlov", state="talking", since=ago(60), call="main-9",
             with_whom="Ivanov I. I."),
    operator("103", "Vera Smirnova", state="wrap_up", since=ago(21)),
    operator("104", "Gleb Volkov", state="paused", reason="lunch", since=ago(1260)),
    operator("105", "Daria Belova", state="offered", since=ago(4), with_whom="+7 916 000-00-01"),
    operator("106", "Egor Sokolov", state="offline", phone="", registered=False)]
