"""The menu server, wired: prompts, base, FastAGI."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from crm_store.store import Store
from cti.agi import AgiSession, Request, Script, serve
from ivr.enquiry import ATTEMPT, Caller
from ivr.flows import Enquiries
from ivr.house import Current
from ivr.line import TelephoneLine
from ivr.plan import IvrPlan
from ivr.routing.caller import TO_QUEUE, Coming, Routed, route
from ivr.routing.in_use import InUse
from ivr.session import NEXT, House, MenuSession
from ivr.speech import Progress

ROUTE = "menu"
STATEMENT_LIMIT_S = 5.0     # the caller does not wait that long, the base may
CLOSE_LIMIT_S = 5.0
FIRST_LOOK_S = 3.0          # a base that does not answer keeps nobody from being served

log = logging.getLogger(__name__)


async def run(
    plan: IvrPlan, *, progress: Progress | None = None,
    started: Callable[[int], None] | None = None,
) -> None:
    """Speak what is missing, then serve until cancelled; `started` is told the port.

    Until then calls find nobody here and go to their queue. Raises SpeechFailed, StoreError for
    an unusable URL, OSError where the port or the folder cannot be had.
    """
    store = Store(plan.store_url, limit_s=STATEMENT_LIMIT_S)
    current = Current(plan, store)
    routing = InUse(store, plan.routing, plan.routing_house)
    enquiries = Enquiries(store, region=plan.region, time_zone=plan.time_zone,
                          office=plan.office, hours=plan.hours)
    try:
        await current.build(progress)
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_LOOK_S):
                await current.look()
                await routing.look()
        async with enquiries, asyncio.TaskGroup() as group:
            routes = {ROUTE: menu_script(plan, current, enquiries, routing)}
            async with serve(plan.host, plan.port, routes) as server:
                log.info("The menu server listens.", extra={"port": server.port})
                watches = [group.create_task(current.run(), name="versions of menus"),
                           group.create_task(routing.run(), name="versions of rules")]
                if started is not None:
                    started(server.port)
                try:
                    await asyncio.Event().wait()
                finally:
                    for watch in watches:
                        watch.cancel()
    finally:
        async with asyncio.timeout(CLOSE_LIMIT_S):
            await store.close()


def menu_script(plan: IvrPlan, current: Current, enquiries: Enquiries,
                routing: InUse) -> Script:
    """What happens to a caller that Asterisk brings to `agi://…/menu?entry=<digits>`.

    `menu=` names another than the entry's: an operator sends his caller there, or a survey
    follows his call. `queue=` is where he waits already, whose place and way are decided.
    """
    async def answer_caller(agi: AgiSession, request: Request) -> None:
        house = current.house
        entry = plan.entry_of(request.query.get("entry", ""))
        number = None if request.is_number_withheld else request.caller_number
        menu = house.menus.get(request.query.get("menu", ""), house.menus[entry.menu])
        waits_in = _queue_of(plan, request)
        at_first = _language_of(house, request) or entry.language or next(iter(house.speakers))
        session = MenuSession(
            TelephoneLine(agi, plan.messages_dir, plan.mark_of(request.query.get("pbx", ""))),
            house, menu, enquiries,
            enquiries.caller(number, entry.region, request.query.get("entry", "")[:15]),
            waits_in or entry.queue, at_first)
        session.caller = _called(session.caller, request)
        rules = routing.rules
        way = await session.run()
        routed = Routed(way)
        if way.startswith(TO_QUEUE) and not waits_in:
            routed = await route(rules, enquiries, session.line, Coming(
                queue=way.removeprefix(TO_QUEUE), entry=request.query.get("entry", "")[:15],
                number=session.caller.number, client=session.caller.client,
                language=session.language, call_id=await session.line.call_id()))
        for name, value in routed.variables.items():
            await agi.set_variable(name, value)
        if session.language != at_first:
            await agi.set_variable("DESKLINE_LANGUAGE", session.language)
        await agi.set_variable(NEXT, routed.way)
    return answer_caller


def _called(caller: Caller, request: Request) -> Caller:
    """Whom a campaign called: what he promises is of its attempt."""
    attempt = request.query.get("attempt", "")
    if not attempt.isdecimal() or len(attempt) > 18:
        return caller
    return replace(caller, memory={**caller.memory, ATTEMPT: int(attempt)})


def _queue_of(plan: IvrPlan, request: Request) -> str:
    queue = request.query.get("queue", "")
    return queue if queue in plan.known.queues else ""


def _language_of(house: House, request: Request) -> str:
    """What he was spoken to before."""
    language = request.query.get("language", "")
    return language if language in house.speakers else ""
