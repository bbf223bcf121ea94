"""Find an Asterisk that will do: the machine's own, or Debian's packages unpacked by us."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cti.pbx.errors import CannotUnpack, NoAsterisk
from cti.pbx.unpack import Packages, Say, is_whole, quiet, shared_folder, unpack

OLDEST_MAJOR = 18
_TRIPLET = f"{platform.machine()}-linux-gnu"
LOADERS = {"x86_64": "ld-linux-x86-64.so.2", "aarch64": "ld-linux-aarch64.so.1"}

ASTERISK = Packages(
    title="Asterisk 22", suite="forky", witness="usr/sbin/asterisk",
    top=("asterisk", "asterisk-modules", "asterisk-core-sounds-en-wav"),
    names=(
        "asterisk", "asterisk-modules", "asterisk-core-sounds-en-wav", "libbsd0", "libc6",
        "libcap2", "libcrypt1", "libedit2", "libgcc-s1", "libjansson4", "libmd0",
        "libnspr4", "libnss3", "libopus0", "libsqlite3-0", "libsrtp2-1", "libssl3t64",
        "libstdc++6", "libsystemd0", "libtinfo6", "liburiparser1", "libuuid1",
        "libxml2-16", "libxslt1.1", "libzstd1", "zlib1g",
    ),
)
ESPEAK = Packages(
    title="espeak-ng", witness="usr/bin/espeak-ng",
    top=("espeak-ng", "libespeak-ng1", "espeak-ng-data"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """An Asterisk to run: `command` starts it, options follow; folders hold its parts."""
    command: tuple[str, ...]
    module_dir: Path
    data_dir: Path          # holds documentation/ and, unless the build says otherwise, sounds/
    sounds_dir: Path
    version: str

    def modules(self) -> frozenset[str]:
        """Module names without `.so`."""
        return frozenset(path.stem for path in self.module_dir.glob("*.so"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Espeak:
    """An espeak-ng, and what a process that loads its library must have in its environment."""
    command: str
    environment: dict[str, str]


def find_asterisk(data_dir: Path, *, say: Say = quiet, allow_system: bool = True,
                  fetch: bool = True) -> Program:
    """The system's Asterisk 18 or newer, else Debian's, unpacked below `data_dir` or the cache.

    With `fetch` off nothing is downloaded. Raises NoAsterisk with what to do.
    """
    if allow_system and (program := system_asterisk()) is not None:
        return program
    tree = shared_folder(data_dir) / "asterisk"
    if not fetch and not is_whole(ASTERISK, tree):
        raise NoAsterisk("no Asterisk has been unpacked here yet: `deskline pbx up` does it")
    if platform.machine() not in LOADERS:
        raise NoAsterisk(f"no Asterisk here and none to unpack for {platform.machine()}: "
                         "install Asterisk 18 or newer")
    try:
        unpack(ASTERISK, tree, say=say)
    except CannotUnpack as exc:
        raise NoAsterisk(f"no Asterisk {OLDEST_MAJOR} or newer is installed, and Debian's could "
                         f"not be unpacked ({exc}); `apt-get install asterisk` would do, or a "
                         "network that reaches a Debian mirror") from exc
    return unpacked_program(tree)


def unpacked_program(tree: Path) -> Program:
    """The Asterisk in `tree`; it must be started by the tree's own dynamic loader."""
    libraries = tree / "usr" / "lib" / _TRIPLET
    loader = libraries / LOADERS[platform.machine()]
    data = tree / "usr" / "share" / "asterisk"
    command = (str(loader), "--library-path", str(libraries), str(tree / "usr/sbin/asterisk"))
    return Program(command=command, data_dir=data, sounds_dir=_sounds(data),
                   module_dir=_first([libraries / "asterisk/modules",
                                      tree / "usr/lib/asterisk/modules"]),
                   version=_version(command) or "unknown")


def unpack_espeak(data_dir: Path, *, say: Say = quiet) -> Espeak:
    """The system's espeak-ng, else the host suite's own packages, unpacked as Asterisk's are.

    `environment` (LD_LIBRARY_PATH, ESPEAK_DATA_PATH; empty for the system's) belongs into the
    environment of the speech worker *before* it starts. Raises CannotUnpack.
    """
    if (system := shutil.which("espeak-ng")) is not None:
        return Espeak(command=system, environment={})
    tree = unpack(ESPEAK, shared_folder(data_dir) / "espeak", say=say)
    libraries = tree / "usr" / "lib" / _TRIPLET
    data = _first([libraries / "espeak-ng-data", tree / "usr/share/espeak-ng-data"])
    return Espeak(command=str(tree / ESPEAK.witness), environment={
        "LD_LIBRARY_PATH": f"{libraries}:{libraries / 'pulseaudio'}",
        "ESPEAK_DATA_PATH": str(data.parent)})


def system_asterisk(root: Path = Path("/")) -> Program | None:
    """The Asterisk that is installed, where it is new enough; `root` is the file system's."""
    places = [str(root / place) for place in ("usr/sbin", "usr/local/sbin", "usr/bin")]
    path = shutil.which("asterisk", path=":".join(places))
    if path is None or (version := _version((path,))) is None:
        return None
    if int(version.split(".")[0]) < OLDEST_MAJOR:
        return None
    modules = [root / prefix / place / "asterisk/modules" for prefix in ("usr", "usr/local")
               for place in (f"lib/{_TRIPLET}", "lib64", "lib")]
    data = _first([root / place for place in (
        "usr/share/asterisk", "var/lib/asterisk", "usr/local/share/asterisk")],
        holding="documentation")
    return Program(command=(path,), module_dir=_first(modules, holding="chan_pjsip.so"),
                   data_dir=data, sounds_dir=_sounds(data), version=version)


def _sounds(data: Path) -> Path:
    """The folder of spoken English; Debian makes the link `en` only when it installs."""
    folder = data / "sounds"
    return _first([folder / "en_US_f_Allison", folder / "en"])


def _version(command: tuple[str, ...]) -> str | None:
    try:
        told = subprocess.run([*command, "-V"], capture_output=True,  # noqa: S603 - our own list
                              text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"Asterisk (?:certified/)?(\d+(?:\.\d+)*)", told)
    return found.group(1) if found else None


def _first(folders: Iterable[Path], holding: str = "") -> Path:
    tried = list(folders)
    return next((path for path in tried if (path / holding).exists()), tried[0])
