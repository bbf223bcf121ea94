"""The workstation server, wired by hand: who is made of whom, and who runs while it serves."""

from __future__ import annotations

import asyncio
import errno
import signal
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import structlog
from aiohttp import web

from campaigns.dialler import Dialler, DiallerPlan
from crm_store import gaps
from crm_store import requests as stored_requests
from crm_store.errors import StoreError
from crm_store.store import Store
from cti.changes import CallChange, LinkLost, LinkRestored, ListeningEnded
from cti.commands import Commands
from cti.engine import Engine
from cti.tape import TapePosition
from workstation import (
    alarms,
    call_marks,
    desk_phone,
    duplicate_search,
    guidance,
    menu_contacts,
    muting,
    notices,
    reminders,
    team_board,
)
from workstation.accounts import Accounts
from workstation.anchors import Anchors
from workstation.background import Background
from workstation.board import Board
from workstation.conversations import Conversations
from workstation.desk import Desk
from workstation.dialling_sites import DialFloor, Ways, trunk_host
from workstation.journal import Journal, Journals
from workstation.keeper import Keeper
from workstation.listening import run as follow_listeners
from workstation.membership import Membership
from workstation.pbx_plan import plan_of
from workstation.pins import Pins
from workstation.pops import Pops
from workstation.protocol import ConversationView
from workstation.regions import regions_of
from workstation.rehearsal.marker import rehearses
from workstation.reports.summing import Summing
from workstation.requests import clock as request_clock
from workstation.requests import delivering, kinds, mailbox, type_texts
from workstation.settings import Settings, SettingsError, anchors_file
from workstation.sight import Sight
from workstation.site_parts import Parts, site_of
from workstation.sites import Links, Site, Sites, link_plans
from workstation.sources.figures import Figures
from workstation.sources.lines import lines_of
from workstation.ticker import Ticker
from workstation.traces import Traces
from workstation.waiting import announcing, calling, waits, watching
from workstation.waiting.calling import CallBacks
from workstation.web.app import make_app
from workstation.wrap_up import WrapUp

log = structlog.get_logger()
SHUTDOWN_S = 3.0


class CannotServe(Exception):
    """The server cannot start; the message is one line for the person who started it."""


class PartFailed(Exception):
    """A task of the server was refused something by the system, or waited too long."""

    def __init__(self, name: str, reason: OSError) -> None:
        self.reason = reason
        said = str(reason) or ("it waited too long" if isinstance(reason, TimeoutError)
                               else type(reason).__name__)
        super().__init__(f"the {name} failed: {said}")


def utc_now() -> datetime:
    return datetime.now(UTC)


async def serve(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM. Raises CannotServe."""
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with running(settings, say=say):
        say(f"Deskline serves {settings.server.url}")
        await stopping.wait()
        say("stopping")


@asynccontextmanager
async def running(settings: Settings, *, clock: Callable[[], datetime] = utc_now,
                  say: Callable[[str], None] = lambda _: None) -> AsyncIterator[Desk]:
    """The whole server, as long as the block lasts. Raises CannotServe."""
    secret, engines = engines_of(settings)
    store = Store(settings.store_url)
    try:
        await prepare(store, settings)
        for engine in engines:
            engine.journalled = await journalled(store, engine.apart.name)
        desk = wire(settings, secret, store, engines, clock)
        try:
            for login in await desk.accounts.seed():
                say(f"{login} has no password yet: deskline staff password {login}")
            async with _tasks(desk), listening(desk):
                yield desk
        finally:
            desk.accounts.stop()
            desk.pins.stop()
    except StoreError as exc:
        raise CannotServe(f"the database {store.shown}: {exc}") from exc
    finally:
        await store.close()


def engines_of(settings: Settings) -> tuple[bytes, list[Engine]]:
    """The installation's secret, and an engine for each Asterisk, the first first."""
    secret = plan_of(settings).secret
    return secret, [Engine(plan) for plan in link_plans(settings, secret)]


async def journalled(store: Store, pbx: str) -> TapePosition | None:
    """How far the tape is in the base: what came after it is told to the journal again."""
    async with store.read() as tx:
        place = await gaps.place(tx, pbx)
    return None if place is None else TapePosition(*place)


def wire(settings: Settings, secret: bytes, store: Store, engines: Sequence[Engine],
         clock: Callable[[], datetime]) -> Desk:
    request_types = kinds.load()
    board, links = Board(), Links(settings, engines)
    accounts = Accounts(store, settings, secret, clock)
    conversations = Conversations(board)
    figures = Figures(store=store, board=board, lines=lines_of(settings, clock), clock=clock)
    traces = Traces(store, Anchors(anchors_file(settings)), clock)
    sight = Sight(store=store, rules=settings.right, limits=settings.view_limits,
                  conversations=conversations, traces=traces,
                  tell_leads=partial(notices.tell_leads, board))
    board.lens_of = sight.lens_of
    journals = {engine.apart.name: Journal(
        store, regions_of(settings), engine.retell, engine.apart.name) for engine in engines}
    wrap_up = WrapUp(settings, links.floor, links.commands_of, conversations, clock)
    background = Background(settings, request_types)
    pops = Pops(store=store, settings=settings, floor=links.floor,
                journal=Journals(lambda call: journals[links.of_call(call).apart.name]),
                conversations=conversations, wrap_up=wrap_up, background=background,
                people=accounts.by_operator, clock=clock)
    parts = Parts(settings=settings, secret=secret, store=store, board=board,
                  conversations=conversations, pops=pops, clock=clock)
    sites = Sites(links, [site_of(parts, engine, journals[engine.apart.name])
                          for engine in engines])
    conversations.watch = partial(
        tell_all, (figures.follow, traces.follow,
                   *(site.recorder.follow_view for site in sites)))
    conversations.dress = partial(
        call_marks.dress, sites, {one.id: one for one in settings.operator},
        settings.supervision.tell_operator)
    first = sites.first
    return Desk(
        settings=settings, secret=secret, store=store, floor=links.floor, sites=sites,
        commands=first.commands if sites.is_one else Commands(), link_is_up=sites.link_is_up,
        trouble=sites.trouble, lag_s=sites.lag_s,
        accounts=accounts, pins=Pins(store, secret, clock), board=board,
        conversations=conversations, journal=first.journal, muted=first.muted,
        wrap_up=wrap_up, background=background, pops=pops, figures=figures, sight=sight,
        keeper=Keeper(store, settings, secret, clock), recorder=first.recorder,
        mending=first.mending, kinds=request_types,
        guidance=guidance_of(settings, request_types), clock=clock, opened_at=clock(),
        alarms=alarms.of_settings(settings.threshold))


def guidance_of(settings: Settings, forms: Collection[str]) -> guidance.Guidance:
    try:
        return guidance.load(settings, forms)
    except SettingsError as exc:
        raise CannotServe(str(exc)) from exc


def tell_all(told: Sequence[Callable[[ConversationView], object]],
             view: ConversationView) -> None:
    for tell in told:
        tell(view)


def followers(desk: Desk) -> dict[str, Coroutine[None, None, None]]:
    """Who lives by the floor's changes; subscribed here, so that nobody misses one."""
    feed = desk.sites.links.feed
    works = {
        "pops": desk.pops.run(feed.subscribe("pops")),
        "wallboard": Ticker(desk).run(feed.subscribe("wallboard")),
        "call marks": call_marks.run(desk, feed.subscribe("call marks", of=(CallChange,))),
        "listening": follow_listeners(desk, feed.subscribe("listening", of=(ListeningEnded,))),
        "wrap-up": desk.wrap_up.run(),
        "reminders": reminders.run(desk),
        "menu contacts": menu_contacts.run(desk),
        "waits": waits.run(desk.waits, desk.floor, feed.subscribe("waits")),
        "call-backs": CallBacks(desk).run(
            desk.sites.first.engine.feed.subscribe("call-backs", limit=20_000)),
        "incidents": watching.run(desk),
        "requests": request_clock.run(desk),
        "request types": type_texts.run(desk),
        "mailbox": mailbox.run(desk),
        "outbox": delivering.run(desk),
        "messages": team_board.run(desk),
        "thresholds": alarms.run(desk.alarms, desk.store, desk.opened_at),
        "sources": desk.figures.run(),
        "audit": desk.sight.traces.run(),
        "daily": desk.keeper.run(),
        "report sums": Summing(desk.store, desk.zone, desk.queues, desk.clock).run(),
        "duplicates": duplicate_search.nightly(
            desk.settings.store_url, desk.settings.duplicates.at,
            lambda: desk.clock().astimezone(desk.zone)),
    }
    for site in desk.sites:
        works |= {_its(desk, site, name): work for name, work in _of_site(desk, site).items()}
    return works


def _of_site(desk: Desk, site: Site) -> dict[str, Coroutine[None, None, None]]:
    """Who lives by one Asterisk's."""
    feed = site.engine.feed
    return {
        "journal": site.journal.run(feed.subscribe("journal", limit=200_000)),
        "mending": site.mending.run(feed.subscribe(
            "mending", limit=200_000, of=(LinkLost, LinkRestored))),
        "membership": Membership(desk.at(site), site).run(feed.subscribe(
            "membership", of=(LinkRestored,))),
        "recordings": site.recorder.run(feed.subscribe("recordings")),
        "muting": muting.run(desk, site, feed.subscribe("muting", of=(LinkRestored,))),
    }


def _its(desk: Desk, site: Site, name: str) -> str:
    return name if desk.sites.is_one else f"{name} of {site.name}"


def dialler(desk: Desk) -> Dialler:
    """It dials by all Asterisks."""
    ways, menu, pbx = Ways(desk), desk.settings.menu, desk.settings.pbx
    return Dialler(
        desk.store, ways.dial, DialFloor(desk), desk.sites.links.feed, clock=desk.clock,
        also_asked={desk_phone.ROUTE: desk_phone.script(desk),
                    announcing.ROUTE: announcing.script(desk),
                    calling.ROUTE: calling.script(desk)},
        link_is_up=ways.may_dial, sees_all=ways.sees_all, plan=DiallerPlan(
            trunk_host=trunk_host(desk), caller_id=pbx.caller_id,
            rehearses=rehearses(desk.settings), zone=desk.zone, gate_host=menu.host,
            gate_port=menu.gate_port,
            wrap_up_s=max((queue.wrap_up_s for queue in desk.settings.queue), default=0)))


@asynccontextmanager
async def _tasks(desk: Desk) -> AsyncIterator[None]:
    """Everything that runs beside the web; the engines last."""
    works = followers(desk) | {"dialler": dialler(desk).run()}
    works |= {_its(desk, site, "engine"): site.engine.run() for site in desk.sites}
    try:
        async with asyncio.TaskGroup() as tasks:
            started = [tasks.create_task(_part(name, work), name=name)
                       for name, work in works.items()]
            yield
            for task in started:
                task.cancel()
    except* PartFailed as problems:
        raise CannotServe(_in_words(first_of(problems), desk.settings)) from problems
    finally:
        for work in works.values():     # who was never begun
            work.close()


async def _part(name: str, work: Coroutine[None, None, None]) -> None:
    """One task of the server; what the system refuses it goes by its name."""
    try:
        await work
    except OSError as exc:      # a TimeoutError is one too, and says nothing
        raise PartFailed(name, exc) from exc


@asynccontextmanager
async def listening(desk: Desk) -> AsyncIterator[None]:
    server = desk.settings.server
    runner = web.AppRunner(make_app(desk), access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        site = web.TCPSite(runner, server.host, server.port, reuse_address=True)
        try:
            await site.start()
        except OSError as exc:
            raise CannotServe(_port_in_words(exc, server.host, server.port)) from exc
        yield
    finally:
        await runner.cleanup()


async def prepare(store: Store, settings: Settings) -> None:
    await store.migrate()
    groups = {group for operator in settings.operator for group in operator.groups}
    groups |= {group for kind in kinds.load().values() for group in kind.groups}
    async with store.begin() as tx:
        await stored_requests.ensure_groups(
            tx, {group: group.replace("_", " ").capitalize() for group in sorted(groups)})


def _port_in_words(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use by another program: stop it, or set server.port"
    return f"cannot listen on {host}:{port}: {error.strerror or error}"


def _in_words(error: BaseException, settings: Settings) -> str:
    if isinstance(error, PartFailed) and error.reason.errno == errno.EADDRINUSE:
        return (f"port {settings.menu.gate_port} on {settings.menu.host} (claim gate) is in use "
                "by another program: stop it, or set menu.gate_port")
    return str(error)


def first_of(problems: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error in a group of groups."""
    inner = problems.exceptions[0]
    return first_of(inner) if isinstance(inner, BaseExceptionGroup) else inner
