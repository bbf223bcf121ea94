"""The Asterisks of the installation at work: each with all that follows it and speaks to it.

A call says by its id whose it is, an operator by the settings. What is asked of Asterisk goes to
that one and to no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cti.apart import Apart
from cti.commands import Commands
from cti.engine import Engine, LinkPlan
from cti.feed import Feed, MergedFeed
from cti.floor import Floor
from cti.secrets import derive
from cti.views import FloorView, MergedFloor
from workstation.asterisks import apart_of, home, operators_of, own_secret, pbx_of
from workstation.journal import Journal
from workstation.mending import Mending
from workstation.pbx_plan import plan_of
from workstation.recorder import Recorder
from workstation.settings import Pbx, Settings
from workstation.several import ONE, Several


class Links:
    """The engines, the first first, and which of them a call or an operator is of."""

    def __init__(self, settings: Settings, engines: Sequence[Engine]) -> None:
        self.engines = tuple(engines)
        self.first = engines[0]
        self._by_mark = {engine.apart.mark: engine for engine in engines}
        self._by_name = {engine.apart.name: engine for engine in engines}
        self._home = {one.id: self._by_name[home(settings, one)] for one in settings.operator}
        is_one = len(self.engines) == 1
        self.floor: FloorView = self.first.floor if is_one else MergedFloor(
            [engine.floor for engine in engines])
        self.feed: Feed | MergedFeed = self.first.feed if is_one else MergedFeed(
            [engine.feed for engine in engines])

    def of_call(self, call: str) -> Engine:
        _, at, name = call.partition("@")
        return self._by_mark.get(at + name, self.first)

    def of_operator(self, operator: str) -> Engine:
        """Who is called like one of another Asterisk's is told apart by a name as well."""
        return self._home.get(operator) or self._by_name.get(
            operator.partition("@")[2], self.first)

    def commands_of(self, operator: str) -> Commands:
        return self.of_operator(operator).commands


@dataclass(frozen=True, kw_only=True)
class Site:
    """One Asterisk."""
    pbx: Pbx
    secret: bytes               # its passwords are derived from it
    engine: Engine
    operators: frozenset[str]   # who have their phones here
    journal: Journal
    mending: Mending
    recorder: Recorder
    muted: set[str] = field(default_factory=set)    # channels; Asterisk tells of none

    @property
    def name(self) -> str:
        return self.pbx.name

    @property
    def apart(self) -> Apart:
        return self.engine.apart

    @property
    def floor(self) -> Floor:
        return self.engine.floor

    @property
    def commands(self) -> Commands:
        return self.engine.commands


class Sites:
    """All of them, in the settings' order."""

    def __init__(self, links: Links, sites: Sequence[Site]) -> None:
        self.links = links
        self.first = sites[0]
        self._by_name = {site.name: site for site in sites}
        self._homes = {one: site.name for site in sites for one in site.operators}

    def __iter__(self) -> Iterator[Site]:
        return iter(self._by_name.values())

    @property
    def is_one(self) -> bool:
        return len(self._by_name) == 1

    def of_call(self, call: str) -> Site:
        return self._by_name[self.links.of_call(call).apart.name]

    def of_operator(self, operator: str) -> Site:
        return self._by_name[self.links.of_operator(operator).apart.name]

    def link_is_up(self) -> bool:
        """To each of them."""
        return all(site.engine.link_is_up() for site in self)

    def trouble(self) -> str | None:
        """What needs a look, and where there are several, at which."""
        found = {site.name: said for site in self if (said := site.engine.trouble())}
        if self.is_one:
            return found.get(self.first.name)
        return "; ".join(f"{name}: {said}" for name, said in found.items()) or None

    def lag_s(self) -> float:
        return max(site.engine.lag_s() for site in self)

    def several(self) -> Several:
        """As screens are told of them now."""
        if self.is_one:
            return ONE
        return Several(
            floors={site.name: site.floor for site in self}, homes=self._homes,
            away=frozenset(site.name for site in self if not site.engine.link_is_up()))


def link_plans(settings: Settings, secret: bytes) -> list[LinkPlan]:
    """Of each Asterisk; makes the folders that they write to, as `plan_of` does."""
    return [link_plan(settings, secret, plan_of(settings, name=pbx.name).system_name, pbx.name)
            for pbx in settings.asterisks]


def link_plan(settings: Settings, secret: bytes, system_name: str | None,
              name: str = "") -> LinkPlan:
    pbx, own = pbx_of(settings, name), own_secret(settings, secret, name)
    phones = {f"PJSIP/{operator.id}{suffix}": operator.id
              for operator in operators_of(settings, name) for suffix in ("", "-web")}
    return LinkPlan(
        pbx=pbx.name, host=pbx.host, port=pbx.ami_port,
        observer_secret=derive(own, "ami:observer"), control_secret=derive(own, "ami:control"),
        system_name=system_name, tape_dir=tapes(settings), tape_keep_days=pbx.tape_keep_days,
        tape_part_bytes=pbx.tape_part_mb << 20, operators=phones,
        apart=apart_of(settings, name))


def tapes(settings: Settings) -> Path:
    return settings.data_dir / "tapes"
