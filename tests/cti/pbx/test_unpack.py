"""Unpacking Debian's packages: what is taken for whole, and whose mirror is asked."""

from __future__ import annotations

import fcntl
import subprocess
import threading
from pathlib import Path

import pytest

from cti.pbx import unpack
from cti.pbx.errors import CannotUnpack
from cti.pbx.find import Espeak, unpack_espeak
from cti.pbx.unpack import MARK, Packages, Source, apt_conf, is_whole, sources_list

HELLO = Packages(title="hello", top=("hello",), names=("hello",), witness="usr/bin/hello",
                 suite="forky")
MIRROR = Source("http://mirror.test/debian", "bookworm", "main")
SECURITY = Source("http://mirror.test/debian-security", "bookworm-security", "main")


def test_a_half_unpacked_tree_is_not_whole(tmp_path: Path) -> None:
    (tmp_path / "usr" / "bin").mkdir(parents=True)
    (tmp_path / "usr" / "bin" / "hello").touch()
    assert not is_whole(HELLO, tmp_path)
    (tmp_path / MARK).touch()
    assert is_whole(HELLO, tmp_path)


def test_a_whole_tree_is_used_without_asking_any_mirror(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "usr" / "bin").mkdir(parents=True)
    (tmp_path / "usr" / "bin" / "hello").touch()
    (tmp_path / MARK).touch()
    monkeypatch.setenv("PATH", "")
    assert unpack.unpack(HELLO, tmp_path) == tmp_path


def test_without_apt_the_message_says_so(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotUnpack, match="this machine has no apt-get"):
        unpack.unpack(HELLO, tmp_path / "tree")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotUnpack, match="file"):
        unpack.unpack(HELLO, tmp_path / "file" / "tree")


def test_debians_suite_is_asked_of_the_machines_own_mirror() -> None:
    text = sources_list([SECURITY, MIRROR], "forky")
    assert text.split("] ")[-1].removeprefix("deb ") == "http://mirror.test/debian forky main\n"


def test_the_hosts_own_suites_are_asked_as_they_are() -> None:
    lines = sources_list([MIRROR, SECURITY], None).splitlines()
    assert [line.split()[-2] for line in lines] == ["bookworm", "bookworm-security"]


def test_a_machine_without_a_debian_mirror_is_told_so() -> None:
    with pytest.raises(CannotUnpack, match="name no Debian mirror"):
        sources_list([Source("http://mirror.test/ubuntu", "noble", "main")], "forky")


def test_the_hosts_proxy_is_kept_and_its_package_lists_are_not(tmp_path: Path) -> None:
    dump = 'Acquire::http::Proxy "http://proxy.test:3128";\nDir::State "var/lib/apt";\n'
    text = apt_conf(tmp_path, dump)
    assert 'Acquire::http::Proxy "http://proxy.test:3128";' in text
    assert f'Dir::State "{tmp_path / "state"}";' in text
    assert '"var/lib/apt"' not in text


def test_apts_first_complaint_is_the_reason_given() -> None:
    told = "Reading…\nW: Failed to fetch http://m/x  Could not connect\nE: Some files failed\n"
    assert unpack.reason(told) == "Failed to fetch http://m/x  Could not connect"
    assert unpack.reason("") == "no reason given"


def test_the_second_of_two_starts_waits_for_the_first(tmp_path: Path) -> None:
    tree = tmp_path / "hello"
    with open(tmp_path / ".hello.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found: list[Path] = []
        second = threading.Thread(target=lambda: found.append(unpack.unpack(HELLO, tree)))
        second.start()
        second.join(0.3)
        assert second.is_alive()
        (tree / "usr" / "bin").mkdir(parents=True)
        (tree / HELLO.witness).touch()
        (tree / MARK).touch()
    second.join(5)
    assert found == [tree]


@pytest.mark.pbx
def test_an_unpacked_espeak_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the host's own suite, beside whatever the system has."""
    monkeypatch.setattr("cti.pbx.find.shutil.which", lambda name, path=None: (
        None if name == "espeak-ng" else f"/usr/bin/{name}"))
    monkeypatch.setenv("DESKLINE_CACHE", str(tmp_path))
    espeak: Espeak = unpack_espeak(tmp_path)
    sound = tmp_path / "one.wav"
    subprocess.run([espeak.command, "-w", str(sound), "one two three"], check=True, timeout=20,
                   env=espeak.environment)
    assert str(tmp_path) in espeak.command
    assert sound.stat().st_size > 10_000
