"""Beside an Asterisk that we did not set up: Debian's own sample configuration, and our parts.

What its administrator does is what `deskline-README.txt` says, read from it line by line.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cti.pbx.find import Program
from cti.pbx.plan import PbxPlan
from cti.pbx.render_existing import README, render_for_existing
from cti.pbx.run import Instance, main_instance, start, stop, world_instance
from cti.pbx.unpack import Packages, shared_folder, unpack
from tests.pbx.fixtures import CHECKOUT, PrivatePbx, free_ports
from tests.tapes.stage import stage
from workstation.cli.main import run
from workstation.pbx_plan import plan_of
from workstation.settings import load

pytestmark = pytest.mark.pbx

SAMPLE = Packages(title="Debian's sample configuration of Asterisk", suite="forky",
                  witness="etc/asterisk/manager.conf", top=("asterisk-config",),
                  names=("asterisk-config",))
LISTENERS = ("chan_iax2", "chan_unistim", "chan_mgcp", "res_pjsip_phoneprov_provider")


@pytest.fixture(scope="module")
def config() -> Iterator[Path]:
    """deskline.toml of an installation beside that Asterisk."""
    folder, ports = Path(tempfile.mkdtemp(prefix="deskline-site-")), free_ports()
    file = folder / "deskline.toml"
    file.write_text(
        f'data_dir = "{folder}"\n[pbx]\nsip_port = {ports.sip}\nami_port = {ports.ami}\n'
        f'http_port = {ports.http}\nrtp_start = {ports.rtp[0]}\nrtp_end = {ports.rtp[1]}\n'
        f'trunk = "127.0.0.1:{ports.world_sip}"\nworld_ami_port = {ports.world_ami}\n'
        f'[menu]\nport = {ports.agi_menu}\ngate_port = {ports.agi_gate}\n')
    yield file
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def beside(config: Path, asterisk: Program) -> Iterator[PrivatePbx]:
    plan = plan_of(load(config))
    instances = [world_instance(plan, asterisk), site_instance(plan, asterisk)]
    try:
        for instance in instances:
            start(instance)
        yield PrivatePbx(plan, asterisk)
    finally:
        for instance in instances:
            stop(instance)


def site_instance(plan: PbxPlan, program: Program) -> Instance:
    main = main_instance(plan, program)
    sample = unpack(SAMPLE, shared_folder(CHECKOUT / ".deskline") / "asterisk-sample")
    etc = sample / "etc" / "asterisk"
    shutil.copytree(etc, main.site.folder / "etc")      # its folders, and what is not text
    files = {path.name: path.read_text("latin-1") for path in etc.glob("*.conf")}
    administrators_own(files, plan, main)
    ours = dict(render_for_existing(plan))
    follow(ours.pop(README), files)
    return Instance(name="site", program=program, site=main.site, files={**files, **ours},
                    sockets=main.sockets)


def administrators_own(files: dict[str, str], plan: PbxPlan, main: Instance) -> None:
    """What any site sets for itself: where its folders are, its ports, its transport."""
    ports, directories = plan.ports, main.files["asterisk.conf"].split("[options]")[0]
    files["asterisk.conf"] = directories + "[options]\n" + (
        files["asterisk.conf"].partition("[options]")[2])
    files["manager.conf"] = files["manager.conf"].replace("port = 5038", f"port = {ports.ami}")
    files["http.conf"] += f"\nbindport = {ports.http}\n"
    files["rtp.conf"] = f"[general]\nrtpstart={ports.rtp[0]}\nrtpend={ports.rtp[1]}\n"
    files["modules.conf"] = files["modules.conf"].replace(
        "autoload=yes", "autoload=yes\n" + "".join(f"noload => {m}.so\n" for m in LISTENERS))
    files["pjsip.conf"] += (
        "\n[global]\ntype = global\nendpoint_identifier_order = username,ip,anonymous\n"
        f"[udp]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:{ports.sip}\n")


def follow(readme: str, files: dict[str, str]) -> None:
    """Do what the README says."""
    steps = re.findall(r"^  (\S+\.conf) +\S+ +(#include \S+)", readme, re.MULTILINE)
    assert len(steps) == 7
    for name, line in steps:
        section = "[mappings]\n" if name == "cel_custom.conf" else ""
        files[name] += f"\n{section}{line}\n"
    found = re.search(r"systemname = \S+", readme)
    assert found is not None
    files["asterisk.conf"] = files["asterisk.conf"].replace(
        "[options]", f"[options]\n{found.group()}", 1)


def test_the_doctor_finds_that_the_parts_took(
        beside: PrivatePbx, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["doctor", "--json", "--config", str(config)])
    said = {one["check"]: one for one in json.loads(capsys.readouterr().out)["checks"]}
    for check in ("manager account observer", "rights of observer", "manager account control",
                  "rights of control", "Asterisk version",
                  "dialplan", "queues", "softphones", "clock", "events", "endpoints"):
        assert said[check]["colour"] == "green", said[check]


async def test_a_call_goes_its_whole_way_beside_the_sites_own_dialplan(
        beside: PrivatePbx, tmp_path: Path) -> None:
    async with stage(beside, tmp_path) as scene, scene.desk("101", auto_answer=True):
        await scene.ready("101")
        await scene.call_in(talk_s=2)
        await scene.heard("CallAnswered")
        await scene.heard("CallEnded")
    assert {"CallQueued", "OperatorOffered"} <= set(scene.seen)
    assert "demo" in beside.ask("dialplan show demo"), "the site's own dialplan is still there"
    written = beside.main.site.folder / "log" / "cel-custom" / "Deskline.csv"
    assert "LINKEDID_END" in written.read_text(), "what happens is written down for us"
