"""The form that others put on their pages, and the pages of documents.

Whoever sends the form has no session and no cookie, so there is nothing another site could misuse;
what it carries instead is a sealed moment: forms filled in too fast or too late are refused.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from secrets import token_hex

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crm_store import phones, request_matters, requests
from crm_store.base import JSON, Tx
from crm_store.card_numbers import masked
from cti.secrets import derive
from workstation.actions.requests import carried, seen
from workstation.desk import Desk
from workstation.requests import carrying, forms
from workstation.requests.carrying import Filing
from workstation.requests.house import Told
from workstation.requests.kinds import said
from workstation.requests.settings import WebForm
from workstation.web.security import DESK, HEADERS, signed_in

FOLDER = Path(__file__).parent / "templates"
BODY_LIMIT = 32 * 1024
HOUR = timedelta(hours=1)
STANDS = timedelta(hours=4)             # a form that was opened and left
SENDERS = 50_000                        # addresses remembered at most
_FIELDS = ("type", "name", "contact", "account", "text")
_MAIL = re.compile(r"^[^@\s<>,;:\"]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}$")


class FormRefused(Exception):
    """What was sent is not taken; the message is the code of the reason."""


@dataclass(slots=True)
class Rate:
    """How many forms came within the hour, from each address and in all. Nothing else is kept."""
    of: dict[str, deque[datetime]] = field(default_factory=dict)
    all: deque[datetime] = field(default_factory=deque)

    def admit(self, sender: str, rule: WebForm, now: datetime) -> bool:
        if len(self.of) >= SENDERS:
            self.of = {one: times for one, times in self.of.items()
                       if times and times[-1] > now - HOUR}
        own = self.of.setdefault(sender, deque())
        for times in (own, self.all):
            while times and times[0] <= now - HOUR:
                times.popleft()
        if len(own) >= rule.an_hour or len(self.all) >= rule.in_all_an_hour:
            return False
        own.append(now)
        self.all.append(now)
        return True


RATE: web.AppKey[Rate] = web.AppKey("form_rate", Rate)
USED: web.AppKey[dict[str, datetime]] = web.AppKey("form_used", dict)


def add_routes(app: web.Application) -> None:
    app[RATE], app[USED] = Rate(), {}
    app.router.add_get("/form", show)
    app.router.add_post("/form", take)
    app.router.add_get("/paper.css", style)
    app.router.add_get("/documents/{id}", paper)


async def show(request: web.Request) -> web.StreamResponse:
    return _page(request, {}, "")


async def take(request: web.Request) -> web.StreamResponse:
    desk = request.app[DESK]
    _on(desk)
    if (request.content_length or 0) > BODY_LIMIT:
        raise web.HTTPRequestEntityTooLarge(max_size=BODY_LIMIT, actual_size=BODY_LIMIT + 1)
    sent = {name: str(value) for name, value in (await request.post()).items()}
    try:
        check(request, sent)
        number = await _filed(desk, sent)
    except FormRefused as exc:
        status = 429 if str(exc) == "too_many" else 422
        return _page(request, sent, str(exc), status=status)
    return _page(request, {}, "", number=number, status=201)


def _on(desk: Desk) -> None:
    if not desk.settings.requests.web_form.on:
        raise web.HTTPNotFound


def check(request: web.Request, sent: Mapping[str, str]) -> None:
    """Raises FormRefused: by a machine, too fast, too late, sent twice, too many."""
    desk, rule = request.app[DESK], request.app[DESK].settings.requests.web_form
    now = desk.clock()
    if sent.get("website"):                     # nobody sees this field
        raise FormRefused("refused")
    opened_at = _opened_at(desk, sent.get("seal", ""))
    if opened_at is None or not timedelta(seconds=rule.seconds) <= now - opened_at <= STANDS:
        raise FormRefused("again")
    used = request.app[USED]
    for seal in [one for one, at in used.items() if at < now - STANDS]:
        del used[seal]
    if sent["seal"] in used:
        raise FormRefused("twice")
    if not request.app[RATE].admit(request.remote or "", rule, now):
        raise FormRefused("too_many")
    used[sent["seal"]] = now


async def _filed(desk: Desk, sent: Mapping[str, str]) -> int:
    """The number it got. Raises FormRefused."""
    kind = desk.kinds.get(sent.get("type", ""))
    text, contact = sent.get("text", "").strip(), sent.get("contact", "").strip()
    if kind is None or not kind.public:
        raise FormRefused("type")
    if not 3 <= len(text) <= forms.TEXT_LIMIT:
        raise FormRefused("text")
    phone = phones.normalise(contact, region=desk.settings.company.region).e164
    reach = contact.lower() if _MAIL.match(contact) else phone
    if reach is None:
        raise FormRefused("contact")
    account, name = sent.get("account", "").strip()[:40], sent.get("name", "").strip()[:120]
    words = masked(f"{name}: {text}" if name else text)
    form: dict[str, JSON] = forms.fitting(kind, {
        "account": account, "comment": words, "text": words, "reason": words,
        "address": words[:200]})

    async def filed(tx: Tx, told: Told) -> requests.RequestRow:
        client_id = await _client_of(tx, reach, account)
        return await carrying.file(tx, desk.house, Filing(
            type=kind.id, form=form, by="client", at=desk.clock(), channel="web",
            client_id=client_id, contact=reach, joins=True), told)
    return (await carried(desk, filed)).id


async def _client_of(tx: Tx, reach: str, account: str) -> int | None:
    """Who reads mail there or has this number, if it is one; else whose account it is: he said
    so himself, and whoever answers sees how he was reached."""
    if "@" in reach:
        found = await request_matters.by_email(tx, reach)
    else:
        found = await request_matters.by_phone(tx, reach)
    if len(found) == 1:
        return found[0]
    owner = await request_matters.by_account(tx, account) if account else None
    return owner if not found or owner in found else None


# ── the seal ─────────────────────────────────────────────────────────────────────────────────
def seal(desk: Desk) -> str:
    said = f"{int(desk.clock().timestamp())}.{token_hex(8)}"
    return f"{said}.{_mark(desk, said)}"


def _opened_at(desk: Desk, text: str) -> datetime | None:
    said, _, mark = text.rpartition(".")
    if not said.isascii() or not hmac.compare_digest(mark.encode(), _mark(desk, said).encode()):
        return None
    return datetime.fromtimestamp(int(said.partition(".")[0]), desk.clock().tzinfo)


def _mark(desk: Desk, said: str) -> str:
    key = derive(desk.secret, "web-form").encode()
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:32]


# ── pages ────────────────────────────────────────────────────────────────────────────────────
def _page(request: web.Request, sent: Mapping[str, str], problem: str, *,
          number: int | None = None, status: int = 200) -> web.Response:
    desk = request.app[DESK]
    _on(desk)
    wanted = request.query.get("lang", sent.get("lang", desk.settings.company.language))
    language = wanted if wanted in ("en", "ru") else "en"
    types = [(kind.id, said(kind.title, language)) for kind in desk.kinds.values() if kind.public]
    page = environment().get_template("form.html").render(
        language=language, company=desk.settings.company.name, types=types,
        sent={name: sent.get(name, "") for name in _FIELDS},
        seal=seal(desk), words=_WORDS[language], number=number,
        problem=_WORDS[language].get(f"problem_{problem}", "") if problem else "")
    return web.Response(text=page, content_type="text/html", status=status, headers=framed(desk))


def framed(desk: Desk) -> dict[str, str]:
    """Pages that others may frame, and which."""
    origins = " ".join(desk.settings.requests.web_form.origins) or "'none'"
    policy = HEADERS["Content-Security-Policy"].replace(
        "frame-ancestors 'none'", f"frame-ancestors {origins}")
    return {"Content-Security-Policy": policy, "Cache-Control": "no-store"}


async def paper(request: web.Request) -> web.StreamResponse:
    """A document as it was made, for those who may see its request; the browser prints it."""
    desk, person = request.app[DESK], (await signed_in(request)).person
    text = request.match_info["id"]
    if not text.isdecimal() or len(text) > 18:
        raise web.HTTPNotFound
    async with desk.store.read() as tx:
        found = await requests.document(tx, int(text))
        await seen(tx, person, found.request_id)
    return web.Response(text=found.html, content_type="text/html")


async def style(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(FOLDER / "paper.css", headers={"Cache-Control": "max-age=3600"})


@lru_cache(maxsize=1)
def environment() -> Environment:
    return Environment(loader=FileSystemLoader(FOLDER), autoescape=True,
                       undefined=StrictUndefined)


_WORDS = {
    "en": {"title": "Write to us", "type": "What is it about", "name": "Your name",
           "contact": "E-mail or telephone", "account": "Account, if you know it",
           "text": "Tell us", "send": "Send", "thanks": "Thank you. Your request is number",
           "leave": "Leave this empty", "again": "Write another",
           "problem_refused": "This cannot be sent.", "problem_again": "Please send it once more.",
           "problem_twice": "This has been sent already.",
           "problem_too_many": "Too many were sent. Please try again in an hour, or call us.",
           "problem_type": "Please choose what it is about.",
           "problem_text": "Please tell us in a few words.",
           "problem_contact": "Please give an e-mail address or a telephone number."},
    "ru": {"title": "Напишите нам", "type": "О чём вы пишете", "name": "Ваше имя",
           "contact": "Почта или телефон", "account": "Лицевой счёт, если помните",
           "text": "Расскажите", "send": "Отправить",
           "thanks": "Спасибо. Номер вашего обращения", "leave": "Оставьте пустым",
           "again": "Написать ещё",
           "problem_refused": "Это нельзя отправить.",
           "problem_again": "Отправьте, пожалуйста, ещё раз.",
           "problem_twice": "Это уже отправлено.",
           "problem_too_many": "Слишком много сообщений. Попробуйте через час или позвоните.",
           "problem_type": "Выберите, о чём вы пишете.",
           "problem_text": "Расскажите в нескольких словах.",
           "problem_contact": "Укажите почту или телефон."},
}
