"""The part of extensions.conf where live calls are moved about. Pure text.

The server redirects channels here; each looks after itself from then on, so that nobody is left
in silence when another hangs up or the server is gone. What each is bound to it has been told in
variables: the other party's channel knows its operator's (`DESKLINE_OPERATOR`), the operator's
knows both others (`DESKLINE_CLIENT`, `DESKLINE_THIRD`). Contexts tell by `UserEvent`, ids only.
"""

from __future__ import annotations

from cti.pbx.dialplan_text import context, extension
from cti.pbx.plan import OperatorPlan, PbxPlan
from cti.pbx.render_places import COMES_NOW
from cti.pbx.render_recording import renewed

OFFER = "b(deskline-offer^s^1)"
ANSWERED = 'GotoIf($["${DIALSTATUS}" = "ANSWER"]?deskline-left,s,again)'
AGAIN = "b(deskline-again^s^1)"     # the phone answers by itself: its operator asked for it
PHONE = "Set(DESKLINE_PHONE=${FILTER(0-9a-z-,${EXTEN})})"
WHOSE = "${CUT(DESKLINE_PHONE,-,1)}"
PEOPLE = "_X!"


def controls(plan: PbxPlan) -> str:
    return "".join([held(), quiet(), talk(), consult(plan), joined(plan), parked(plan),
                    fetch(plan), given(plan), to_menu(plan), first(plan)])


def held() -> str:
    """The other party hears music until his operator is back, or gone; the extension is that
    operator's phone. `deskline-put-by`: while he consults somebody; if he goes then, the other
    party is first in the queue."""
    vanished = "${DESKLINE_PHONE:-4}${LEN(${PJSIP_DIAL_CONTACTS(${DESKLINE_PHONE})})}"
    here = 'GotoIf($["${CHANNEL_EXISTS(${DESKLINE_OPERATOR})}" = "1"]?wait)'
    steps = (PHONE, f"UserEvent(DesklineHeld,Operator: {WHOSE})", "StartMusicOnHold(default)",
             "(wait)Wait(0.5)", here)
    return (context("deskline-held", extension(PEOPLE, *steps, "Goto(deskline-left,s,again)"))
            + context("deskline-put-by", extension(
                PEOPLE, *steps,
                f'GotoIf($["{vanished}" = "-web0"]?deskline-return,${{DESKLINE_PHONE:0:-4}},1)',
                "Goto(deskline-first,s,1)"))
            + context("deskline-third", extension(
                "s", "StartMusicOnHold(default)", "(wait)Wait(0.5)", here, "Hangup()")))


def quiet() -> str:
    """The operator whose call is held waits for nothing but himself."""
    return context("deskline-quiet", extension(
        "s", "(wait)Wait(0.5)",
        'GotoIf($["${CHANNEL_EXISTS(${DESKLINE_CLIENT})}" = "1"]?wait)', "Hangup()")
    ) + context("deskline-bye", extension(
        "s", "UserEvent(DesklineLeft)", "Hangup()"))


def talk() -> str:
    """The operator takes up one of the two others; when that one is gone, the one who is left."""
    there = 'GotoIf($["${CHANNEL_EXISTS(${%s})}" = "1"]?%s,1)'
    return context("deskline-talk", extension(
        "client", 'GotoIf($["${CHANNEL_EXISTS(${DESKLINE_CLIENT})}" = "1"]?:deskline-bye,s,1)',
        "Bridge(${DESKLINE_CLIENT},F(deskline-after^client^1))", "Wait(0.2)",
        there % ("DESKLINE_THIRD", "third"), "Hangup()"), extension(
        "third", "Bridge(${DESKLINE_THIRD},F(deskline-after^third^1))", "Wait(0.2)",
        there % ("DESKLINE_CLIENT", "client"), "Hangup()"),
    ) + context("deskline-after", extension(
        "client", "Goto(deskline-left,s,again)"), extension("third", "Hangup()"))


def consult(plan: PbxPlan) -> str:
    """The operator calls somebody while the other party is put by, and comes back to him."""
    told = ("NoOp()", "UserEvent(DesklineConsult,Target: ${FILTER(0-9a-z_-,${EXTEN})})")
    back = "Goto(deskline-talk,client,1)"
    people = [extension(one.id, *told, f"Dial({phones(one)},30,g{OFFER})", back)
              for one in plan.operators]
    lines = [extension(queue.id, *told, *COMES_NOW,
                       f"Queue({queue.id},Cc{OFFER},,,{queue.max_wait_s})", back)
             for queue in plan.queues]
    out = [extension(pattern, *told, f"Set(CALLERID(all)=<{plan.caller_id}>)",
                     f"Dial(PJSIP/${{EXTEN}}@{plan.way_out},60,g)", back)
           for pattern in ("_XXX!", "_+XXX!")]
    return context("deskline-consult", *people, *lines, *out)


def joined(plan: PbxPlan) -> str:
    """Who was put by talks: with the third alone, or with everybody. `again`: he only left his
    bridge for what is recorded of him to be renewed."""
    stop = ("StopMusicOnHold()", *renewed(plan))
    return context("deskline-joined", extension(
        "third", *stop, "UserEvent(DesklineHandedOver)", "Bridge(${DESKLINE_THIRD},x)",
        'GotoIf($["${BRIDGERESULT}" = "SUCCESS"]?deskline-left,s,again)',
        "Goto(deskline-first,s,1)"), extension(
        "again", *stop, "Bridge(${DESKLINE_OPERATOR},x)",
        'GotoIf($["${BRIDGERESULT}" = "SUCCESS"]?deskline-left,s,again)',
        "Goto(deskline-first,s,1)"), extension(
        "everybody", *stop, "BridgeAdd(${DESKLINE_OPERATOR})", "Goto(deskline-left,s,again)"),
        extension("guest", *stop, "BridgeAdd(${DESKLINE_OPERATOR})", "Hangup()"))


def parked(plan: PbxPlan) -> str:
    """Music until somebody takes him back; after the limit the phone that parked him rings."""
    return context("deskline-parked", extension(
        PEOPLE, PHONE, f"UserEvent(DesklineParked,Operator: {WHOSE})",
        "StartMusicOnHold(default)", f"Wait({plan.park_limit_s})", "StopMusicOnHold()",
        *renewed(plan), f"Dial(PJSIP/${{DESKLINE_PHONE}},20,gm{OFFER})", ANSWERED,
        "Goto(deskline-first,s,1)"))


def fetch(plan: PbxPlan) -> str:
    """Who waited or was parked rings at the phone of the operator who asked for him."""
    return context("deskline-fetch", extension(
        PEOPLE, PHONE, "StopMusicOnHold()", *renewed(plan),
        f"Dial(PJSIP/${{DESKLINE_PHONE}},20,gm{AGAIN})", ANSWERED, "Goto(deskline-first,s,1)"))


def given(plan: PbxPlan) -> str:
    """Sent by the server to an operator, a queue or a number. Who did not take a call that was
    given or transferred to him: back to who did it (`DESKLINE_BACK`), else first in the queue."""
    return context("deskline-give", extension(
        "_[0-9a-z+]!", "StopMusicOnHold()", "Set(DESKLINE_GIVEN=yes)",
        "UserEvent(DesklineHandedOver,Target: ${FILTER(0-9a-z_-,${EXTEN})})",
        "Goto(deskline-phones,${EXTEN},1)")
    ) + context("deskline-untaken", extension(
        "s", "Set(DESKLINE_PHONE=${DESKLINE_BACK})", "Set(DESKLINE_BACK=)",
        'GotoIf($["${DESKLINE_PHONE}${BLINDTRANSFER}" = ""]?deskline-first,s,1)',
        'GotoIf($["${DESKLINE_PHONE}" != ""]?ring)',
        "Set(DESKLINE_PHONE=${CUT(BLINDTRANSFER,/,2)})",
        "Set(DESKLINE_PHONE=${DESKLINE_PHONE:0:-9})", "(ring)Set(BLINDTRANSFER=)", *renewed(plan),
        f"Dial(PJSIP/${{DESKLINE_PHONE}},20,gm{OFFER})", ANSWERED, "Goto(deskline-first,s,1)"))


def to_menu(plan: PbxPlan) -> str:
    """Through a menu and back to the operator, who waits; whatever the menu chose."""
    menu = (f"AGI(agi://{plan.agi_host}:{plan.ports.agi_menu}/menu?entry=${{DESKLINE_ENTRY}}"
            f"&pbx={plan.name}&menu=${{DESKLINE_MENU}})")
    back = "Bridge(${DESKLINE_OPERATOR})"
    return context("deskline-to-menu", extension(
        "_[a-z]!", "Set(DESKLINE_MENU=${FILTER(0-9a-z_,${EXTEN})})", "Set(AGIEXITONHANGUP=yes)",
        f"UserEvent(DesklineHeld,Operator: {WHOSE})",
        f"Set(TIMEOUT(absolute)={plan.menu_limit_s})", menu,
        "(back)Set(TIMEOUT(absolute)=0)", back,
        'GotoIf($["${BRIDGERESULT}" = "SUCCESS"]?deskline-left,s,again)',
        "Goto(deskline-first,s,1)"), extension(
        "T", "Set(TIMEOUT(absolute)=0)", back, "Goto(deskline-left,s,again)"))


def first(plan: PbxPlan) -> str:
    return context("deskline-first", extension(
        "s", "StopMusicOnHold()", *renewed(plan),
        "GotoIf($[${LEN(${DESKLINE_QUEUE})} = 0]?deskline-sorry,s,1)",
        "Set(QUEUE_PRIO=10)", "Goto(deskline-queue,${DESKLINE_QUEUE},1)"))


def phones(operator: OperatorPlan) -> str:
    return "&".join(f"PJSIP/{name}" for name in operator.endpoints)
