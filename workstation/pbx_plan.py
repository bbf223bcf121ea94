"""Settings → the private Asterisk's plan: the only place that knows both."""

from __future__ import annotations

from pathlib import Path

from cti.pbx.errors import BadPlan
from cti.pbx.plan import EntryPlan, OperatorPlan, PbxPlan, Ports, QueuePlan, WorldPlan
from cti.secrets import load_or_create
from workstation.asterisks import apart_of, folder_of, operators_of, own_secret, pbx_of
from workstation.errors import in_words
from workstation.recording_files import written_below
from workstation.recording_policy import is_any_recorded, is_recorded
from workstation.settings import (
    DataFolderUnusable,
    Pbx,
    Settings,
    SettingsError,
    recordings_folder,
)
from workstation.skills import bearable


def plan_of(settings: Settings, *, world: WorldPlan | None = None, name: str = "") -> PbxPlan:
    """The plan of one Asterisk, by default the first.

    Makes `data_dir` and the installation's secret on first use.
    Raises DataFolderUnusable; SettingsError when a value must not enter Asterisk's configuration.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        secret = load_or_create(settings.secret_file)
        if is_any_recorded(settings):
            written_folder(settings, name).mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, ValueError) as exc:
        raise DataFolderUnusable(
            f"the data folder {settings.data_dir} cannot be used: {in_words(exc)}") from exc
    pbx = pbx_of(settings, name)
    trunk_host, _, trunk_port = pbx.trunk.rpartition(":")
    try:
        return PbxPlan(
            folder=folder_of(settings, name), secret=own_secret(settings, secret, name),
            ports=_ports(settings, pbx), name=pbx.name, host=pbx.host,
            menu_host=_menu_host(settings), trunk_host=trunk_host,
            trunk_port=int(trunk_port), trunk_endpoint=pbx.trunk_endpoint,
            has_desk_phones=pbx.desk_phones, caller_id=pbx.caller_id, desk_code=pbx.desk_code,
            park_limit_s=pbx.park_limit_s, tells_line=settings.waiting.on,
            tell_every_s=settings.waiting.every_s,
            operators=tuple(OperatorPlan(id=o.id, name=o.name)
                            for o in operators_of(settings, name)),
            queues=tuple(QueuePlan(id=q.id, ring_s=q.ring_s, max_wait_s=q.max_wait_s,
                                   service_level_s=q.service_level_s, penalties=bearable(q),
                                   is_recorded=is_recorded(q, settings.recording),
                                   survey=q.survey, overflow_s=min(
                                       (one.after_s for one in q.overflow if one.after_s),
                                       default=0))
                         for q in settings.queue),
            entries=tuple(EntryPlan(number=e.number, queue=e.queue, menu=e.menu)
                          for e in settings.entry),
            recordings=written_folder(settings, name) if is_any_recorded(settings) else None,
            records_outbound=settings.recording.outbound != "never",
            announcement=settings.recording.announcement,
            world=world or WorldPlan())
    except BadPlan as exc:
        raise SettingsError(str(exc)) from exc


def written_folder(settings: Settings, name: str = "") -> Path:
    """Where an Asterisk writes recordings until they are finished."""
    return written_below(recordings_folder(settings), apart_of(settings, name))


def _menu_host(settings: Settings) -> str:
    """As an Asterisk reaches it; where it listens everywhere, it is on Asterisk's own machine."""
    everywhere = ("0.0.0.0", "::")  # noqa: S104 # nosec B104 - compared with, not bound to
    return "" if settings.menu.host in everywhere else settings.menu.host


def _ports(settings: Settings, pbx: Pbx) -> Ports:
    """The world listens where the trunk leads; its own sound follows after ours."""
    after = pbx.rtp_end + 1
    return Ports(sip=pbx.sip_port, ami=pbx.ami_port, http=pbx.http_port,
                 rtp=(pbx.rtp_start, pbx.rtp_end), agi_menu=settings.menu.port,
                 agi_gate=settings.menu.gate_port, world_ami=pbx.world_ami_port,
                 world_sip=int(pbx.trunk.rpartition(":")[2]), world_rtp=(after, after + 999))


def colleagues_of(settings: Settings) -> WorldPlan:
    """The world of the demo: it plays the phones of all operators but the first two."""
    played = [o.id for o in settings.operator if o.role == "operator" and o.queues]
    return WorldPlan(colleagues=tuple(played[2:7]))
