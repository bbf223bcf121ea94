"""The part of extensions.conf that dials attempts: for the dialler, and from an operator's card.
Pure text.

No claim, no call: where the gate is gone nobody is dialled (PBX-FACTS 9).
"""

from __future__ import annotations

from cti.pbx.dialplan_text import context, extension
from cti.pbx.plan import PbxPlan
from cti.pbx.render_places import COMES_NOW
from cti.pbx.render_recording import of_attempt

NUMBER = '"^[+]?[0-9]{3,15}$"'
OFFER = "b(deskline-offer^s^1)"     # gives the operator's phone the call's id before it rings
LEFT = 'GotoIf($["${QUEUESTATUS}" = "CONTINUE"]?deskline-left,s,1)'
TOLD = "UserEvent(DesklineAttempt,Attempt: ${DESKLINE_ATTEMPT},Status: %s,Cause: %s)"


def attempts(plan: PbxPlan) -> str:
    return dialler(plan) + card(plan) + answered(plan) + message(plan)


def dialler(plan: PbxPlan) -> str:
    """One attempt, asked for by its id."""
    return context("deskline-dial", extension(
        "_X!", 'Set(DESKLINE_OK=${REGEX("^[0-9]{1,18}$" ${EXTEN})})',
        'GotoIf($["${DESKLINE_OK}" = "1"]?:refuse)', "Set(__DESKLINE_ATTEMPT=${EXTEN})",
        "Set(DESKLINE_CLAIM=)", "Set(AGIEXITONHANGUP=yes)", _gate(plan),
        'GotoIf($["${DESKLINE_CLAIM}" = "yes"]?:refuse)',
        f"Set(DESKLINE_OK=${{REGEX({NUMBER} ${{DESKLINE_NUMBER}})}})",
        "Set(DESKLINE_KNOWN=${DIALPLAN_EXISTS(deskline-queue,${DESKLINE_QUEUE},1)})",
        'GotoIf($["${DESKLINE_OK}${DESKLINE_KNOWN}" = "11"]?:bad)',
        "Set(__DESKLINE_NUMBER=${DESKLINE_NUMBER})", "Set(__DESKLINE_QUEUE=${DESKLINE_QUEUE})",
        "Set(__DESKLINE_MENU=${FILTER(a-z0-9_,${DESKLINE_MENU})})",
        *_dial_by_claim(plan),
        f"Dial(PJSIP/${{DESKLINE_NUMBER}}@{plan.way_out},${{DESKLINE_RING_S}},"
        "G(deskline-answered^s^1))",
        "Set(DESKLINE_TOLD=yes)", TOLD % ("${DIALSTATUS}", "${HANGUPCAUSE}"), "Hangup()",
        "(bad)Set(DESKLINE_TOLD=yes)", TOLD % ("FAILED", "28"), "(refuse)Hangup(21)"),
        extension("h", 'GotoIf($["${DESKLINE_CLAIM}${DESKLINE_TOLD}" = "yes"]?:done)',
                  TOLD % ("${IF($[${LEN(${DIALSTATUS})} > 0]?${DIALSTATUS}:CANCEL)}",
                          "${HANGUPCAUSE}"), "(done)NoOp()")
    ) + context("deskline-idle", extension("s", "Wait(1)", "Hangup()"))


def card(plan: PbxPlan) -> str:
    """An operator dials the attempt on his screen: his phone is up already. The gate as for any
    attempt; who answers hears him at once."""
    return context("deskline-card", extension(
        "_X!", 'Set(DESKLINE_OK=${REGEX("^[0-9]{1,18}$" ${EXTEN})})',
        'GotoIf($["${DESKLINE_OK}" = "1"]?:refuse)', "Set(__DESKLINE_ATTEMPT=${EXTEN})",
        "Set(DESKLINE_CLAIM=)", "Set(AGIEXITONHANGUP=yes)", _gate(plan),
        'GotoIf($["${DESKLINE_CLAIM}" = "yes"]?:refuse)',
        f"Set(DESKLINE_OK=${{REGEX({NUMBER} ${{DESKLINE_NUMBER}})}})",
        'GotoIf($["${DESKLINE_OK}" = "1"]?:bad)', "Set(__DESKLINE_QUEUE=${DESKLINE_QUEUE})",
        *_dial_by_claim(plan),
        f"Dial(PJSIP/${{DESKLINE_NUMBER}}@{plan.way_out},${{DESKLINE_RING_S}},"
        "U(deskline-met^s^1))",
        'GotoIf($["${DIALSTATUS}" = "ANSWER"]?gone)', "Set(DESKLINE_TOLD=yes)",
        TOLD % ("${DIALSTATUS}", "${HANGUPCAUSE}"), "Hangup(${HANGUPCAUSE})",
        "(gone)Set(DESKLINE_TOLD=yes)", "Hangup()",
        "(bad)Set(DESKLINE_TOLD=yes)", TOLD % ("FAILED", "28"), "(refuse)Hangup(21)"),
        extension("h", 'GotoIf($["${DESKLINE_CLAIM}${DESKLINE_TOLD}" = "yes"]?:done)',
                  'GotoIf($["${DIALSTATUS}" = "ANSWER"]?done)',
                  TOLD % ("${IF($[${LEN(${DIALSTATUS})} > 0]?${DIALSTATUS}:CANCEL)}",
                          "${HANGUPCAUSE}"), "(done)NoOp()")
    ) + context("deskline-met", extension("s", TOLD % ("ANSWER", "0"), *of_attempt(plan),
                                          "Return()"))


def _gate(plan: PbxPlan) -> str:
    return f"AGI(agi://{plan.agi_host}:{plan.ports.agi_gate}/claim?attempt=${{EXTEN}})"


def _dial_by_claim(plan: PbxPlan) -> tuple[str, ...]:
    """What the gate said of ringing and of the number shown, where it can be used."""
    return (
        'Set(DESKLINE_OK=${REGEX("^[0-9]{1,3}$" ${DESKLINE_RING_S})})',
        'ExecIf($["${DESKLINE_OK}" != "1"]?Set(DESKLINE_RING_S=30))',
        f"Set(DESKLINE_OK=${{REGEX({NUMBER} ${{DESKLINE_CALLERID}})}})",
        'Set(CALLERID(all)=<${IF($["${DESKLINE_OK}" = "1"]?${DESKLINE_CALLERID}:'
        f"{plan.caller_id})}}>)")


def answered(plan: PbxPlan) -> str:
    """Dial's option G: step 1 is run by the dialler's Local half, step 2 by the client's leg."""
    return context("deskline-answered", extension(
        "s", "Goto(half)",
        "UserEvent(DesklineAttempt,Attempt: ${DESKLINE_ATTEMPT},Status: ANSWER,Cause: 0)",
        "Set(CALLERID(all)=<${DESKLINE_NUMBER}>)", *of_attempt(plan),
        "GotoIf($[${LEN(${DESKLINE_MENU})} > 0]?deskline-message,s,1)",
        *COMES_NOW,
        f"(again)Queue(${{DESKLINE_QUEUE}},Cc{OFFER},,,{plan.campaign_wait_s})", LEFT,
        "UserEvent(DesklineDropped,Attempt: ${DESKLINE_ATTEMPT})",
        "Goto(deskline-sorry,s,1)", "(half)Answer()", "Hangup()"))


def message(plan: PbxPlan) -> str:
    """What who answers hears where no operator is: a menu, which tells the floor what he chose.

    "To a person" is the campaign's queue. So is a menu server that is gone: nobody is called to
    hear nothing. The absolute limit frees the channel of one that hangs.
    """
    menu = (f"AGI(agi://{plan.agi_host}:{plan.ports.agi_menu}/menu?menu=${{DESKLINE_MENU}}"
            f"&queue=${{DESKLINE_QUEUE}}&attempt=${{DESKLINE_ATTEMPT}}&pbx={plan.name})")
    return context("deskline-message", extension(
        "s", "Set(DESKLINE_NEXT=)", "Set(AGIEXITONHANGUP=yes)",
        f"Set(TIMEOUT(absolute)={plan.menu_limit_s})", menu,
        "(chosen)Set(TIMEOUT(absolute)=0)",
        'GotoIf($["${DESKLINE_NEXT}" = "hangup"]?bye)', TOLD % ("PERSON", "0"),
        f"Queue(${{DESKLINE_QUEUE}},Cc{OFFER},,,{plan.message_wait_s})", LEFT,
        "UserEvent(DesklineDropped,Attempt: ${DESKLINE_ATTEMPT})",
        "Goto(deskline-sorry,s,1)", "(bye)Hangup()"),
        extension("T", "Hangup()"))
