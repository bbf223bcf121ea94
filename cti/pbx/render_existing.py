"""What an Asterisk of one's own includes, a plain one or FreePBX's, and where. Pure text.

Nothing here replaces a file of the site's: each part is added by one `#include`, all contexts,
queues and accounts are ours by name, and `[general](+)` adds to the site's own section.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cti.pbx import render_dialplan, render_sip, render_system
from cti.pbx.plan import PbxPlan

README = "deskline-README.txt"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of ours: which file of a plain Asterisk includes it, and which of FreePBX."""
    name: str
    text: str
    plain: str
    freepbx: str
    note: str = ""


def render_for_existing(plan: PbxPlan) -> Mapping[str, str]:
    """The files by name; `deskline-README.txt` says where each belongs."""
    all_parts = parts(plan)
    return {**{part.name: part.text for part in all_parts}, README: readme(plan, all_parts)}


def parts(plan: PbxPlan) -> tuple[Part, ...]:
    return (
        Part("deskline-manager.conf", _manager(plan), "manager.conf", "manager_custom.conf"),
        Part("deskline-http.conf", "[general](+)\nenabled = yes\n", "http.conf",
             "http_custom.conf", "softphones in the browser come in by its /ws"),
        Part("deskline-pjsip.conf", render_sip.pjsip_parts(plan), "pjsip.conf",
             "pjsip_custom_post.conf"),
        Part("deskline-queues.conf", _queues(plan), "queues.conf", "queues_custom.conf"),
        *_rules(plan),
        Part("deskline-extensions.conf", render_dialplan.contexts(plan), "extensions.conf",
             "extensions_custom.conf"),
        Part("deskline-cel.conf", _cel(), "cel.conf", "cel_general_custom.conf",
             "what happened while Deskline was not looking is read from it"),
        Part("deskline-cel_custom.conf", render_system.cel_custom_line(), "cel_custom.conf",
             "cel_custom.conf", "under a line [mappings], which you write where there is none"),
    )


def _manager(plan: PbxPlan) -> str:
    return ("[general](+)\nenabled = yes\ntimestampevents = yes\n\n"
            + render_system.manager_accounts(plan, render_system.MAIN_ACCOUNTS))


def _queues(plan: PbxPlan) -> str:
    return ("[general](+)\n" + render_dialplan.QUEUES_GENERAL + "\n"
            + render_dialplan.queue_parts(plan))


def _rules(plan: PbxPlan) -> tuple[Part, ...]:
    """Only where a queue wants a skill."""
    text = render_dialplan.queue_rules(plan)
    return (Part("deskline-queuerules.conf", text, "queuerules.conf", "queuerules_custom.conf",
                 "who waits longer is offered to the less skilled too"),) if text else ()


def _cel() -> str:
    return "[general](+)\n" + render_system.CEL_GENERAL


def readme(plan: PbxPlan, all_parts: tuple[Part, ...]) -> str:
    rows = "".join(f"  {part.plain:<17} {part.freepbx:<25} #include {part.name}\n"
                   + (f"{'':<46}({part.note})\n" if part.note else "") for part in all_parts)
    return _README.format(
        rows=rows, system_name=plan.system_name, ami=plan.ports.ami, http=plan.ports.http,
        entry=plan.entries[0].number, trunk=_trunk(plan), phones=_phones(plan))


def _trunk(plan: PbxPlan) -> str:
    if plan.trunk_endpoint:
        return (f"Calls go out by your endpoint {plan.trunk_endpoint}. Calls come in where you "
                "send them:\n       exten => YOUR_NUMBER,1,Goto(deskline-from-trunk,${EXTEN},1)\n"
                "     In FreePBX: a custom destination deskline-from-trunk,YOUR_NUMBER,1 for the "
                "inbound route.")
    return (f"Calls go out to {plan.trunk_host}:{plan.trunk_port}, and come in from there, by the "
            "endpoint `trunk` of\n     deskline-pjsip.conf. If your Asterisk has a trunk already, "
            "name it by pbx.trunk_endpoint and write\n     these files again.")


def _phones(plan: PbxPlan) -> str:
    if plan.has_desk_phones:
        return ("Each operator has two phones: a desk phone named as his id, and the page's, "
                "ID-web\n     (passwords: deskline pbx status --json). If your Asterisk has the "
                "desk phones already, set\n     pbx.desk_phones = false and write these files "
                "again.")
    own = ("Desk phones are your own, endpoints named as the operators' ids; ours are the "
           "page's only, ID-web.")
    return own + _codes(plan) if plan.desk_code else own


def _codes(plan: PbxPlan) -> str:
    return ("\n     To sign in, be ready, pause or sign out by a code, they need in their context:"
            + "".join(f"\n       exten => _{plan.desk_code}{rest},1,"
                      "Goto(deskline-phones,${EXTEN},1)" for rest in render_dialplan.CODES))


_README = """\
Deskline beside an Asterisk of your own
=======================================
These files hold passwords. Copy them into Asterisk's folder, readable by Asterisk alone:
  install -o asterisk -g asterisk -m 0640 deskline-*.conf /etc/asterisk/

1. Include each of them, at the END of the file of yours:
  plain Asterisk    FreePBX                   line
{rows}
2. In asterisk.conf, under [options], and then restart Asterisk once:
       systemname = {system_name}
   It marks what Asterisk itself says; without it an event could be forged by a caller's name.
   Deskline believes only events that carry it.
3. Deskline expects Asterisk's manager at port {ami} and its HTTP server at port {http} of
   pbx.host. Yours differ? Set pbx.ami_port and pbx.http_port (a plain Asterisk: 5038, 8088).
4. Trunk and phones:
     {trunk}
     {phones}
     Trunk and phones at one and the same address? Then pjsip.conf needs, under its [global] with
     type = global:  endpoint_identifier_order = username,ip,anonymous
5. Reload:
       asterisk -rx 'core reload'
   and let Deskline look at all of it:
       deskline doctor
   Then dial {entry} from outside.
"""
