"""Everything an action may need, wired once in serve.py and handed along."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from crm_store.store import Store
from cti.commands import Commands
from cti.floor import Operator
from cti.views import FloorView
from workstation.accounts import Accounts
from workstation.alarms import Alarms
from workstation.background import Background
from workstation.board import Board
from workstation.conversations import Conversations
from workstation.day import DayFigures
from workstation.guidance import Guidance
from workstation.imports import Readers
from workstation.journal import Journal
from workstation.keeper import Keeper
from workstation.mending import Mending
from workstation.menu_desk import Menus
from workstation.pins import Pins
from workstation.policy import Person
from workstation.pops import Pops
from workstation.recorder import Recorder
from workstation.requests.house import House, house_of
from workstation.requests.kinds import RequestType
from workstation.requests.type_texts import TypeTexts
from workstation.roster import Roster
from workstation.routing_desk import RoutingTexts
from workstation.settings import OperatorSettings, Queue, Settings
from workstation.sight import Sight
from workstation.sites import Site, Sites
from workstation.softphones import Softphones
from workstation.sources.figures import Figures
from workstation.waiting.waits import Waits
from workstation.walls import Walls
from workstation.wrap_up import WrapUp


@dataclass(frozen=True, kw_only=True)
class Desk:
    settings: Settings
    secret: bytes
    store: Store
    floor: FloorView
    commands: Commands
    sites: Sites
    link_is_up: Callable[[], bool]
    trouble: Callable[[], str | None]
    lag_s: Callable[[], float]          # how late Asterisk's events are read
    accounts: Accounts
    pins: Pins
    board: Board
    conversations: Conversations
    journal: Journal
    wrap_up: WrapUp
    background: Background
    pops: Pops
    figures: Figures
    sight: Sight
    keeper: Keeper
    recorder: Recorder
    mending: Mending
    kinds: dict[str, RequestType]           # in use; changed in place
    guidance: Guidance
    clock: Callable[[], datetime]
    opened_at: datetime
    here: frozenset[str] | None = None      # operators of the Asterisk in reach; None: of all
    scoped: dict[str, Desk] = field(default_factory=dict)   # Asterisk → the desk at it
    muted: set[str] = field(default_factory=set)            # channels; Asterisk tells of none
    lines: dict[str, tuple[str, str]] = field(default_factory=dict)     # operator → call, verdict
    phones: dict[str, str] = field(default_factory=dict)    # operator → the phone he attached
    board_turns: dict[str, asyncio.Lock] = field(       # collection → stored and shown in one turn
        default_factory=lambda: defaultdict(asyncio.Lock))
    day: DayFigures = field(default_factory=DayFigures)
    turns: dict[str, asyncio.Lock] = field(default_factory=dict)    # person → his actions' order
    roster: Roster = field(default_factory=Roster)
    softphones: Softphones = field(default_factory=Softphones)
    readers: Readers = field(default_factory=Readers)       # processes that read files
    alarms: Alarms = field(default_factory=Alarms)          # thresholds of the floor
    walls: Walls = field(default_factory=Walls)             # wall screens that are open
    waits: Waits = field(default_factory=Waits)             # of each queue, its recent past

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.company.time_zone)

    @cached_property
    def menus(self) -> Menus:
        """The voice menus of the settings."""
        return Menus(self.settings)

    @cached_property
    def house(self) -> House:
        """What carrying requests needs to know of the company."""
        return house_of(self.settings, self.kinds)

    def forget_house(self) -> None:
        """The types of requests have changed: it is made anew, here and at each Asterisk."""
        for desk in (self, *self.scoped.values()):
            desk.__dict__.pop("house", None)

    @cached_property
    def type_texts(self) -> TypeTexts:
        return TypeTexts(self.kinds)

    @cached_property
    def routing(self) -> RoutingTexts:
        return RoutingTexts(self.settings)

    @cached_property
    def queues(self) -> dict[str, Queue]:
        return {queue.id: queue for queue in self.settings.queue}

    @cached_property
    def operators(self) -> dict[str, OperatorSettings]:
        return {operator.id: operator for operator in self.settings.operator}

    def at(self, site: Site) -> Desk:
        """The same with nothing but this Asterisk in sight and in reach."""
        if self.sites.is_one:
            return self
        if site.name not in self.scoped:
            self.scoped[site.name] = self._scoped(site)
        return self.scoped[site.name]

    def _scoped(self, site: Site) -> Desk:
        return replace(
            self, floor=site.floor, commands=site.commands, link_is_up=site.engine.link_is_up,
            trouble=site.engine.trouble, lag_s=site.engine.lag_s, journal=site.journal,
            recorder=site.recorder, mending=site.mending, muted=site.muted,
            here=site.operators)

    def has_here(self, operator: str) -> bool:
        return self.here is None or operator in self.here

    def turn(self, person: Person) -> asyncio.Lock:
        """What one person does, on all his screens, happens one after the other."""
        return self.turns.setdefault(person.login, asyncio.Lock())

    def operator(self, person: Person) -> Operator | None:
        return self.floor.operators.get(person.operator)

    def interface(self, operator: str) -> str:
        """The phone that rings for him: where he is a member, else what he attached, else what
        can be reached."""
        live = self.floor.operators.get(operator)
        if live is not None and live.interface is not None:
            return live.interface
        web = f"PJSIP/{operator}-web"
        attached = self.phones.get(operator)
        if attached is None and live is not None and web in live.interfaces:
            attached = "web"
        return web if attached == "web" else f"PJSIP/{operator}"
