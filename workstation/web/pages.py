"""The pages themselves: sign-in, and the one live page; their built files and texts."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path

import jinja2
from aiohttp import web

from workstation import texts
from workstation.accounts import demo_password
from workstation.build import build_id
from workstation.desk import Desk
from workstation.errors import NotThere, Refused
from workstation.policy import Who, may
from workstation.web.security import DESK, is_own_host, session_of

HERE = Path(__file__).parent
BUILT = HERE / "static" / "built"
FOR_EVER = "public, max-age=31536000, immutable"


async def front(request: web.Request) -> web.StreamResponse:
    """`/`: the sign-in page, or straight to the live page of who is signed in."""
    session = await session_of(request)
    if session is not None:
        raise web.HTTPFound(_first(session.person.role))
    desk = request.app[DESK]
    locale = _locale(request, desk)
    return _page("sign_in.html", desk, locale,
                 demo=_sign_ins(desk) if is_own_host(request) else [])


async def live(request: web.Request) -> web.StreamResponse:
    """`/desk` and `/floor`: the same page; it asks `/live` for everything."""
    session = await session_of(request)
    if session is None:
        raise web.HTTPFound("/")
    person = session.person
    if person.role == "manager":
        raise web.HTTPFound("/today")
    desk = request.app[DESK]
    locale = _chosen(request) or person.locale
    return _page("live.html", desk, locale, person=person, layout=request.path.strip("/"))


async def today(request: web.Request) -> web.StreamResponse:
    """`/today`: a manager's page, for his phone."""
    session = await session_of(request)
    if session is None or not may(session.person, Who.MANAGERS):
        raise web.HTTPFound("/")
    locale = _chosen(request) or session.person.locale
    return _page("today.html", request.app[DESK], locale)


def _first(role: str) -> str:
    return {"operator": "/desk", "manager": "/today"}.get(role, "/floor")


def bare(request: web.Request, template: str) -> web.Response:
    """A page that is the same for everybody, signed in or not."""
    desk = request.app[DESK]
    return _page(template, desk, _locale(request, desk))


async def built(request: web.Request) -> web.StreamResponse:
    """`/static/…`: names hold a hash of the content, so browsers may keep them."""
    path = BUILT / request.match_info["name"]
    if path.parent != BUILT or not path.is_file():
        raise NotThere("file")
    return web.FileResponse(path, headers={"Cache-Control": FOR_EVER})


async def catalogue(request: web.Request) -> web.StreamResponse:
    """`/texts/en.<hash>.json`."""
    locale, _, rest = request.match_info["name"].partition(".")
    if locale not in texts.LOCALES or not rest.endswith("json"):
        raise NotThere("language")
    return web.Response(body=_texts(locale), content_type="application/json", charset="utf-8",
                        headers={"Cache-Control": FOR_EVER})


def texts_url(locale: str) -> str:
    return f"/texts/{locale}.{hashlib.sha256(_texts(locale)).hexdigest()[:12]}.json"


def _locales() -> list[dict[str, str]]:
    """Every language: id, its own name, and where its texts are."""
    return [{"id": locale, "name": name, "texts": texts_url(locale)}
            for locale, name in texts.LOCALES.items()]


@functools.cache
def _texts(locale: str) -> bytes:
    """Whole: what the language lacks is there in English."""
    return json.dumps(dict(texts.load(locale)), ensure_ascii=False).encode()


def _page(template: str, desk: Desk, locale: str, **facts: object) -> web.Response:
    body = _templates().get_template(template).render(
        locale=locale, t=texts.translator(locale), company=desk.settings.company.name,
        asset=functools.partial(_asset, _assets()), build=build_id(), locales=_locales(), **facts)
    return web.Response(text=body, content_type="text/html", charset="utf-8",
                        headers={"Cache-Control": "no-store"})


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(loader=jinja2.FileSystemLoader(HERE / "templates"),
                              autoescape=True, undefined=jinja2.StrictUndefined)


def _assets() -> dict[str, str]:
    """`live.js` → its built file's name. Raises Refused until `make ui` has run."""
    try:
        named: dict[str, str] = json.loads((BUILT / "manifest.json").read_text())
    except (OSError, ValueError) as exc:
        raise Refused("not_built", "The pages are not built: run make ui.", "", 503) from exc
    return named


def _asset(assets: dict[str, str], name: str) -> str:
    return f"/static/{assets[name]}"


def _locale(request: web.Request, desk: Desk) -> str:
    """What was chosen here, else what the browser prefers among ours, else the company's."""
    if chosen := _chosen(request):
        return chosen
    if (asked := request.query.get("lang", "")) in texts.LOCALES:
        return asked
    for part in request.headers.get("Accept-Language", "").split(","):
        locale = part.partition(";")[0].strip()[:2].lower()
        if locale in texts.LOCALES:
            return locale
    return desk.settings.company.language


def _chosen(request: web.Request) -> str | None:
    """The language somebody chose in this browser."""
    locale = request.cookies.get("deskline_locale", "")
    return locale if locale in texts.LOCALES else None


def _sign_ins(desk: Desk) -> list[dict[str, str]]:
    """The sample people, when the settings say that the page shows them."""
    if not desk.settings.server.demo_sign_ins:
        return []
    return [{"login": known.login, "name": known.name, "role": known.role,
             "password": demo_password(desk.secret, known.login)}
            for known in desk.settings.operator]
