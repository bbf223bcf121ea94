"""The wallboard's beat: what moved on the floor is put on the board, at most twice a second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, time

import structlog

from campaigns.coverage import LedgerError
from crm_store import interaction_pages
from crm_store.errors import StoreError
from cti.changes import Change, OperatorChanged
from cti.feed import Subscription
from workstation import gap_views, protocol, unforeseen, wallboard
from workstation.actions import campaigns, dial_cards, requests
from workstation.desk import Desk
from workstation.sites import Site
from workstation.views import moment

log = structlog.get_logger()
BEAT_S = 0.5
CAMPAIGNS_EVERY_S = 1.0
CARDS_EVERY_S = 1.0
REQUESTS_EVERY_S = 60.0


class Ticker:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._today = wallboard.Today(desk.zone, desk.clock().astimezone(desk.zone).date())
        self._in_time_s = {queue.id: queue.service_level_s for queue in desk.settings.queue}
        self._drawn: dict[str, wallboard.Drawn] = {}
        self._moved = asyncio.Event()
        self._mended = 0        # how often calls of a gap were told when we counted last
        self._were_up: list[bool] = []      # the links, by Asterisk

    async def run(self, subscription: Subscription) -> None:
        """For ever; cancel to stop."""
        with unforeseen.logged("wallboard: today's figures"):
            await self._recall()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(subscription), name="wallboard: follow")
            tasks.create_task(self._beat(), name="wallboard: beat")
            tasks.create_task(self._repeat(campaigns.show_all, CAMPAIGNS_EVERY_S),
                              name="wallboard: campaigns")
            tasks.create_task(self._repeat(dial_cards.show_all, CARDS_EVERY_S),
                              name="wallboard: cards")
            tasks.create_task(self._repeat(requests.show_all, REQUESTS_EVERY_S),
                              name="wallboard: requests")

    async def _follow(self, subscription: Subscription) -> None:
        with subscription:
            async for fed in subscription.told(
                    lambda: log.warning("today's figures missed some changes")):
                moved: dict[str, None] = {}
                for one in (fed, *subscription.waiting()):
                    for change in () if one.restored else one.changes:
                        with unforeseen.logged("wallboard"):
                            self._take(change, moved)
                for operator in moved:
                    with unforeseen.logged("wallboard"):
                        self._show_operator(operator)
                self._moved.set()

    async def _recall(self) -> None:
        """Today's figures until now; what the tape restores is among them."""
        today = wallboard.Today(self._today.zone, self._today.day)
        day = datetime.combine(today.day, time(), self._desk.zone)
        try:
            async with self._desk.store.read() as tx:
                today.recall(await interaction_pages.since(tx, day), self._in_time_s)
            self._today = today
        except StoreError as exc:
            log.warning("today's figures could not be read", error=str(exc))

    def _take(self, change: Change, moved: dict[str, None]) -> None:
        if isinstance(change, OperatorChanged):
            moved[change.operator] = None
        self._today.count(change, self._in_time_s)

    def _show_operator(self, operator: str) -> None:
        """His own state is on his own screens at once; others' see it with the next beat."""
        live = self._desk.floor.operators.get(operator)
        if live is not None and operator in self._desk.operators:
            view = wallboard.operator_view(live, self._desk.floor, self._today, self._names())
            self._desk.board.put("operators", operator, view, first_to=operator)

    async def _beat(self) -> None:
        while True:
            with unforeseen.logged("wallboard"):
                mended = sum(site.mending.times_mended for site in self._desk.sites)
                if self._mended != mended:
                    self._mended = mended
                    await self._recall()
                self.put(self._desk.clock())
                await self._desk.board.flush()
            await asyncio.sleep(BEAT_S)
            if not self._desk.board.has_due() and self._were_up == self._are_up():
                await self._until_moved()

    async def _until_moved(self) -> None:
        """Until the floor moves, or for a second: the day may have turned, the link be lost."""
        try:
            async with asyncio.timeout(1.0):
                await self._moved.wait()
        except TimeoutError:
            return
        finally:
            self._moved.clear()

    def put(self, now: datetime) -> None:
        """The whole floor on the board; equal views are no news."""
        desk, names = self._desk, self._names()
        self._today.begin(now)
        board, floor = desk.board, desk.floor
        board.replace("operators", wallboard.operators(floor, self._today, names,
                                                       desk.opened_at))
        board.replace("queues", desk.alarms.dressed(
            wallboard.queues(floor, self._today, names), now, desk.zone))
        board.replace("calls", wallboard.calls(floor, names, self._drawn))
        board.replace("gaps", self._gaps())

    def _gaps(self) -> list[tuple[str, protocol.GapView]]:
        self._were_up = self._are_up()
        return [gap for site in self._desk.sites for gap in self._gaps_of(site)]

    def _gaps_of(self, site: Site) -> list[tuple[str, protocol.GapView]]:
        """An Asterisk that we have not reached since we were started is out of sight too."""
        shown = list(gap_views.gaps(site.floor, site.mending.gaps))
        if site.engine.link_is_up() or any(gap.until is None for _, gap in shown):
            return shown
        name = gap_views.name(site.floor.pbx, self._desk.opened_at)
        return [*shown, (name, protocol.GapView(
            id=name, pbx=site.floor.pbx, since=moment(self._desk.opened_at), until=None,
            calls_lost=0))]

    def _are_up(self) -> list[bool]:
        return [site.engine.link_is_up() for site in self._desk.sites]

    def _names(self) -> wallboard.Names:
        desk = self._desk
        return wallboard.Names(operators=desk.operators, queues=desk.queues,
                               clients=desk.pops.clients, campaigns=desk.pops.campaigns,
                               phones=desk.phones, now=desk.clock(),
                               pause_limits=desk.settings.pause_limits, lines=desk.lines,
                               several=desk.sites.several())

    async def _show(self, show: Callable[[Desk], Awaitable[None]]) -> None:
        try:
            await show(self._desk)
        except (StoreError, LedgerError) as exc:
            log.warning("the board could not be brought up to date", error=str(exc))

    async def _repeat(self, show: Callable[[Desk], Awaitable[None]], every_s: float) -> None:
        while True:
            with unforeseen.logged("wallboard"):
                await self._show(show)
            await asyncio.sleep(every_s)
