"""The web application: pages, API, `/live`, `/sip`, health."""

from __future__ import annotations

from functools import cache

from aiohttp import web

from workstation.board import encode
from workstation.build import VERSION
from workstation.desk import Desk
from workstation.web import call_back_form, form, health, pages, resources, sip, sockets, wall
from workstation.web.routes import BODY_LIMIT, PREFIX, handler, openapi
from workstation.web.security import DESK, add_headers, guard


async def _end_readers(app: web.Application) -> None:
    await app[DESK].readers.close()


@cache      # for whoever asks: making it takes a tenth of a second
def description() -> bytes:
    return encode(openapi(resources.ROUTES, VERSION))


async def describe(_: web.Request) -> web.StreamResponse:
    return web.Response(body=description(), content_type="application/json")


def make_app(desk: Desk) -> web.Application:
    app = web.Application(middlewares=[guard], client_max_size=BODY_LIMIT)
    app[DESK] = desk
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(sockets.say_goodbye)
    app.on_shutdown.append(wall.end_all)
    app.on_cleanup.append(_end_readers)
    for route in resources.ROUTES:
        app.router.add_route(route.method, PREFIX + route.path, handler(route))
    app.router.add_get(f"{PREFIX}/openapi.json", describe)
    app.router.add_get(f"{PREFIX}/live", sockets.live)
    app.router.add_get("/live", sockets.live)
    app.router.add_get("/sip", sip.proxy)
    app.router.add_get("/", pages.front)
    app.router.add_get("/desk", pages.live)
    app.router.add_get("/floor", pages.live)
    app.router.add_get("/today", pages.today)
    app.router.add_get("/wall", wall.page)
    app.router.add_get("/wall/live", wall.live)
    app.router.add_get("/static/{name}", pages.built)
    app.router.add_get("/texts/{name}", pages.catalogue)
    form.add_routes(app)
    call_back_form.add_routes(app)
    app.router.add_get("/healthz", health.healthz)
    app.router.add_get("/readyz", health.readyz)
    app.router.add_get("/metrics", health.metrics)
    return app
