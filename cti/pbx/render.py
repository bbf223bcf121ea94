"""A plan → the files of an Asterisk, as text by name. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from cti.pbx import render_dialplan, render_sip, render_system, render_world
from cti.pbx.plan import PbxPlan
from cti.pbx.render_system import Site

Files = Mapping[str, str]
# Asterisk logs an error for each of these that is missing, and needs none of them.
_EMPTY = ("features.conf", "acl.conf", "udptl.conf", "pjproject.conf", "ccss.conf",
          "queuerules.conf", "cdr.conf", "cel.conf")


def render_main(plan: PbxPlan, site: Site) -> Files:
    modules = [*render_system.COMMON_MODULES, *render_system.MAIN_MODULES]
    ports = plan.ports
    return {
        **_common(site, plan.system_name),
        "modules.conf": render_system.modules_conf(site, modules),
        "manager.conf": render_system.manager_conf(
            plan, ports.ami, render_system.MAIN_ACCOUNTS),
        "http.conf": render_system.http_conf(plan),
        "rtp.conf": render_system.rtp_conf(*ports.rtp),
        "pjsip.conf": render_sip.pjsip_conf(plan),
        "extensions.conf": render_dialplan.extensions_conf(plan),
        "queues.conf": render_dialplan.queues_conf(plan),
        "queuerules.conf": render_dialplan.queue_rules(plan),
        "cdr.conf": render_system.cdr_conf(),
        "cdr_custom.conf": render_system.cdr_custom_conf(),
        "cel.conf": render_system.cel_conf(),
        "cel_custom.conf": render_system.cel_custom_conf(),
    }


def render_world_instance(plan: PbxPlan, site: Site) -> Files:
    ports = plan.ports
    return {
        **_common(site, f"world{ports.world_sip}", sends_silence=plan.world.sends_silence),
        "modules.conf": render_system.modules_conf(site, render_system.COMMON_MODULES),
        "manager.conf": render_system.manager_conf(
            plan, ports.world_ami, render_system.WORLD_ACCOUNTS),
        "rtp.conf": render_system.rtp_conf(*ports.world_rtp),
        "pjsip.conf": render_world.pjsip_conf(plan),
        "extensions.conf": render_world.extensions_conf(plan),
    }


def _common(site: Site, system_name: str, *, sends_silence: bool = True) -> Files:
    return {
        "asterisk.conf": render_system.asterisk_conf(
            site, system_name=system_name, sends_silence=sends_silence),
        **dict.fromkeys(_EMPTY, ""),
        "logger.conf": render_system.logger_conf(),
        "indications.conf": render_system.indications_conf(),
        "musiconhold.conf": render_system.musiconhold_conf(site.folder / "lib" / "music"),
    }
