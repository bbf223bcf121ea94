"""Every setting, read once: `deskline.toml`, then the environment (`DESKLINE_SERVER__PORT=8081`).

The environment wins over the file. Frozen; packages below `workstation` never see this module but
get their own small values made from it. `deskline.example.toml` shows every key.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from cti.cel import COLUMNS
from workstation.duplicate_settings import Duplicates
from workstation.hours_settings import CallBack, Incidents, OpeningHours, Overflow, Waiting, faults
from workstation.opening_settings import OPENINGS, Dialling, Guidance, Opening
from workstation.outcome_settings import (
    BILLING,
    COLLECTION,
    DISPOSITIONS,
    OUTAGES,
    DispositionChoice,
    Identity,
    WrapUpLimits,
)
from workstation.privacy_settings import Privacy, Retention
from workstation.recording_settings import Policy, Recording
from workstation.requests.settings import RequestSettings
from workstation.rights import Right, ViewLimits
from workstation.routing_settings import Routing
from workstation.sources.settings import Source
from workstation.supervision_settings import Supervision
from workstation.threshold_settings import DEFAULT as THRESHOLDS
from workstation.threshold_settings import Threshold

DEFAULT_FILE = Path("deskline.toml")
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Extension = Annotated[str, Field(pattern=r"^[0-9]{2,6}$")]
PauseReason = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
Level = Annotated[int, Field(ge=1, le=10)]
Endpoint = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{0,64}$")]
CelColumn = Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Minutes = Annotated[int, Field(ge=1, le=1440)]
DeskCode = Annotated[str, Field(pattern=r"^([*][0-9])?$")]
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,253}$")]
Role = Literal["operator", "supervisor", "administrator", "manager"]


class SettingsError(Exception):
    """The settings cannot be used; the message names file, key and reason."""


class DataFolderUnusable(SettingsError):
    """`data_dir` cannot be made, read or written."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Server(Part):
    host: Host = "127.0.0.1"
    port: Port = 8080
    public_url: str = ""            # how browsers reach us; empty: http://host:port
    session_hours: Annotated[int, Field(ge=1, le=24)] = 12
    demo_sign_ins: bool = False     # show the sample sign-ins on the sign-in page

    @property
    def url(self) -> str:
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"


class StoreSettings(Part):
    url: str = ""                   # empty: SQLite in data_dir


class Imports(Part):
    max_mb: Annotated[int, Field(ge=1, le=10_240)] = 1024       # of a file that is uploaded


class Pbx(Part):
    name: Slug = "main"
    host: Host = "127.0.0.1"
    sip_port: Port = 5160
    ami_port: Port = 5138
    http_port: Port = 8188
    rtp_start: Port = 20000
    rtp_end: Port = 20999
    trunk: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+:[0-9]{1,5}$")] = "127.0.0.1:5170"
    trunk_endpoint: Endpoint = ""   # the way out of an Asterisk of yours; empty: ours, by `trunk`
    desk_phones: bool = True        # false: your Asterisk has them, named as the operators' ids
    caller_id: Annotated[str, Field(pattern=r"^\+?[0-9]{3,15}$")] = "+74951200000"
    world_ami_port: Port = 5139     # the second private Asterisk that plays the outside
    tape_keep_days: Annotated[int, Field(ge=1, le=3650)] = 30
    tape_part_mb: Annotated[int, Field(ge=1, le=10_240)] = 256
    cel_file: str = ""              # empty: those of the private Asterisk
    queue_log_file: str = ""
    cel_columns: Annotated[tuple[CelColumn, ...], Field(min_length=5)] = COLUMNS
    desk_code: DeskCode = "*3"      # dialled from a desk phone: 0 in, 1 ready, 2 pause, 3 out
    park_limit_s: Annotated[int, Field(ge=5, le=3600)] = 120     # then who parked him is rung
    rehearsal: bool = False         # nobody real is behind the trunk (`deskline demo` says so)


class Asterisk(Pbx):
    """A further one: its keys are those of `[pbx]`."""
    name: Slug


MenuLanguage = Literal["en", "ru", "nl", "fr", "tr"]


class Menu(Part):
    host: Host = "127.0.0.1"
    port: Port = 4573
    gate_port: Port = 4574
    file: str = ""                  # empty: the menu shipped with ivr
    more_files: tuple[str, ...] = ()    # other menus that it leads to, or that entries name
    language: MenuLanguage = "en"   # of callers who have chosen none, and whose card says none
    languages: tuple[MenuLanguage, ...] = ("en", "ru")  # all that we speak


Holiday = Annotated[str, Field(pattern=r"^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$")]   # or of every year


class Company(Part):
    name: str = "Volga Energy"
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[0-9]{1,6})?$")] = "RU"
    time_zone: str = "Europe/Moscow"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "RUB"
    office: Annotated[str, Field(max_length=150)] = ""      # its address, as callers hear it
    holidays: tuple[Holiday, ...] = ()
    language: Literal["en", "ru"] = "en"

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as exc:
            raise ValueError(f"no such time zone: {value}") from exc
        return value


class Relax(Part):
    """Who has waited `after_s` is taken by a lower `level` too; 0: by anybody of the queue."""
    after_s: Annotated[int, Field(ge=1, le=7200)]
    level: Annotated[int, Field(ge=0, le=10)]


class Queue(Part):
    """`skill`: its callers are offered to operators who have it, at `level` at least at first."""
    id: Slug
    name: str
    ring_s: Annotated[int, Field(ge=5, le=120)] = 20
    max_wait_s: Annotated[int, Field(ge=10, le=7200)] = 900
    wrap_up_s: Annotated[int, Field(ge=0, le=600)] = 45
    service_level_s: Annotated[int, Field(ge=1, le=600)] = 20
    request_type: Slug | None = None            # the form that is open already
    dispositions: tuple[Slug, ...] = BILLING
    skill: Slug | None = None
    level: Level = 1
    relax: tuple[Relax, ...] = ()
    record: Policy = "never"
    survey: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{0,31})?$")] = ""    # a menu's id
    overflow: tuple[Overflow, ...] = ()


class Entry(Part):
    """A number callers dial: which menu answers it and where they go if the menu cannot.

    `region` completes what callers of this entry send as a local number: a country, or a country
    with the area code, `RU-846`. Empty: the company's.
    """
    number: Annotated[str, Field(pattern=r"^\+?[0-9]{3,15}$")]
    region: Annotated[str, Field(pattern=r"^([A-Z]{2}(-[0-9]{1,6})?)?$")] = ""
    menu: Slug = "main"
    queue: Slug = "billing"
    language: MenuLanguage | None = None        # what its callers are spoken to in at first
    hours: Slug | Literal[""] = ""              # whose opening hours it keeps; "": always open


class OperatorSettings(Part):
    id: Extension
    login: Slug
    name: str
    role: Role = "operator"
    groups: tuple[Slug, ...] = ("billing",)
    queues: tuple[Slug, ...] = ("billing",)
    skills: dict[Slug, Level] = {}              # what he can, and how well: 1 to 10
    asterisk: Slug | Literal[""] = ""           # where his phones are; "": that of [pbx]


_OTHERS = (("contracts",), ("field",))


def _sample_operators() -> tuple[OperatorSettings, ...]:
    names = ("Anna Petrova", "Boris Orlov", "Vera Smirnova", "Gleb Volkov", "Daria Belova",
             "Egor Sokolov", "Zoya Morozova", "Ilya Kuznetsov")
    people = [OperatorSettings(id=str(101 + i), login=name.split()[0].lower(), name=name,
                               groups=("billing", "metering", *_OTHERS[i % 2]),
                               queues=("billing", "outages", "collection"))
              for i, name in enumerate(names)]
    people.append(OperatorSettings(id="109", login="sofia", name="Sofia Lebedeva",
                                   role="supervisor",
                                   groups=("billing", "metering", "contracts", "field"),
                                   queues=("billing",)))
    people.append(OperatorSettings(id="110", login="admin", name="Pavel Admin",
                                   role="administrator", queues=()))
    return tuple(people)


_QUEUES = (
    Queue(id="billing", name="Billing", request_type="meter_dispute"),
    Queue(id="outages", name="Outages", wrap_up_s=30, dispositions=OUTAGES),
    Queue(id="collection", name="Collection", wrap_up_s=30, dispositions=COLLECTION),
)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="DESKLINE_", env_nested_delimiter="__")

    data_dir: Path = Path(".deskline")
    server: Server = Server()
    store: StoreSettings = StoreSettings()
    imports: Imports = Imports()
    pbx: Pbx = Pbx()
    asterisk: tuple[Asterisk, ...] = ()         # further ones
    menu: Menu = Menu()
    routing: Routing = Routing()
    hours: tuple[OpeningHours, ...] = ()
    waiting: Waiting = Waiting()
    call_back: CallBack = CallBack()
    incidents: Incidents = Incidents()
    company: Company = Company()
    queue: tuple[Queue, ...] = _QUEUES
    entry: tuple[Entry, ...] = (Entry(number="+74951200000"),
                                Entry(number="+74951200001", queue="outages"))
    operator: tuple[OperatorSettings, ...] = Field(default_factory=_sample_operators)
    disposition: tuple[DispositionChoice, ...] = DISPOSITIONS
    wrap_up: WrapUpLimits = WrapUpLimits()
    identity: Identity = Identity()
    source: tuple[Source, ...] = ()
    right: tuple[Right, ...] = ()
    view_limits: ViewLimits = ViewLimits()
    privacy: Privacy = Privacy()
    supervision: Supervision = Supervision()
    threshold: tuple[Threshold, ...] = THRESHOLDS
    retention: Retention = Retention()
    recording: Recording = Recording()
    duplicates: Duplicates = Duplicates()
    requests: RequestSettings = RequestSettings()
    opening: tuple[Opening, ...] = OPENINGS
    guidance: Guidance = Guidance()
    dialling: Dialling = Dialling()
    pause_reasons: tuple[PauseReason, ...] = ("break", "lunch", "meeting", "training")
    pause_limits: dict[PauseReason, Minutes] = {}       # of one pause; none: as long as it takes

    @property
    def store_url(self) -> str:
        return self.store.url or f"sqlite+aiosqlite:///{self.data_dir.resolve() / 'deskline.db'}"

    @property
    def asterisks(self) -> tuple[Pbx, ...]:
        """All there are; the one of `[pbx]` is the first."""
        return (self.pbx, *self.asterisk)

    @property
    def tape_keep_days(self) -> int:
        """The longest of any Asterisk's; each tidies up its own tapes sooner."""
        return max(pbx.tape_keep_days for pbx in self.asterisks)

    @property
    def secret_file(self) -> Path:
        return self.data_dir / "secret"


def recordings_folder(settings: Settings) -> Path:
    """What can be heard; Asterisk writes below it, in `new`."""
    return Path(settings.recording.folder or settings.data_dir / "recordings").absolute()


def letters_folder(settings: Settings) -> Path:
    """Files that came with mails, under names of ours."""
    return settings.data_dir / "mail-files"


def anchors_file(settings: Settings) -> Path:
    """Places of the audit's chain, noted outside the database."""
    return settings.data_dir / "audit-anchors.jsonl"


def load(config: Path | None = None, **overrides: Any) -> Settings:
    """Settings from `config` (default `deskline.toml` if it is there), then the environment.

    Raises SettingsError: the file named is not there, is not TOML, or a value is not allowed.
    """
    if config is not None and not config.is_file():
        raise SettingsError(f"there is no settings file {config}")
    file = config or (DEFAULT_FILE if DEFAULT_FILE.is_file() else None)
    try:
        settings = _with_file(file, overrides)
    except ValidationError as exc:
        raise SettingsError(_in_words(file, exc)) from exc
    except ValueError as exc:
        raise SettingsError(f"{file}: {exc}") from exc
    _check_references(settings)
    return settings


def _with_file(file: Path | None, overrides: dict[str, Any]) -> Settings:
    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource, *_: PydanticBaseSettingsSource, **__: Any,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            toml = TomlConfigSettingsSource(settings_cls, toml_file=file)
            return init_settings, env_settings, toml
    return FromFile(**overrides)


def _in_words(file: Path | None, error: ValidationError) -> str:
    lines = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
             for item in error.errors()]
    return f"{file or 'environment'}: " + "; ".join(lines)


def _check_references(settings: Settings) -> None:
    for queue in settings.queue:
        _check_relaxing(queue)
    for fault in faults(settings):
        raise SettingsError(fault)
    queues = {queue.id for queue in settings.queue}
    dispositions = {choice.id for choice in settings.disposition}
    _check_asterisks(settings.asterisks)
    asterisks = {"", *(pbx.name for pbx in settings.asterisks)}
    for operator in settings.operator:
        _known(f"operator {operator.id}", operator.queues, queues, "queue")
        _known(f"operator {operator.id}", (operator.asterisk,), asterisks, "asterisk")
    for entry in settings.entry:
        _known(f"entry {entry.number}", (entry.queue,), queues, "queue")
    for queue in settings.queue:
        _known(f"queue {queue.id}", queue.dispositions, dispositions, "disposition")
    if "not_reached" in settings.wrap_up.model_fields_set:
        _known("wrap_up.not_reached", settings.wrap_up.not_reached, dispositions, "disposition")
    for campaign, chosen in settings.wrap_up.outcomes.items():
        _known(f"campaign {campaign}", chosen, dispositions, "disposition")
    # the sample's rules name the sample's queues: with others they open nothing
    for rule in settings.opening if "opening" in settings.model_fields_set else ():
        _known("opening", (rule.queue,) if rule.queue else (), queues, "queue")
    for threshold in settings.threshold:
        _known("threshold", (threshold.queue,) if threshold.queue else (), queues, "queue")
    _known("dialling.shown", tuple(settings.dialling.shown), queues, "queue")
    _known("pause_limits", tuple(settings.pause_limits), set(settings.pause_reasons),
           "pause reason")
    if len({operator.id for operator in settings.operator}) < len(settings.operator):
        raise SettingsError("two operators have the same id")
    if len({source.id for source in settings.source}) < len(settings.source):
        raise SettingsError("two sources have the same id")
    if len({right.id for right in settings.right}) < len(settings.right):
        raise SettingsError("two rights have the same id")


def _check_asterisks(asterisks: tuple[Pbx, ...]) -> None:
    """Two of one name would share a tape, two at one place are one."""
    if len({pbx.name for pbx in asterisks}) < len(asterisks):
        raise SettingsError("two Asterisks have the same name")
    if len({(pbx.host, pbx.ami_port) for pbx in asterisks}) < len(asterisks):
        raise SettingsError("two Asterisks have the same host and ami_port")


def _check_relaxing(queue: Queue) -> None:
    """Later means lower; without a skill there is nothing to relax."""
    if queue.relax and queue.skill is None:
        raise SettingsError(f"queue {queue.id}: there is a relax without a skill")
    steps = [(0, queue.level), *((step.after_s, step.level) for step in queue.relax)]
    for (before_s, before), (after_s, after) in pairwise(steps):
        if after_s <= before_s or after >= before:
            raise SettingsError(f"queue {queue.id}: each relax must come later than the one "
                                "before it and ask for a lower level")


def _known(where: str, names: tuple[str, ...], known: set[str], kind: str) -> None:
    for name in names:
        if name not in known:
            raise SettingsError(f"{where}: there is no {kind} {name!r}")
