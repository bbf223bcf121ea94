"""The menu server, wired: prompts, base, FastAGI."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from crm_store.store import Store
from cti.agi import AgiSession, Request, Script, serve
from ivr.flows import Enquiries
from ivr.plan import IvrPlan
from ivr.session import MenuSession
from ivr.speech import Progress, PromptCache
from ivr.wording import texts

ROUTE = "menu"
STATEMENT_LIMIT_S = 5.0     # the caller does not wait that long, the base may
CLOSE_LIMIT_S = 5.0

log = logging.getLogger(__name__)


async def run(
    plan: IvrPlan, *, progress: Progress | None = None,
    started: Callable[[int], None] | None = None,
) -> None:
    """Speak what is missing, then serve until cancelled; `started` is told the port.

    Until then calls find nobody here and go to their queue. Raises SpeechFailed, StoreError for
    an unusable URL, OSError where the port or the folder cannot be had.
    """
    prompts = PromptCache(plan.prompts_dir, plan.voice)
    await prompts.build(texts(plan.wording, plan.currency), progress=progress)
    store = Store(plan.store_url, limit_s=STATEMENT_LIMIT_S)
    enquiries = Enquiries(store, region=plan.region, time_zone=plan.time_zone)
    try:
        async with enquiries:
            routes = {ROUTE: menu_script(plan, prompts, enquiries)}
            async with serve(plan.host, plan.port, routes) as server:
                log.info("The menu server listens.", extra={"port": server.port})
                if started is not None:
                    started(server.port)
                await asyncio.Event().wait()
    finally:
        async with asyncio.timeout(CLOSE_LIMIT_S):
            await store.close()


def menu_script(plan: IvrPlan, prompts: PromptCache, enquiries: Enquiries) -> Script:
    """What happens to a caller that Asterisk brings to `agi://…/menu?entry=<digits>`.

    `menu=` names another than the entry's: an operator sends his caller there.
    """
    async def answer_caller(agi: AgiSession, request: Request) -> None:
        entry = plan.entry_of(request.query.get("entry", ""))
        number = None if request.is_number_withheld else request.caller_number
        menu = plan.menus.get(request.query.get("menu", ""), plan.menus[entry.menu])
        session = MenuSession(agi, menu, plan.wording, prompts, enquiries,
                              enquiries.caller(number, entry.region), entry.queue)
        await session.run()
    return answer_caller
