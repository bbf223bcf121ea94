"""Stories for the stage: whole pictures of a contact centre, made of the protocol's own values."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from workstation import protocol as p

LONG_NOTE = ("Asked about the March invoice; was told that the correction of 9 November is right. "
             "Will send a photo of the meter by Friday.")


def moment(seconds: float = 0) -> str:
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclasses.dataclass
class Story:
    me: p.Me
    views: dict[str, dict[str, Any]]
    replies: dict[str, Any] = dataclasses.field(default_factory=dict)
    sign_ins: list[dict[str, str]] = dataclasses.field(default_factory=list)
    build: str = "test"

    def snapshot(self) -> p.Snapshot:
        return p.Snapshot(seq=0, now=moment(), build=self.build, session="", csrf="x", me=self.me,
                          catalogue=CATALOGUE, views=self.views)

    def with_views(self, **views: Mapping[str, msgspec.Struct]) -> Story:
        return dataclasses.replace(
            self, views={**self.views, **{name: dict(shelf) for name, shelf in views.items()}})


def field(name: str, label: str, kind: Any, *, required: bool = False, value: str = "",
          choices: list[list[str]] | None = None) -> p.FormFieldView:
    return p.FormFieldView(name=name, label=label, kind=kind, required=required,
                           choices=choices or [], value=value)


def dispute(account: str = "", meter: str = "", billed: str = "") -> p.FormView:
    return p.FormView(type="meter_dispute", title="Meter reading dispute", fields=[
        field("account", "Account", "account", required=True, value=account),
        field("meter", "Meter", "meter", required=True, value=meter),
        field("billed_reading", "Reading on the bill", "number", required=True, value=billed),
        field("client_reading", "Reading on the meter", "number", required=True),
        field("seen_on", "Read on", "date", value=moment()[:10]),
        field("reason", "What the client says", "choice", required=True, choices=[
            ["misread", "It was misread"], ["estimated", "The bill is an estimate"],
            ["broken", "The meter is broken"], ["not_mine", "It is not my meter"]]),
        field("comment", "Comment", "text")])


CATALOGUE = p.Catalogue(
    company="Volga Energy", currency="RUB", time_zone="Europe/Moscow",
    pause_reasons=[p.Choice(id=reason, name=reason)
                   for reason in ("break", "lunch", "meeting", "training")],
    request_types=[dispute()],
    queues=[p.Choice(id="billing", name="Billing"), p.Choice(id="outages", name="Outages"),
            p.Choice(id="collection", name="Collection")],
    groups=[p.Choice(id="billing", name="Billing"), p.Choice(id="metering", name="Metering")])

OUTCOMES = [
    p.DispositionView(id="resolved", name="Resolved", needs_note=False),
    p.DispositionView(id="request", name="Request filed", needs_note=False),
    p.DispositionView(id="call_back", name="Call back", needs_note=False),
    p.DispositionView(id="wrong_number", name="Wrong number", needs_note=False),
    p.DispositionView(id="other", name="Other", needs_note=True)]

NO_DRAFT = p.DraftView(version=0, note="", disposition=None, form_type=None, form={},
                       saved_at=None)


# ── people and queues ────────────────────────────────────────────────────────────────────────
def me(roles: tuple[str, ...] = ("operator",)) -> p.Me:
    return p.Me(id="101", login="anna", name="Anna Petrova", roles=list(roles),
                groups=["billing", "metering"], queues=["billing", "outages", "collection"],
                locale="en", phone=None)


def operator(name: str = "Anna Petrova", number: str = "101", state: Any = "ready",
             since: float = -192, whom: str = "", reason: str = "", calls: int = 14,
             talked: float = 3720, registered: bool = True) -> p.OperatorView:
    return p.OperatorView(
        id=number, name=name, state=state, since=moment(since), reason=reason, queues=["billing"],
        phone="desk" if state != "offline" else "", registered=registered, call=None,
        with_whom=whom, calls_today=calls, talked_today_s=talked)


def queue(number: str, name: str, waits: tuple[tuple[str, str, float], ...] = (),
          day: tuple[int, int, int] = (92, 4, 84), staff: tuple[int, int, int] = (3, 4, 8),
          ) -> p.QueueView:
    """`day`: answered, abandoned, in time; `staff`: ready, talking, signed in."""
    return p.QueueView(
        id=number, name=name, waiting=[
            p.WaitingView(call=f"w{index}", number=phone, name=who, since=moment(-since))
            for index, (phone, who, since) in enumerate(waits)],
        ready=staff[0], talking=staff[1], signed_in=staff[2], answered_today=day[0],
        abandoned_today=day[1], in_time_today=day[2], service_level_s=20)


def queues() -> dict[str, p.QueueView]:
    return {
        "billing": queue("billing", "Billing", (
            ("+7 495 123-45-67", "Sokolova N.", 65), ("+7 916 555-01-44", "", 31),
            ("+7 903 210-77-08", "OOO Vektor", 9), ("", "", 4))),
        "outages": queue("outages", "Outages", day=(31, 6, 21), staff=(1, 1, 3)),
        "collection": queue("collection", "Collection", (("+7 926 700-12-12", "Gromov A.", 6),),
                            day=(0, 0, 0), staff=(2, 3, 5))}


# ── a client ─────────────────────────────────────────────────────────────────────────────────
def card(*, masked: bool = False) -> p.CardView:
    meter = p.MeterView(number="SE-304 118 552", last_reading=10482, last_read_at="2026-11-02")
    second = p.MeterView(number="SE-304 118 553", last_reading=None, last_read_at=None)
    return p.CardView(
        client_id=4812, kind="person", name="Ivanov Ivan Ivanovich", language="ru",
        flags=["debtor"], tags=["two-tariff meter", "paper invoice"], phones=[
            p.PhoneView(e164="+74951234567", label="+7 495 123-45-67", source="billing",
                        confirmed_at=moment(-86400 * 24), confirmed_by="Boris Orlov"),
            p.PhoneView(e164="+79161112233", label="+7 916 111-22-33", source="import",
                        confirmed_at=None, confirmed_by=None)],
        accounts=[
            p.AccountView(id=1, number="40 118 552-7", address="Samara, Lesnaya 14, flat 36",
                          balance_minor=0 if masked else -481250, currency="RUB",
                          meters=[meter, second]),
            p.AccountView(id=2, number="40 118 910-3", address="Samara region, Berezovka, plot 8",
                          balance_minor=0 if masked else 12000, currency="RUB", meters=[])],
        debt_minor=0 if masked else 481250, debt_since=None if masked else "2026-08-10",
        currency="RUB", masked=masked, others_on_number=[
            p.CandidateView(client_id=4813, name="Ivanova Maria Petrovna", reasons=[
                p.ReasonView(kind="shared", text="")])])


def timeline() -> list[p.TimelineView]:
    day = 86400.0

    def item(kind: str, ago: float, **facts: Any) -> p.TimelineView:
        return p.TimelineView(key=f"{kind}:{ago}", kind=kind, at=moment(-ago), facts=facts)

    return [
        item("call", 9000, direction="in", queue="Billing", operator="Boris Orlov", talked_s=190,
             waited_s=22, outcome="answered", disposition="resolved", note=LONG_NOTE),
        item("attempt", day, campaign="November debtors", outcome="no_answer"),
        item("invoice", 13 * day, number="118552/11", amount_minor=124000, currency="RUB",
             corrected=151200),
        item("call", 14 * day, direction="in", queue="Outages", outcome="abandoned", talked_s=0),
        item("reading", 20 * day, meter="SE-304 118 552", value=10482, source="phone"),
        item("payment", 22 * day, amount_minor=90000, currency="RUB", method="bank"),
        item("request", 25 * day, number="812", title="Meter reading dispute", stage="done"),
        item("note", 40 * day, text="Prefers to be called after 18:00.", by="Vera Smirnova"),
        item("call", 41 * day, direction="out", queue="Collection", operator="Vera Smirnova",
             talked_s=95, outcome="answered", disposition="promised"),
        item("invoice", 43 * day, number="118552/10", amount_minor=131900, currency="RUB"),
        item("payment", 52 * day, amount_minor=131900, currency="RUB", method="card"),
        item("invoice", 420 * day, number="118552/09", amount_minor=98010, currency="RUB")]


def conversation(**changes: Any) -> p.ConversationView:
    plain = p.ConversationView(
        id=900, call="c900", operator="101", state="ringing", direction="in",
        number="+74951234567", number_label="+7 495 123-45-67", caller_name="IVANOV I",
        queue="billing", queue_name="Billing", campaign="",
        menu_path=["main:greet", "main:choose", "main:billing"], waited_s=42,
        offered_at=moment(-4), answered_at=None, ended_at=None, wrap_up_until=None,
        candidates=[], client_id=4812, identity="unknown", card=card(), timeline=timeline(),
        timeline_cursor="next", draft=NO_DRAFT,
        form=dispute("40 118 552-7", "SE-304 118 552", "10482"), dispositions=OUTCOMES, notice="")
    return replace(plain, **changes)


def talking(**changes: Any) -> p.ConversationView:
    draft = p.DraftView(version=3, note="Reads 10 512 on the meter, the bill says 10 482.",
                        disposition=None, form_type="meter_dispute",
                        form={"client_reading": "10512"}, saved_at=moment(-4))
    return conversation(**{"state": "talking", "offered_at": moment(-141),
                           "answered_at": moment(-135), "draft": draft, **changes})


def wrapping_up(**changes: Any) -> p.ConversationView:
    draft = p.DraftView(version=8, note=LONG_NOTE, disposition="resolved", form_type=None, form={},
                        saved_at=moment(-2))
    return conversation(**{"state": "wrap_up", "offered_at": moment(-320),
                           "answered_at": moment(-310), "ended_at": moment(-8),
                           "wrap_up_until": moment(37), "extensions_left": 3,
                           "identity": "confirmed", "draft": draft,
                           **changes})


def unknown(**changes: Any) -> p.ConversationView:
    return conversation(**{
        "card": None, "client_id": None, "form": None, "caller_name": "<b>Mallory</b>",
        "number": "+79265550188", "number_label": "+7 926 555-01-88",
        "timeline": [item for item in timeline() if item.kind == "call"][:2],
        "timeline_cursor": None, **changes})


def ambiguous(**changes: Any) -> p.ConversationView:
    def candidate(number: int, name: str, *reasons: tuple[str, str]) -> p.CandidateView:
        return p.CandidateView(client_id=number, name=name, reasons=[
            p.ReasonView(kind=kind, text=text) for kind, text in reasons])

    return conversation(**{
        "card": None, "client_id": None, "form": None, "timeline": [], "timeline_cursor": None,
        "candidates": [
            candidate(4812, "Ivanov Ivan Ivanovich", ("called", "3"), ("primary", "")),
            candidate(4813, "Ivanova Maria Petrovna", ("confirmed", "Boris Orlov 2026-10-29")),
            candidate(5002, "OOO Lesnaya-14 housing cooperative", ("source", "import"))],
        **changes})


# ── whole pictures ───────────────────────────────────────────────────────────────────────────
def desk(one: p.ConversationView | None, state: Any, since: float = -135, *,
         others: tuple[p.ConversationView, ...] = ()) -> Story:
    """An operator's page: his state, one conversation (and others below it)."""
    all_of_them = [view for view in (one, *others) if view is not None]
    return Story(
        me=me(), replies=dict(REPLIES), views={
            "operators": {"101": operator(state=state, since=since)}, "queues": queues(),
            "calls": {}, "conversations": {str(view.id): view for view in all_of_them},
            "requests": requests(), "campaigns": {}, "gaps": {}})


def requests() -> dict[str, p.RequestView]:
    rows = [("812", "Ivanov Ivan Ivanovich", "new", -5400, "billing"),
            ("819", "OOO Vektor", "in_work", 7300, "billing"),
            ("820", "Sokolova Nina Andreevna", "waiting_client", 90000, "metering"),
            ("824", "Petrov Gleb Olegovich", "new", 172000, "metering")]
    ways = {"new": ["in_work", "rejected"], "in_work": ["waiting_client", "done", "rejected"],
            "waiting_client": ["in_work", "done", "rejected"]}
    return {number: p.RequestView(
        id=int(number), number=number, type="meter_dispute", title="Meter reading dispute",
        client_id=4812, client_name=name, stage=stage, stages=ways[stage], group=group,
        operator="101" if stage == "in_work" else None, created_at=moment(-90000),
        due_at=moment(due), late=due < 0, fields={"account": "40 118 552-7", "reason": "misread"})
        for number, name, stage, due, group in rows}


NAMES = ("Anna Petrova", "Boris Orlov", "Vera Smirnova", "Gleb Volkov", "Daria Belova",
         "Egor Sokolov", "Zoya Morozova", "Ilya Kuznetsov", "Konstantin Aleksandrovsky",
         "Lidia Fedorova")
STATES: tuple[tuple[Any, float, str, str], ...] = (
    ("talking", -135, "Ivanov Ivan Ivanovich", ""), ("ready", -42, "", ""),
    ("offered", -4, "+7 916 555-01-44", ""), ("wrap_up", -21, "", ""),
    ("paused", -610, "", "lunch"), ("talking", -402, "OOO Vektor", ""), ("ready", -8, "", ""),
    ("offline", -7200, "", ""), ("talking", -55, "Gromov Artyom Sergeevich", ""),
    ("ready", -301, "", ""))


def floor() -> Story:
    """A supervisor's page: three queues, ten operators, live calls, campaigns, requests."""
    people = {str(101 + index): operator(
        name, str(101 + index), *STATES[index], calls=8 + index * 3, talked=1500 + index * 420,
        registered=index != 6) for index, name in enumerate(NAMES)}
    return Story(
        me=replace(me(("supervisor",)), id="120", name="Sofia Lebedeva"),
        replies=REPLIES | steering(),
        views={"operators": people, "queues": queues(), "calls": calls(),
               "conversations": {}, "requests": requests(), "campaigns": campaigns(), "gaps": {
                   "g1": p.GapView(id="g1", pbx="main", since=moment(-400), until=moment(-369),
                                   calls_lost=3, mended=2, unknown=1)}})


Part = tuple[str, float, str | None]


def call(name: str, parts: tuple[Part, ...], **changes: Any) -> p.CallView:
    """`parts`: kind and length of each segment in seconds, the last one runs."""
    total = sum(length for _, length, _ in parts)
    at, segments = -total, []
    for index, (kind, length, who) in enumerate(parts):
        last = index == len(parts) - 1
        segments.append(p.SegmentView(kind=kind, who=who, started_at=moment(at),
                                      ended_at=None if last else moment(at + length)))
        at += length
    state = {"menu": "menu", "waiting": "waiting", "ringing": "ringing", "talk": "talking",
             "hold": "held", "dialling": "dialling"}[parts[-1][0]]
    fields: dict[str, Any] = {
        "id": f"call-{name}-{total}", "direction": "in", "state": state,
        "number": "+7 495 123-45-67", "name": name, "client_id": None, "client_name": name,
        "queue": "billing", "operator": parts[-1][2], "since": moment(-parts[-1][1]),
        "started_at": moment(-total), "campaign": "", "segments": segments}
    return p.CallView(**{**fields, **changes})


def calls() -> dict[str, p.CallView]:
    rows = [
        call("Ivanov Ivan Ivanovich", (("menu", 22, None), ("waiting", 42, None),
                                       ("ringing", 6, "101"), ("talk", 135, "101"))),
        call("OOO Vektor", (("menu", 14, None), ("waiting", 8, None), ("ringing", 5, "106"),
                            ("talk", 180, "106"), ("hold", 62, "106"), ("talk", 55, "106"))),
        call("", (("menu", 17, None), ("waiting", 65, None)), number=""),
        call("", (("waiting", 26, None), ("ringing", 5, "103"))),
        call("Gromov Artyom Sergeevich", (("dialling", 11, None), ("talk", 55, "109")),
             direction="out", queue="collection", campaign="November debtors"),
        call("", (("dialling", 9, None),), direction="out", queue="collection",
             number="+7 903 444-10-10", campaign="November debtors"),
        call("Sokolova N.", (("menu", 6, None),), queue=None)]
    return {row.id: row for row in rows}


def campaigns() -> dict[str, p.CampaignView]:
    ledger = {"paid": 3, "promised": 7, "reached_in_person": 4, "refused": 2, "disputed": 1,
              "wrong_number": 2, "exhausted": 3, "not_callable": 2, "being_tried": 2,
              "waiting_until": 9, "not_tried": 15}
    return {
        "2": p.CampaignView(id=2, name="November debtors", state="running", size=50, ledger=ledger,
                            attempts=74, lines=2, why="dialling", started_at=moment(-5400),
                            ended_at=None),
        "3": p.CampaignView(id=3, name="Meter replacement notice", state="draft", size=120,
                            ledger={"not_tried": 120}, attempts=0, lines=0,
                            why="It has not been started.", started_at=None, ended_at=None),
        "1": p.CampaignView(id=1, name="October debtors", state="ended", size=40,
                            ledger={"paid": 12, "promised": 9, "reached_another": 3,
                                    "exhausted": 11, "not_callable": 4, "withdrawn": 1},
                            attempts=131, lines=0, why="Everybody on the list has a final state.",
                            started_at=moment(-86400 * 31), ended_at=moment(-86400 * 29))}


def _entries(args: dict[str, Any]) -> dict[str, Any]:
    rows = [("Ivanov Ivan Ivanovich", "promised", "promised", 2, None,
             "The operator chose “promised”."),
            ("Gromov Artyom Sergeevich", "being_tried", "dialling", 1, None,
             "Being dialled, or in conversation, or in the wrap-up after it."),
            ("Sokolova Nina Andreevna", "waiting_until", "no_answer", 1, moment(3600),
             "Nobody answered. Owed again from 2026-11-22 10:00:00 UTC."),
            ("OOO Vektor", "not_callable", "suppressed", 0, None,
             "A do-not-call mark is set: complaint."),
            ("Petrov Gleb Olegovich", "exhausted", "attempts_used_up", 4, None,
             "Every attempt is used up (4): +79031112233 busy ×2, no_answer, "
             "+79035556677 no_answer.")]
    return {"cursor": None, "entries": [
        {"client_id": index, "name": name, "state": state, "why": why, "since": moment(-900),
         "numbers": ["+79031112233", "+79035556677"][:1 + index // 4], "sentence": sentence,
         "attempts": attempts, "next_at": next_at}
        for index, (name, state, why, attempts, next_at, sentence) in enumerate(rows)
        if args["state"] in (None, state)]}


def _hits(args: dict[str, Any]) -> dict[str, Any]:
    names = ("Ivanov Ivan Ivanovich", "Ivanova Maria Petrovna", "Ivanchenko Pavel")
    found = [name for name in names if args["text"].casefold()[:4] in name.casefold()]
    return {"hits": [p.HitView(
        client_id=4812 + index, name=name, kind="person", why="name", marked=name,
        marks=[[0, len(args["text"])]], number="+74951234567", account=f"4001{index}",
        address="Samara, Lenina 5-12", field=None, request_id=None, similar=False)
        for index, name in enumerate(found)]}


def _card(args: dict[str, Any]) -> dict[str, Any]:
    shown = replace(card(), client_id=args["client_id"])
    return {"card": shown, "timeline": timeline(), "cursor": None}


REPLIES: dict[str, Any] = {
    "draft.save": lambda args: {"version": args["base"] + 1},
    "campaign.entries": _entries, "client.search": _hits, "client.card": _card,
    "client.timeline": {"items": [], "cursor": None},
    "conversation.new_client": {"client_id": 5100},
    "request.file": lambda args: {"id": 830, "number": "830", "group": "metering",
                                  "due_at": moment(172800)}}


def with_sign_ins() -> Story:
    """The sign-in page of a demo."""
    story = floor()
    story.sign_ins = [{"login": name.split()[0].lower(), "name": name, "role": "operator",
                       "password": "sample"} for name in NAMES[:6]]
    return story


def steering() -> dict[str, Any]:
    """What the server tells of campaign 2 when it is steered."""
    points = [{"at": f"2026-11-22T{8 + step // 6:02d}:{step % 6 * 10:02d}:00Z",
               "tried": min(50, step), "reached": min(31, step * 5 // 8)} for step in range(54)]
    days = [{"day": f"2026-11-{23 + step}", "dials": 60, "tried": min(45, 30 + 15 * step)}
            for step in range(5)]
    return {
        "campaign.progress": {
            "pacing": "progressive", "lines_max": 40, "tried": 46, "size": 50,
            "answered_today": 212, "dropped_today": 3, "cap": 0.02,
            "ends_at": "2026-11-23T11:40:00Z", "facts": {}, "points": points},
        "campaign.forecast": {
            "entries": 50, "impossible": 5, "because": [["limit", 3], ["no_number", 2]],
            "dials_per_hour": 420, "drop_share": 0.012, "talk_min_per_hour": 44.1, "days": days,
            "tried_on": "2026-11-24", "ends_on": "2026-11-27"}}
