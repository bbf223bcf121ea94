"""Unpack Debian's packages into a folder of ours, as an ordinary user, without installing them.

A private apt with its own lists and an empty status file asks the machine's own Debian mirror;
what it downloads is unpacked beside its final place and then renamed there in one step, so a
half unpack is never taken for a whole one. (PBX-FACTS: 6 s, 37 MB fetched, 81 MB on disk.)
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cti.pbx.errors import CannotUnpack

Say = Callable[[str], None]
FETCH_LIMIT_S = 600
QUICK_LIMIT_S = 60
MARK = ".deskline-whole"
HOST_STATUS = Path("/var/lib/dpkg/status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """What to unpack; `witness` is a path that a good tree holds.

    With a `suite` of its own the tree must be complete: `names`, or where one of them has become
    unknown `top` with all that it depends on. Without one it completes this host: `top` and what
    the host lacks for it, from the host's own suites.
    """
    title: str
    top: tuple[str, ...]
    witness: str
    names: tuple[str, ...] = ()
    suite: str | None = None


def quiet(_: str) -> None:
    """A `Say` that says nothing."""


def shared_folder(data_dir: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Where unpacked trees live: `DESKLINE_CACHE` when set, so that checkouts share one."""
    return Path(environ.get("DESKLINE_CACHE") or data_dir).absolute()


def unpack(packages: Packages, into: Path, *, say: Say = quiet) -> Path:
    """`into`, holding the unpacked tree; does nothing when it is there already.

    Raises CannotUnpack with a sentence for people.
    """
    if is_whole(packages, into):
        return into
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise CannotUnpack(f"{packages.title}: this machine has no {tool}")
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(into):
            if not is_whole(packages, into):
                _fetch_and_place(packages, into, say)
    except OSError as exc:
        raise CannotUnpack(f"{packages.title}: {exc.filename or into}: {exc.strerror}") from exc
    return into


def is_whole(packages: Packages, tree: Path) -> bool:
    """Whether `tree` was unpacked to the end and still holds its witness."""
    return (tree / MARK).is_file() and (tree / packages.witness).exists()


@contextmanager
def _only_one(into: Path) -> Iterator[None]:
    """Two starts at once: the second waits here and then finds the first one's tree."""
    with open(into.parent / f".{into.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch_and_place(packages: Packages, into: Path, say: Say) -> None:
    say(f"fetching {packages.title} from this machine's Debian mirror …")
    for left in into.parent.glob(f".{into.name}.part-*"):      # by a start that was killed
        shutil.rmtree(left, ignore_errors=True)
    work = into.with_name(f".{into.name}.part-{os.getpid()}")
    try:
        _place_from(work, packages, into, say)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _place_from(work: Path, packages: Packages, into: Path, say: Say) -> None:
    apt = _private_apt(work / "apt", packages.suite)
    _run(apt, ["apt-get", "update", "-qq"], packages.title)
    debs = _download(apt, packages, work / "debs")
    say(f"unpacking {len(debs)} packages …")
    tree = work / "tree"
    tree.mkdir()
    for deb in debs:
        _run(apt, ["dpkg-deb", "-x", str(deb), str(tree)], packages.title)
    if not (tree / packages.witness).exists():
        raise CannotUnpack(f"{packages.title}: the packages hold no {packages.witness}")
    (tree / MARK).write_text("".join(f"{deb.name}\n" for deb in debs))
    if into.exists():
        shutil.rmtree(into)
    tree.rename(into)


def _download(apt: Mapping[str, str], packages: Packages, debs: Path) -> list[Path]:
    (debs / "partial").mkdir(parents=True)
    known = set(_run(apt, ["apt-cache", "pkgnames"], packages.title).split())
    if packages.names and known.issuperset(packages.names):
        _run(apt, ["apt-get", "download", "-qq", *packages.names], packages.title, folder=debs)
    else:
        _run(apt, ["apt-get", "install", "-qq", "-y", "--download-only", "--reinstall",
                   "--no-install-recommends", "-o", f"Dir::Cache::archives={debs}",
                   *packages.top], packages.title)
    return sorted(debs.glob("*.deb"))


def _private_apt(folder: Path, suite: str | None) -> dict[str, str]:
    """The environment that makes apt's programs use `folder` and nothing of the system's."""
    for part in ("etc/preferences.d", "etc/apt.conf.d", "state/lists/partial", "log",
                 "cache/archives/partial"):
        (folder / part).mkdir(parents=True)
    (folder / "status").write_bytes(b"" if suite else HOST_STATUS.read_bytes())
    (folder / "etc" / "sources.list").write_text(sources_list(host_sources(), suite))
    (folder / "apt.conf").write_text(apt_conf(folder, _run({}, ["apt-config", "dump"], "apt")))
    return {**os.environ, "APT_CONFIG": str(folder / "apt.conf"), "LC_ALL": "C"}


def apt_conf(folder: Path, host_dump: str) -> str:
    """Our apt.conf: folders of our own, but the host's proxies, certificates and time-outs."""
    kept = [line for line in host_dump.splitlines()
            if line.startswith("Acquire::") and not line.startswith("Acquire::IndexTargets")]
    ours = [
        'Acquire::Check-Valid-Until "false";', 'Acquire::Retries "3";',
        'Acquire::Languages "none";',
        'APT::Sandbox::User "";', 'APT::Update::Error-Mode "any";',
        *(f'{name} "{folder / place}";' for name, place in (
            ("Dir", ""), ("Dir::State", "state"), ("Dir::State::status", "status"),
            ("Dir::Cache", "cache"), ("Dir::Etc", "etc"), ("Dir::Log", "log"))),
        'Dir::Etc::trusted "/etc/apt/trusted.gpg";',
        'Dir::Etc::trustedparts "/etc/apt/trusted.gpg.d";',
    ]
    return "\n".join([*kept, *ours]) + "\n"


@dataclass(frozen=True, slots=True)
class Source:
    """One line of the machine's apt: `uri` of the archive, the release that it is asked for."""
    uri: str
    release: str
    component: str


def host_sources() -> list[Source]:
    """The machine's own apt sources, as apt itself understands them."""
    told = _run({}, ["apt-get", "indextargets", "--format",
                     "$(REPO_URI)|$(RELEASE)|$(COMPONENT)", "Created-By: Packages"], "apt")
    return list(dict.fromkeys(parse_source(line) for line in told.splitlines() if line))


def parse_source(line: str) -> Source:
    uri, release, component = line.split("|")
    return Source(uri.rstrip("/"), release, component)


def sources_list(sources: Sequence[Source], suite: str | None) -> str:
    """`sources.list` for Debian's `suite` from the host's mirror, or for the host's own suites."""
    mirrors = [s for s in sources if s.component == "main" and is_debian_archive(s.uri)]
    if suite is None:
        mirrors = [s for s in sources if s.component in ("main", "universe")]
    if not mirrors:
        raise CannotUnpack("this machine's apt sources name no Debian mirror")
    if suite is not None:
        return f"deb {_signed()}{mirrors[0].uri} {suite} main\n"
    return "".join(f"deb {_signed()}{s.uri} {s.release} {s.component}\n" for s in mirrors)


def is_debian_archive(uri: str) -> bool:
    """Whether `uri` looks like a Debian archive: not its security part, nor somebody else's."""
    return uri.rsplit("/", 1)[-1] == "debian"


def _signed() -> str:
    keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    return f"[signed-by={keyring}] " if keyring.is_file() else ""


def _run(env: Mapping[str, str], command: list[str], title: str,
         folder: Path | None = None) -> str:
    """What `command` printed; its last words become the error's when it fails."""
    limit = QUICK_LIMIT_S if command[0] != "apt-get" else FETCH_LIMIT_S
    try:
        done = subprocess.run(  # noqa: S603 - lists of our own; package names are constants
            command, env=env or None, cwd=folder, capture_output=True, text=True, timeout=limit,
            check=False)
    except subprocess.TimeoutExpired as exc:
        raise CannotUnpack(f"{title}: `{command[0]}` took longer than {limit} s") from exc
    if done.returncode:
        raise CannotUnpack(f"{title}: `{' '.join(command[:2])}` failed: {reason(done.stderr)}")
    return done.stdout


def reason(stderr: str) -> str:
    """The first of apt's complaints that says why, less its mark: `E: Failed to fetch …`."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    marked = [line[2:].strip() for line in lines if line.startswith(("E:", "W:"))]
    return next(iter(marked or lines), "no reason given")
