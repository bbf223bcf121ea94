"""A plan becomes the files of an Asterisk."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import replace
from pathlib import Path

import pytest

from cti.pbx.dialplan_text import extension
from cti.pbx.plan import PbxPlan, Ports
from cti.pbx.render import render_main, render_world_instance
from cti.pbx.render_existing import render_for_existing
from cti.pbx.render_system import COMMON_MODULES, MAIN_MODULES, Site
from tests.pbx.fixtures import sample_plan

ALL_MODULES = frozenset((*COMMON_MODULES, *MAIN_MODULES))


@pytest.fixture
def plan() -> PbxPlan:
    return sample_plan(Path("/tmp/deskline"), Ports.from_base(40000))


def site(modules: frozenset[str] = ALL_MODULES) -> Site:
    return Site(folder=Path("/srv/pbx/main"), run_dir=Path("/srv/pbx/main/run"),
                module_dir=Path("/usr/lib/asterisk/modules"), modules=modules,
                data_dir=Path("/usr/share/asterisk"), sounds_dir=Path("/usr/share/asterisk/en"))


def test_the_same_plan_gives_the_same_files(plan: PbxPlan) -> None:
    assert render_main(plan, site()) == render_main(plan, site())


def test_a_module_that_this_build_lacks_is_not_loaded(plan: PbxPlan) -> None:
    files = render_main(plan, site(ALL_MODULES - {"codec_opus", "res_cdrel_custom"}))
    loaded = re.findall(r"load = (\w+)\.so", files["modules.conf"])
    assert "codec_opus" not in loaded
    assert "chan_pjsip" in loaded


def test_a_module_is_loaded_after_what_it_wants(plan: PbxPlan) -> None:
    loaded = re.findall(r"load = (\w+)\.so", render_main(plan, site())["modules.conf"])
    assert len(loaded) == len(set(loaded))
    for first, then in (("res_speech", "res_agi"), ("res_cdrel_custom", "cel_custom"),
                        ("func_groupcount", "func_periodic_hook"),
                        ("func_periodic_hook", "app_mixmonitor")):
        assert loaded.index(first) < loaded.index(then)


def test_no_manager_account_may_run_commands(plan: PbxPlan) -> None:
    text = render_main(plan, site())["manager.conf"]
    rights = [set(line.split(" = ")[1].split(",")) for line in text.splitlines()
              if line.startswith("write")]
    assert rights == [{"reporting"}, {"call", "agent", "reporting", "originate"},
                      {"call", "originate"}]


def test_event_filters_are_anchored_so_that_a_callers_name_cannot_trip_them(
        plan: PbxPlan) -> None:
    text = render_main(plan, site())["manager.conf"]
    filters = [line.split(" = ")[1] for line in text.splitlines() if "eventfilter" in line]
    assert filters
    filters = [one for one in filters if "Newstate" not in one and "DialEnd" not in one]
    of_devices = r"(\.\*(Device|State): \S+)?"       # events that hold nothing a caller says
    assert all(re.fullmatch(r"!?\^Event: \w+\[\[:space:\]\]" + of_devices, one)
               for one in filters)
    assert all("DeviceStateChange" in one for one in filters if ".*" in one)


@pytest.mark.parametrize(("state", "name", "is_kept_from_us"), [
    ("5", "Ivan", True), ("6", "Ivan", False), ("6", "ChannelState: 5 ", False),
    ("6", "x\r\nChannel: PJSIP/1\r\nChannelState: 5\r\n", False)])
def test_that_a_phone_rings_is_kept_from_us_and_no_name_can_do_the_same(
        plan: PbxPlan, state: str, name: str, is_kept_from_us: bool) -> None:
    """As Asterisk matches: POSIX, over the whole event, a line's end being nothing special."""
    text = render_main(plan, site())["manager.conf"]
    pattern, = {line.split(" = !")[1] for line in text.splitlines() if "Newstate" in line}
    event = ("Event: Newstate\r\nPrivilege: call,all\r\nTimestamp: 1795402834.123456\r\n"
             "SystemName: d0123456789abcdef\r\nChannel: PJSIP/101-00000014\r\n"
             f"ChannelState: {state}\r\nChannelStateDesc: x\r\nCallerIDNum: 7\r\n"
             f"CallerIDName: {name}\r\n\r\n")
    found = re.search(pattern.replace("[:space:]", r"\s"), event, re.DOTALL)
    assert (found is not None) is is_kept_from_us


@pytest.mark.parametrize(("context", "end", "is_kept_from_us"), [
    ("deskline-queue", "DialStatus: CANCEL", True),
    ("deskline-queue", "DialStatus: ANSWER", False),
    ("deskline-queue", "DialStatus: CANCEL\r\nForward: Local/5@x", False),
    ("deskline-out", "DialStatus: CANCEL", False),
    ("deskline-queue-2", "DialStatus: CANCEL", False)])
def test_that_a_queue_rings_a_phone_no_more_is_kept_from_us_for_its_hangup_says_it(
        plan: PbxPlan, context: str, end: str, is_kept_from_us: bool) -> None:
    text = render_main(plan, site())["manager.conf"]
    pattern, = {line.split(" = !")[1] for line in text.splitlines() if "DialEnd" in line}
    event = ("Event: DialEnd\r\nPrivilege: call,all\r\nTimestamp: 1795402834.123456\r\n"
             "Channel: PJSIP/trunk-00000014\r\nCallerIDName: DialStatus: CANCEL\r\n"
             f"Context: {context}\r\nExten: billing\r\nDestContext: deskline-phones\r\n"
             f"{end}\r\n\r\n")
    found = re.search(pattern.replace("[:space:]", r"\s"), event, re.DOTALL)
    assert (found is not None) is is_kept_from_us


def test_every_operator_has_two_phones_with_passwords_of_their_own(plan: PbxPlan) -> None:
    text = render_main(plan, site())["pjsip.conf"]
    passwords = re.findall(r"^password = (.+)$", text, re.MULTILINE)
    assert len(passwords) == len(set(passwords)) == 2 * len(plan.operators)
    assert text.count("webrtc = yes") == len(plan.operators)


def test_unregistered_callers_are_told_apart_after_phones(plan: PbxPlan) -> None:
    text = render_main(plan, site())["pjsip.conf"]
    assert "endpoint_identifier_order = username,ip,anonymous" in text


def test_every_label_that_is_jumped_to_exists(plan: PbxPlan) -> None:
    for files in (render_main(plan, site()), render_world_instance(plan, site())):
        for context in files["extensions.conf"].split("\n["):
            wanted = set(re.findall(r"GotoIf\(.*\?(\w*):?(\w*)\)$", context, re.MULTILINE))
            labels = set(re.findall(r"[1n]\((\w+)\),", context))
            assert {name for pair in wanted for name in pair if name} <= labels


def test_a_queue_that_wants_a_skill_says_whom_a_wait_may_reach(plan: PbxPlan) -> None:
    """The first ringing's bound stands in the dialplan: rules count from the second second on."""
    relaxed = replace(plan.queues[0], penalties=((0, 5), (30, 7), (60, 10)))
    files = render_main(replace(plan, queues=(relaxed, *plan.queues[1:])), site())
    assert files["queuerules.conf"] == (
        f"[deskline-{relaxed.id}]\npenaltychange => 30,7\npenaltychange => 60,10\n\n")
    assert f"defaultrule = deskline-{relaxed.id}\n" in files["queues.conf"]
    assert files["extensions.conf"].count("Set(QUEUE_MAX_PENALTY=${IF(") == 1
    assert '["${DESKLINE_PENALTY}" = ""]?5:' in files["extensions.conf"]
    assert render_main(plan, site())["queuerules.conf"] == ""


def test_the_codes_of_desk_phones_are_those_of_the_plan(plan: PbxPlan) -> None:
    text = render_main(replace(plan, desk_code="*7"), site())["extensions.conf"]
    assert "exten => _*7[0-3],1," in text
    assert "desk?code=${EXTEN:2}&pbx=main)" in text
    assert "desk?code" not in render_main(replace(plan, desk_code=""), site())["extensions.conf"]


def test_no_execif_has_an_empty_branch(plan: PbxPlan) -> None:
    """Asterisk hangs up on it: "Could not find application"."""
    assert "?:" not in "".join(re.findall(
        r"ExecIf\(.*", render_main(plan, site())["extensions.conf"]))


def test_files_for_an_existing_asterisk_only_add_to_its_general_sections(plan: PbxPlan) -> None:
    for text in render_for_existing(plan).values():
        assert not re.search(r"^\[(general|global|mappings)\]\s*$", text, re.MULTILINE)


def test_every_context_for_an_existing_asterisk_is_ours_by_name(plan: PbxPlan) -> None:
    text = render_for_existing(plan)["deskline-extensions.conf"]
    names = re.findall(r"^\[([^]]+)\]", text, re.MULTILINE)
    assert names
    assert all(name.startswith("deskline-") for name in names)


def test_an_existing_asterisk_keeps_its_own_trunk_and_desk_phones(plan: PbxPlan) -> None:
    files = render_for_existing(dataclasses.replace(
        plan, trunk_endpoint="provider", has_desk_phones=False))
    assert "[trunk]" not in files["deskline-pjsip.conf"]
    assert "[101]" not in files["deskline-pjsip.conf"]
    assert "[101-web]" in files["deskline-pjsip.conf"]
    assert "@trunk" not in files["deskline-extensions.conf"]
    assert files["deskline-extensions.conf"].count("@provider,") >= 2
    assert "provider" in files["deskline-README.txt"]


def test_an_extension_numbers_its_steps_and_keeps_labels() -> None:
    assert extension("s", "Answer()", "(bye)Hangup()") == (
        "exten => s,1,Answer()\n same => n(bye),Hangup()\n")
