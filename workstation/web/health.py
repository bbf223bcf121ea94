"""`/healthz`: the process lives. `/readyz`: it can serve, and what is amiss. `/metrics`."""

from __future__ import annotations

import asyncio

import prometheus_client
from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, ProcessCollector

from crm_store import staff
from crm_store.errors import StoreError
from workstation.board import encode
from workstation.desk import Desk
from workstation.web.security import DESK

READY_LIMIT_S = 3.0


async def healthz(request: web.Request) -> web.StreamResponse:
    return web.Response(text="alive\n")


async def readyz(request: web.Request) -> web.StreamResponse:
    """503 without a database; without Asterisk we still serve and say so."""
    desk = request.app[DESK]
    database = await _database(desk)
    facts = {"ready": not database, "database": database or "reached",
             "asterisk": _word(desk.link_is_up()),
             "trouble": desk.trouble() or "", "journal": _failing(desk) or "written"}
    if not desk.sites.is_one:
        facts["asterisks"] = {site.name: _word(site.engine.link_is_up()) for site in desk.sites}
    return web.Response(body=encode(facts), status=503 if database else 200,
                        content_type="application/json")


def _word(is_up: bool) -> str:
    return "linked" if is_up else "away"


def _failing(desk: Desk) -> str:
    """Why calls are not written, "" when they are."""
    return next((site.journal.failing for site in desk.sites if site.journal.failing), "")


async def metrics(request: web.Request) -> web.StreamResponse:
    body = prometheus_client.generate_latest(_figures(request.app[DESK]))
    return web.Response(body=body, headers={
        "Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


async def _database(desk: Desk) -> str:
    """What is wrong with it, or ""."""
    try:
        async with asyncio.timeout(READY_LIMIT_S), desk.store.read() as tx:
            await staff.by_login(tx, "")
    except (StoreError, TimeoutError) as exc:
        return str(exc) or "no answer in time"
    return ""


def _figures(desk: Desk) -> CollectorRegistry:
    """Made anew for each scrape from what is live, so nothing has to be kept up."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    states = Gauge("deskline_operators", "Operators by state.", ["state"], registry=registry)
    for state in ("offline", "ready", "offered", "talking", "wrap_up", "paused"):
        states.labels(state).set(sum(operator.state == state
                                     for operator in desk.floor.operators.values()))
    waiting = Gauge("deskline_waiting", "Callers waiting by queue.", ["queue"],
                    registry=registry)
    for queue in desk.settings.queue:
        line = desk.floor.queues.get(queue.id)
        waiting.labels(queue.id).set(len(line.waiting) if line else 0)
    plain = {"deskline_calls": ("Live calls.", len(desk.floor.calls)),
             "deskline_screens": ("Connected screens.", len(desk.board.screens())),
             "deskline_journal_failing": ("1 while it cannot write.", int(bool(_failing(desk))))}
    _of_links(desk, registry)
    for name, (says, value) in plain.items():
        Gauge(name, says, registry=registry).set(value)
    pops = Gauge("deskline_pop_seconds", "Asterisk's event to the operator's screens, the newest "
                 "10,000.", ["quantile"], registry=registry)
    took = sorted(desk.pops.took_s)
    for share in (0.5, 0.99) if took else ():
        pops.labels(str(share)).set(took[min(len(took) - 1, int(len(took) * share))])
    return registry


def _of_links(desk: Desk, registry: CollectorRegistry) -> None:
    """By Asterisk where there are several."""
    labels = [] if desk.sites.is_one else ["pbx"]
    up = Gauge("deskline_link_up", "1 when Asterisk is linked.", labels, registry=registry)
    lag = Gauge("deskline_reader_lag_seconds", "Age of Asterisk's newest event when it was read.",
                labels, registry=registry)
    for site in desk.sites:
        for gauge, value in ((up, float(site.engine.link_is_up())), (lag, site.engine.lag_s())):
            (gauge.labels(site.name) if labels else gauge).set(value)
