"""The part of extensions.conf that has calls recorded. Pure text.

The other party's leg is recorded, into two files of bare samples (nothing to repair after a
crash, and any Asterisk from 16 on can): what comes from it and what it hears. It begins before
anybody answers, and the server silences it at once until it may run: without a server that has
said so within the last seconds nothing is begun at all. The files' names are ours: the leg's id.

Before the leg hears another than before (`renewed`) it is stopped and goes on in two more files,
named by the milliseconds since the first began. Asterisk 22 takes the packets of the second for
late ones of the first where their numbers are lower, and leaves them out of what it records, for
minutes: half of all transfers. Only with nothing recorded for some frames does it forget (tried).
"""

from __future__ import annotations

from cti.pbx.dialplan_text import context, extension
from cti.pbx.plan import PbxPlan, QueuePlan

UNTIL = "DESKLINE_RECORD_UNTIL"     # global, seconds since 1970: the server is there until then
INCOMING, OUTGOING = "-in.sln", "-out.sln"
LATER = "+"                         # between the leg's id and the milliseconds of a later part
RENEWED = "Gosub(deskline-renew,s,1)"
FORGOTTEN_S = 0.15
NOW_MS = "${STRFTIME(,,%s%3q)}"


def recording(plan: PbxPlan) -> str:
    if plan.recordings is None:
        return ""
    stem = f"{plan.recordings}/${{UNIQUEID}}"
    lines = [extension(queue.id, "Goto(s,1)" if queue.is_recorded else "Return()")
             for queue in plan.queues]
    nobody = f"GotoIf($[0${{GLOBAL({UNTIL})}} < ${{EPOCH}}]?done)"
    return context("deskline-record", extension(
        "announced", 'GotoIf($["${DESKLINE_RECORDED}" = "yes"]?done)', nobody,
        f"Playback({plan.announcement})", "Goto(s,1)", "(done)Return()"), extension(
        "s", 'GotoIf($["${DESKLINE_RECORDED}" = "yes"]?done)',
        nobody, "Set(DESKLINE_RECORDED=yes)",
        f"Set(DESKLINE_RECORDED_MS={NOW_MS})",
        f"MixMonitor(,Sr({stem}{INCOMING})t({stem}{OUTGOING}))",
        "UserEvent(DesklineRecording,State: ready)", "(done)Return()"), *lines) + _renew(stem)


def _renew(stem: str) -> str:
    later = f"{stem}{LATER}${{DESKLINE_PART}}"
    return context("deskline-renew", extension(
        "s", 'GotoIf($["${DESKLINE_RECORDED}" = "yes"]?:done)', "StopMixMonitor()",
        f"Wait({FORGOTTEN_S})", f"Set(DESKLINE_PART=$[{NOW_MS} - ${{DESKLINE_RECORDED_MS}}])",
        f"MixMonitor(,Sr({later}{INCOMING})t({later}{OUTGOING}))", "(done)Return()"))


def renewed(plan: PbxPlan) -> tuple[str, ...]:
    """Before the other party is joined to somebody else."""
    return (RENEWED,) if plan.recordings else ()


def of_queue(plan: PbxPlan, queue: QueuePlan) -> tuple[str, ...]:
    begin = "announced" if plan.announcement else "s"
    return (f"Gosub(deskline-record,{begin},1)",) if plan.recordings and queue.is_recorded else ()


def of_attempt(plan: PbxPlan) -> tuple[str, ...]:
    """By the campaign's queue."""
    return ("Gosub(deskline-record,${DESKLINE_QUEUE},1)",) if plan.recordings else ()


def of_dial(plan: PbxPlan) -> str:
    """The option of Dial for who is called by hand."""
    return ",U(deskline-record)" if plan.recordings and plan.records_outbound else ""
