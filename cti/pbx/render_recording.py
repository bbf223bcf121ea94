"""The part of extensions.conf that has calls recorded. Pure text.

The other party's leg is recorded, into two files of bare samples (nothing to repair after a
crash, and any Asterisk from 16 on can): what comes from it and what it hears. It begins before
anybody answers, and the server silences it at once until it may run: without a server that has
said so within the last seconds nothing is begun at all. The files' names are ours: the leg's id.
"""

from __future__ import annotations

from cti.pbx.dialplan_text import context, extension
from cti.pbx.plan import PbxPlan, QueuePlan

UNTIL = "DESKLINE_RECORD_UNTIL"     # global, seconds since 1970: the server is there until then
INCOMING, OUTGOING = "-in.sln", "-out.sln"


def recording(plan: PbxPlan) -> str:
    if plan.recordings is None:
        return ""
    stem = f"{plan.recordings}/${{UNIQUEID}}"
    lines = [extension(queue.id, "Goto(s,1)" if queue.is_recorded else "Return()")
             for queue in plan.queues]
    return context("deskline-record", extension(
        "s", 'GotoIf($["${DESKLINE_RECORDED}" = "yes"]?done)',
        f"GotoIf($[0${{GLOBAL({UNTIL})}} < ${{EPOCH}}]?done)", "Set(DESKLINE_RECORDED=yes)",
        f"MixMonitor(,Sr({stem}{INCOMING})t({stem}{OUTGOING}))",
        "UserEvent(DesklineRecording,State: ready)", "(done)Return()"), *lines)


def of_queue(plan: PbxPlan, queue: QueuePlan) -> tuple[str, ...]:
    return ("Gosub(deskline-record,s,1)",) if plan.recordings and queue.is_recorded else ()


def of_attempt(plan: PbxPlan) -> tuple[str, ...]:
    """By the campaign's queue."""
    return ("Gosub(deskline-record,${DESKLINE_QUEUE},1)",) if plan.recordings else ()


def of_dial(plan: PbxPlan) -> str:
    """The option of Dial for who is called by hand."""
    return ",U(deskline-record)" if plan.recordings and plan.records_outbound else ""
