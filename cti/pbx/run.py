"""Start, watch and stop the private Asterisk and, for demo and tests, the one outside.

Everything an instance owns is in its folder; what runs is known by its pid file *and* by that
folder in its command line, so a stale file never points at somebody else's process.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cti.pbx.errors import BadPlan, DidNotStart, NoAsterisk, PbxError, PortInUse
from cti.pbx.find import Program
from cti.pbx.music import write_music
from cti.pbx.plan import PbxPlan
from cti.pbx.render import Files, render_main, render_world_instance
from cti.pbx.render_system import NEEDED_MODULES, Site

LONGEST_SOCKET_PATH = 100
BOOT_LIMIT_S = 60.0
STOP_LIMIT_S = 10.0
PORTS_PATIENCE_S = 2.0
TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One Asterisk process: its name is `main` or `world`."""
    name: str
    program: Program
    site: Site
    files: Files
    sockets: tuple[tuple[str, str, int], ...]     # (kind "tcp"|"udp", host, port)

    @property
    def config(self) -> Path:
        return self.site.folder / "etc" / "asterisk.conf"


def main_instance(plan: PbxPlan, program: Program) -> Instance:
    site = _site(plan.folder / "main", program)
    ports = plan.ports
    return Instance(name="main", program=program, site=site, files=render_main(plan, site),
                    sockets=(("udp", plan.host, ports.sip), ("tcp", plan.host, ports.ami),
                             ("tcp", plan.host, ports.http)))


def world_instance(plan: PbxPlan, program: Program) -> Instance:
    site = _site(plan.folder / "world", program)
    ports = plan.ports
    return Instance(name="world", program=program, site=site,
                    files=render_world_instance(plan, site),
                    sockets=(("udp", plan.host, ports.world_sip),
                             ("tcp", plan.host, ports.world_ami)))


def instances(plan: PbxPlan, program: Program, *, world: bool) -> list[Instance]:
    both = [main_instance(plan, program)]
    return [*both, world_instance(plan, program)] if world else both


def up(plan: PbxPlan, program: Program, *, world: bool = False) -> None:
    """Start what is not running yet, and wait until it is fully booted.

    An instance that runs with another configuration is restarted. Raises PbxError's children.
    """
    for instance in instances(plan, program, world=world):
        start(instance)


def down(plan: PbxPlan, program: Program) -> None:
    for instance in reversed(instances(plan, program, world=True)):
        stop(instance)


def start(instance: Instance) -> None:
    if missing := NEEDED_MODULES - instance.site.modules:
        raise NoAsterisk(f"this Asterisk lacks the modules {', '.join(sorted(missing))}")
    if pid_of(instance) is not None:
        if not _is_written(instance):
            stop(instance)
        elif _wait_booted(instance, lambda: pid_of(instance) is not None):
            return
    _prepare(instance)
    _check_ports(instance)
    for attempt in range(TRIES):
        if _boot(instance):
            return
        time.sleep(0.3 * (attempt + 1))     # the killed one still holds its socket: once more
    raise DidNotStart(f"Asterisk ({instance.name}) did not start: {_last_words(instance)}")


def _boot(instance: Instance) -> bool:
    process = _spawn(instance)
    return _wait_booted(instance, lambda: process.poll() is None)


def stop(instance: Instance) -> None:
    """Ask, then insist. Calls in progress end."""
    if (pid := pid_of(instance)) is None:
        return
    with contextlib.suppress(PbxError):
        ask(instance, "core stop now", limit_s=3)
    if _until(lambda: pid_of(instance) is None, STOP_LIMIT_S / 2):
        return
    for insist in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, insist)
        if _until(lambda: pid_of(instance) is None, STOP_LIMIT_S / 2):
            return
    raise PbxError(f"Asterisk ({instance.name}, process {pid}) does not end")


def pid_of(instance: Instance) -> int | None:
    """The process id of this instance, if it runs."""
    try:
        pid = int((instance.site.run_dir / "asterisk.pid").read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()     # empty for a zombie
    except (OSError, ValueError):
        return None
    return pid if str(instance.config).encode() in command else None


def ask(instance: Instance, command: str, *, limit_s: float = 10.0) -> str:
    """What Asterisk's own console answers. Raises PbxError when it cannot be reached."""
    try:
        done = subprocess.run(  # noqa: S603 - our own program and configuration
            [*instance.program.command, "-C", str(instance.config), "-rx", command],
            capture_output=True, text=True, errors="replace", timeout=limit_s, check=False)
    except subprocess.TimeoutExpired as exc:
        raise PbxError(f"Asterisk ({instance.name}) did not answer in {limit_s:g} s") from exc
    if done.returncode:
        raise PbxError(f"Asterisk ({instance.name}) cannot be reached: {done.stderr.strip()}")
    return done.stdout


def _site(folder: Path, program: Program) -> Site:
    folder = folder.absolute()
    return Site(folder=folder, run_dir=run_dir(folder), module_dir=program.module_dir,
                data_dir=program.data_dir, sounds_dir=program.sounds_dir,
                modules=program.modules())


def run_dir(folder: Path) -> Path:
    """`folder`/run, or a short one of ours below the temporary folder: longer socket paths are
    cut silently by Asterisk, and two instances could then meet in one."""
    near = folder / "run"
    if len(str(near / "asterisk.ctl").encode()) <= LONGEST_SOCKET_PATH:
        return near
    mark = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"deskline-{os.getuid()}-{mark}"


def _prepare(instance: Instance) -> None:
    site = instance.site
    try:
        for name in ("etc", "lib/keys", "lib/agi-bin", "lib/music", "spool", "log/cdr-custom",
                     "log/cel-custom", "log/cdr-csv"):
            (site.folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        _own_folder(site.run_dir)
        for name, text in instance.files.items():
            _write_private(site.folder / "etc" / name, text)
        _link_sounds(site)
        if not (music := site.folder / "lib" / "music" / "calm.wav").exists():
            write_music(music)
    except OSError as exc:
        raise PbxError(f"{exc.filename}: {exc.strerror}; Asterisk's folder must be ours") from exc


def _own_folder(folder: Path) -> None:
    """In /tmp anybody could have made it before us."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise BadPlan(f"{folder} belongs to somebody else")


def _link_sounds(site: Site) -> None:
    """Debian makes `sounds/en` only when it installs; without it there is no sound at all."""
    link = site.data_dir / "sounds" / "en"
    if not link.exists() and site.sounds_dir.exists():
        with contextlib.suppress(FileExistsError):
            link.symlink_to(site.sounds_dir.name)


def _write_private(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    part.replace(path)


def _is_written(instance: Instance) -> bool:
    folder = instance.site.folder / "etc"
    return all((folder / name).is_file() and (folder / name).read_text() == text
               for name, text in instance.files.items())


def _check_ports(instance: Instance) -> None:
    """Raises PortInUse; a process killed just now still holds its ports for a moment."""
    if not _until(lambda: _port_taken(instance) is None, PORTS_PATIENCE_S):
        raise PortInUse(f"Asterisk ({instance.name}) needs {_port_taken(instance)}")


def _port_taken(instance: Instance) -> str | None:
    for kind, host, port in instance.sockets:
        family = socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM
        with socket.socket(socket.AF_INET, family) as probe:
            if kind == "tcp":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as exc:
                return f"{kind.upper()} port {port} of {host}: {exc.strerror}"
    return None


def _spawn(instance: Instance) -> subprocess.Popen[bytes]:
    """It outlives us; a thread collects its exit code if we outlive it."""
    with open(instance.site.folder / "log" / "console", "wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program and configuration
            [*instance.program.command, "-C", str(instance.config), "-f"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            cwd=instance.site.folder, start_new_session=True, umask=0o077)
    threading.Thread(target=process.wait, name=f"asterisk-{instance.name}", daemon=True).start()
    return process


def _wait_booted(instance: Instance, is_alive: Callable[[], bool]) -> bool:
    """True when fully booted, False when it has ended; raises DidNotStart on the limit."""
    limit = time.monotonic() + BOOT_LIMIT_S
    while time.monotonic() < limit:
        if not is_alive():
            return False
        with contextlib.suppress(PbxError):
            if "fully booted" in ask(instance, "core waitfullybooted"):
                return True
        time.sleep(0.1)
    raise DidNotStart(f"Asterisk ({instance.name}) was not ready in {BOOT_LIMIT_S:g} s: "
                      f"{_last_words(instance)}")


def _last_words(instance: Instance) -> str:
    with contextlib.suppress(OSError):
        log = instance.site.folder / "log" / "console"
        lines = log.read_text(errors="replace").strip().splitlines()
        if lines:
            return lines[-1][:300]
    return "it said nothing"


def _until(is_so: Callable[[], bool], limit_s: float) -> bool:
    limit = time.monotonic() + limit_s
    while time.monotonic() < limit:
        if is_so():
            return True
        time.sleep(0.05)
    return is_so()
