"""`/form/call-back`, to be framed by pages of others: a place in line, without a call.

The number is shown as we understood it and confirmed by a second press; the limits are those of
the form beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from crm_store import callbacks, clients, phones
from workstation.desk import Desk
from workstation.web import form
from workstation.web.form import FormRefused
from workstation.web.security import DESK


def add_routes(app: web.Application) -> None:
    app.router.add_get("/form/call-back", show)
    app.router.add_post("/form/call-back", take)


async def show(request: web.Request) -> web.StreamResponse:
    return _page(request)


async def take(request: web.Request) -> web.StreamResponse:
    desk = request.app[DESK]
    _on(desk)
    if (request.content_length or 0) > form.BODY_LIMIT:
        raise web.HTTPRequestEntityTooLarge(
            max_size=form.BODY_LIMIT, actual_size=form.BODY_LIMIT + 1)
    sent = {name: str(value) for name, value in (await request.post()).items()}
    try:
        form.check(request, sent)
        number = _number(desk, sent)
    except FormRefused as exc:
        status = 429 if str(exc) == "too_many" else 422
        return _page(request, problem=str(exc), contact=sent.get("contact", ""), status=status)
    if sent.get("confirmed") != number:
        return _page(request, number=number)
    await _ask(desk, number, _language(request))
    return _page(request, number=number, is_kept=True, status=201)


def _on(desk: Desk) -> None:
    settings = desk.settings
    if not settings.requests.web_form.on or not settings.call_back.on or (
            not settings.call_back.web_queue):
        raise web.HTTPNotFound


def _number(desk: Desk, sent: Mapping[str, str]) -> str:
    """Raises FormRefused."""
    region = desk.settings.company.region
    number = phones.normalise(sent.get("contact", ""), region=region).e164
    if number is None or not phones.can_be_called(number, region=region):
        raise FormRefused("contact")
    return number


async def _ask(desk: Desk, number: str, language: str) -> None:
    settings, now = desk.settings, desk.clock()
    entry = next((one for one in settings.entry if one.queue == settings.call_back.web_queue),
                 settings.entry[0])
    async with desk.store.begin() as tx:
        await callbacks.ask(tx, callbacks.Asked(
            queue=settings.call_back.web_queue, entry=entry.number.removeprefix("+"),
            number=number, client_id=clients.likeliest(await clients.candidates(tx, number)),
            call_id=None, source="web", language=language, arrived_at=now, at=now))


def _language(request: web.Request) -> str:
    wanted = request.query.get("lang", request.app[DESK].settings.company.language)
    return wanted if wanted in _WORDS else "en"


def _page(request: web.Request, *, number: str = "", contact: str = "", problem: str = "",
          is_kept: bool = False, status: int = 200) -> web.Response:
    desk, language = request.app[DESK], _language(request)
    _on(desk)
    words = _WORDS[language]
    page = form.environment().get_template("call_back.html").render(
        language=language, company=desk.settings.company.name, words=words, number=number,
        contact=contact, kept=is_kept, seal=form.seal(desk),
        problem=words.get(f"problem_{problem}", "") if problem else "")
    return web.Response(text=page, content_type="text/html", status=status,
                        headers=form.framed(desk))


_WORDS = {
    "en": {"title": "We call you back", "contact": "Your telephone number", "send": "Go on",
           "confirm": "We call this number when it is your turn:", "yes": "Yes, call me",
           "no": "Another number", "leave": "Leave this empty",
           "kept": "Thank you. You have a place in line, and we will call",
           "problem_refused": "This cannot be sent.", "problem_again": "Please send it once more.",
           "problem_twice": "This has been sent already.",
           "problem_too_many": "Too many were sent. Please try again in an hour, or call us.",
           "problem_contact": "Please give a telephone number that we can call."},
    "ru": {"title": "Мы вам перезвоним", "contact": "Ваш телефон", "send": "Далее",
           "confirm": "Мы позвоним по этому номеру, когда подойдёт ваша очередь:",
           "yes": "Да, позвоните", "no": "Другой номер", "leave": "Оставьте пустым",
           "kept": "Спасибо. Вы в очереди, мы позвоним по номеру",
           "problem_refused": "Это нельзя отправить.",
           "problem_again": "Отправьте, пожалуйста, ещё раз.",
           "problem_twice": "Это уже отправлено.",
           "problem_too_many": "Слишком много сообщений. Попробуйте через час или позвоните.",
           "problem_contact": "Укажите номер, по которому можно позвонить."},
}
