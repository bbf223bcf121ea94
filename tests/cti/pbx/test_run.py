"""Starting and stopping: what is running, what is ours, and what is said when it cannot be."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cti.pbx.errors import DidNotStart, NoAsterisk, PbxError, PortInUse
from cti.pbx.find import Program
from cti.pbx.plan import PbxPlan
from cti.pbx.run import (
    LONGEST_SOCKET_PATH,
    ask,
    main_instance,
    pid_of,
    run_dir,
    start,
    stop,
)
from tests.pbx.fixtures import free_ports, sample_plan

NOTHING = Program(command=("/bin/false",), module_dir=Path("/nowhere"), data_dir=Path("/nowhere"),
                  sounds_dir=Path("/nowhere"), version="22.0")


@pytest.fixture
def plan(tmp_path: Path, asterisk: Program) -> Iterator[PbxPlan]:
    plan = sample_plan(tmp_path, free_ports())
    yield plan
    stop(main_instance(plan, asterisk))


@pytest.mark.pbx
def test_a_second_start_leaves_the_running_one_alone(plan: PbxPlan, asterisk: Program) -> None:
    instance = main_instance(plan, asterisk)
    start(instance)
    first = pid_of(instance)
    start(instance)
    assert pid_of(instance) == first


@pytest.mark.pbx
def test_another_configuration_restarts_it(plan: PbxPlan, asterisk: Program) -> None:
    start(main_instance(plan, asterisk))
    first = pid_of(main_instance(plan, asterisk))
    changed = main_instance(replace(plan, campaign_wait_s=7), asterisk)
    start(changed)
    assert pid_of(changed) not in (None, first)


@pytest.mark.pbx
def test_after_kill_9_it_starts_within_15_seconds(plan: PbxPlan, asterisk: Program) -> None:
    instance = main_instance(plan, asterisk)
    start(instance)
    for _ in range(3):
        pid = pid_of(instance)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        start(instance)
        assert time.monotonic() - began < 15
        assert "Asterisk" in ask(instance, "core show version")


@pytest.mark.pbx
def test_stop_leaves_no_process(plan: PbxPlan, asterisk: Program) -> None:
    instance = main_instance(plan, asterisk)
    start(instance)
    pid = pid_of(instance)
    stop(instance)
    assert pid_of(instance) is None
    assert not Path(f"/proc/{pid}/exe").exists()
    stop(instance)      # and again: nothing to do


@pytest.mark.pbx
def test_its_files_are_for_its_owner_only(plan: PbxPlan, asterisk: Program) -> None:
    instance = main_instance(plan, asterisk)
    start(instance)
    etc = instance.site.folder / "etc"
    assert {path.stat().st_mode & 0o777 for path in etc.iterdir()} == {0o600}


@pytest.mark.pbx
def test_nothing_is_served_beyond_this_machine(plan: PbxPlan, asterisk: Program) -> None:
    """Sound aside, and PJSIP's two sockets that ask name servers."""
    instance = main_instance(plan, asterisk)
    start(instance)
    listening = subprocess.run(["ss", "-lntpH"], capture_output=True, text=True, check=True,
                               timeout=10).stdout.splitlines()
    ours = [line.split()[3] for line in listening if f"pid={pid_of(instance)}," in line]
    assert ours
    assert all(address.startswith("127.0.0.1:") for address in ours), ours


@pytest.mark.pbx
@pytest.mark.parametrize("kind", ["sip", "ami", "http"])
def test_a_port_in_use_is_named(plan: PbxPlan, asterisk: Program, kind: str) -> None:
    port = getattr(plan.ports, kind)
    family = socket.SOCK_DGRAM if kind == "sip" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, family) as other:
        other.bind(("127.0.0.1", port))
        if kind != "sip":
            other.listen()
        with pytest.raises(PortInUse, match=str(port)):
            start(main_instance(plan, asterisk))


def test_a_stale_pid_file_points_at_nobody(tmp_path: Path) -> None:
    instance = main_instance(sample_plan(tmp_path, free_ports()), NOTHING)
    instance.site.run_dir.mkdir(parents=True)
    (instance.site.run_dir / "asterisk.pid").write_text(str(os.getpid()))
    assert pid_of(instance) is None


def test_an_asterisk_without_the_modules_we_need_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoAsterisk, match="chan_pjsip"):
        start(main_instance(sample_plan(tmp_path, free_ports()), NOTHING))


@pytest.mark.pbx
def test_an_asterisk_that_ends_at_once_is_reported(tmp_path: Path, asterisk: Program) -> None:
    broken = replace(asterisk, command=("/bin/false",))
    with pytest.raises(DidNotStart, match="did not start"):
        start(main_instance(sample_plan(tmp_path, free_ports()), broken))


@pytest.mark.pbx
def test_a_folder_that_is_a_file_is_named(tmp_path: Path, asterisk: Program) -> None:
    (tmp_path / "main").touch()
    with pytest.raises(PbxError, match="main"):
        start(main_instance(sample_plan(tmp_path, free_ports()), asterisk))


def test_a_deep_checkout_gets_a_short_control_socket(tmp_path: Path) -> None:
    deep, deeper = tmp_path / ("x" * 90) / "main", tmp_path / ("x" * 90) / "world"
    assert len(str(run_dir(deep) / "asterisk.ctl")) <= LONGEST_SOCKET_PATH
    assert run_dir(deep) != run_dir(deeper)
    assert run_dir(Path("/srv/main")) == Path("/srv/main/run")
