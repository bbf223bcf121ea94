"""What the private Asterisk shall be: frozen values, checked here once.

This is the one border of everything that gets into Asterisk's configuration files: a value that
does not match its pattern raises BadPlan, so the renderers may paste values as they are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cti.pbx.errors import BadPlan
from cti.secrets import derive

PATTERNS = {
    "slug": r"[a-z][a-z0-9_]{0,31}",
    "queue id": r"[a-z][a-z0-9_]{1,31}",    # one letter alone could be an extension like `h`
    "extension": r"[0-9]{2,6}",
    "number": r"\+?[0-9]{3,15}",
    "host": r"[A-Za-z0-9_.-]{1,253}",
    "address": r"[0-9]{1,3}(\.[0-9]{1,3}){3}",
    "person": r"""[^\s;"\\<>=,$&|(){}\[\]]+( [^\s;"\\<>=,$&|(){}\[\]]+)*""",
    "desk code": r"([*][0-9])?",
    "folder": r"/[\w/.+@ -]*",
    "sound": r"[\w./+@-]*",
}
LONGEST = 253


def checked(kind: str, value: str) -> str:
    """`value`, when it matches the pattern of its kind whole; raises BadPlan otherwise."""
    fits = re.fullmatch(PATTERNS[kind], value) is not None
    if not fits or len(value) > LONGEST or not value.isprintable():
        raise BadPlan(f"{value!r} is no {kind} that may enter Asterisk's configuration")
    return value


def _check_fields(value: Any, kinds: dict[str, str]) -> None:
    for name, kind in kinds.items():
        checked(kind, str(getattr(value, name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where things listen. RTP ranges include both ends; an even number of ports."""
    sip: int = 5160
    ami: int = 5138
    http: int = 8188
    rtp: tuple[int, int] = (20000, 20999)
    agi_menu: int = 4573
    agi_gate: int = 4574
    world_sip: int = 5170
    world_ami: int = 5139
    world_rtp: tuple[int, int] = (21000, 21999)

    def __post_init__(self) -> None:
        for port in (self.sip, self.ami, self.http, *self.rtp, self.agi_menu, self.agi_gate,
                     self.world_sip, self.world_ami, *self.world_rtp):
            if not 1 <= port <= 65535:
                raise BadPlan(f"{port} is no port")

    @classmethod
    def from_base(cls, base: int) -> Ports:
        """All ports of one installation in 500 from `base`: for tests and experiments."""
        return cls(sip=base, ami=base + 1, http=base + 2, agi_menu=base + 3, agi_gate=base + 4,
                   world_sip=base + 5, world_ami=base + 6, rtp=(base + 10, base + 249),
                   world_rtp=(base + 250, base + 499))


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorPlan:
    """Two phones each: `id` (a desk phone, SIP over UDP) and `id`-web (WebRTC)."""
    id: str
    name: str

    def __post_init__(self) -> None:
        _check_fields(self, {"id": "extension", "name": "person"})

    @property
    def endpoints(self) -> tuple[str, str]:
        return self.id, f"{self.id}-web"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlan:
    """A queue; members join at run time. Seconds: one ringing, the longest wait, wrap-up race.

    `penalties`: (seconds waited, highest penalty of a member who is rung from then on).
    """
    id: str
    ring_s: int = 20
    max_wait_s: int = 900
    wrap_up_s: int = 3
    service_level_s: int = 20
    penalties: tuple[tuple[int, int], ...] = ()
    is_recorded: bool = False
    survey: str = ""            # the menu that asks callers afterwards; "": none
    overflow_s: int = 0         # so long a caller waits until he may be sent elsewhere; 0: never

    def __post_init__(self) -> None:
        _check_fields(self, {"id": "queue id"})
        if self.survey:
            checked("slug", self.survey)
        if any(number < 0 for step in self.penalties for number in step):
            raise BadPlan(f"queue {self.id}: a wait or a penalty is below 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPlan:
    """A number that callers dial, and the queue they reach when the menu cannot answer."""
    number: str
    queue: str
    menu: str = "main"

    def __post_init__(self) -> None:
        _check_fields(self, {"number": "number", "queue": "slug", "menu": "slug"})

    @property
    def digits(self) -> str:
        return self.number.removeprefix("+")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldPlan:
    """How the played outside behaves; seconds as (shortest, longest)."""
    colleagues: tuple[str, ...] = ()            # operators whose desk phone the world plays
    debtor_answers_s: tuple[int, int] = (3, 12)
    debtor_talks_s: int = 40
    colleague_answers_s: tuple[int, int] = (2, 6)
    colleague_talks_s: tuple[int, int] = (10, 40)
    sends_silence: bool = True      # as phones do; for load, packets of nothing take a third of it

    def __post_init__(self) -> None:
        for operator in self.colleagues:
            checked("extension", operator)


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxPlan:
    """One installation: our Asterisk (`main`) and, if wanted, the one that plays the outside."""
    folder: Path                        # instances live in folder/main and folder/world
    secret: bytes = field(repr=False)   # every password is derived from it
    operators: tuple[OperatorPlan, ...]
    queues: tuple[QueuePlan, ...]
    entries: tuple[EntryPlan, ...]
    ports: Ports = Ports()
    name: str = "main"                  # `pbx` in tapes and AGI queries
    host: str = "127.0.0.1"
    menu_host: str = ""                 # where menu server and claim gate are; "": as `host`
    trunk_host: str = "127.0.0.1"
    trunk_port: int = 5170
    trunk_endpoint: str = ""            # the site's own way out; "": ours, named `trunk`
    has_desk_phones: bool = True        # false: the site has them, named as the operators' ids
    caller_id: str = "+74951200000"     # what clients see
    campaign_wait_s: int = 15           # an answered client waits this long, then is dropped
    message_wait_s: int = 60            # … who heard a message and asked for a person
    desk_code: str = "*3"               # before 0 to 3: sign in, ready, pause, sign out; "": none
    menu_limit_s: int = 300             # a menu that takes longer is left for the queue
    tells_line: bool = False            # callers hear their place; key 1 while they wait
    tell_every_s: int = 0               # and again and again
    park_limit_s: int = 120             # then a parked caller is back at who parked him
    recordings: Path | None = None      # where Asterisk writes them; None: nothing is recorded
    records_outbound: bool = False      # who is called by hand
    announcement: str = ""              # a sound, heard before waiting in a queue that is recorded
    world: WorldPlan = WorldPlan()

    def __post_init__(self) -> None:
        _check_fields(self, {"name": "slug", "host": "address", "trunk_host": "host",
                             "caller_id": "number", "desk_code": "desk code",
                             "announcement": "sound"})
        checked("folder", str(self.folder.absolute()))
        checked("host", self.agi_host)
        if self.recordings is not None:
            checked("folder", str(self.recordings))
        queues = _unique("queue", [queue.id for queue in self.queues])
        operators = _unique("operator", [operator.id for operator in self.operators])
        _unique("entry", [entry.digits for entry in self.entries])
        if not self.entries:
            raise BadPlan("there is no entry: no number that callers could dial")
        for entry in self.entries:
            if entry.queue not in queues:
                raise BadPlan(f"entry {entry.number} leads to {entry.queue!r}, which is no queue")
        if strangers := set(self.world.colleagues) - operators:
            raise BadPlan(f"{', '.join(sorted(strangers))}: no such operators to be played")

    def password(self, purpose: str) -> str:
        """`"sip:101"`, `"sip:101-web"`, `"ami:observer"` … → the password for it."""
        return derive(self.secret, purpose)

    @property
    def agi_host(self) -> str:
        return self.menu_host or self.host

    @property
    def way_out(self) -> str:
        """The endpoint that numbers are dialled by."""
        return self.trunk_endpoint or "trunk"

    @property
    def system_name(self) -> str:
        """Unguessable from outside, one per installation; every channel id begins with it."""
        return "d" + hashlib.sha256(self.password("systemname").encode()).hexdigest()[:19]


def _unique(kind: str, names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise BadPlan(f"{kind} {name} is there twice")
        seen.add(name)
    return seen
