"""The part of extensions.conf for ways out of a menu beyond queues, and for what callers are asked
after a call. Pure text."""

from __future__ import annotations

from cti.pbx.dialplan_text import context, extension
from cti.pbx.plan import OperatorPlan, PbxPlan
from cti.pbx.render_controls import ANSWERED

OFFER = "b(deskline-offer^s^1)"
OPERATOR_RINGS_S = 25
SURVEY_LIMIT_S = 90         # of the questions after a call
NUMBER = '"^[+]?[0-9]{3,15}$"'
ELSE = "Goto(deskline-queue,${DESKLINE_DEFAULT},1)"
CHOSEN = (
    'GotoIf($["${DESKLINE_NEXT:0:9}" = "operator:"]?'
    "deskline-menu-operator,${FILTER(0-9,${DESKLINE_NEXT:9})},1)",
    'GotoIf($["${DESKLINE_NEXT:0:7}" = "number:"]?'
    "deskline-menu-number,${FILTER(0-9+,${DESKLINE_NEXT:7})},1)")


def menu_ways(plan: PbxPlan) -> str:
    return to_operator(plan) + to_number(plan) + survey(plan)


def to_operator(plan: PbxPlan) -> str:
    """One operator's phones, where he is in no call; else, and when he does not answer, the queue
    of the number that was dialled."""
    people = [_operator(operator) for operator in plan.operators]
    return context("deskline-menu-operator", *people, extension("_X!", ELSE),
                   extension("s", ELSE))


def _operator(operator: OperatorPlan) -> str:
    phones = "&".join(f"PJSIP/{name}" for name in operator.endpoints)
    states = "".join(f"/${{DEVICE_STATE(PJSIP/{name})}}" for name in operator.endpoints)
    busy = '"/(INUSE|BUSY|RINGING|RINGINUSE|ONHOLD)"'
    return extension(
        operator.id, "Set(DESKLINE_QUEUE=${DESKLINE_DEFAULT})",
        f"Set(DESKLINE_BUSY=${{REGEX({busy} {states})}})",
        'GotoIf($["${DESKLINE_BUSY}" = "1"]?else)',
        f"Dial({phones},{OPERATOR_RINGS_S},g{OFFER})", ANSWERED, f"(else){ELSE}")


def to_number(plan: PbxPlan) -> str:
    """A number of the menu's own; who does not reach it waits in the queue instead."""
    steps = (f"Set(DESKLINE_OK=${{REGEX({NUMBER} ${{EXTEN}})}})",
             'GotoIf($["${DESKLINE_OK}" = "1"]?:else)',
             f"Set(CALLERID(all)=<{plan.caller_id}>)",
             f"Dial(PJSIP/${{EXTEN}}@{plan.way_out},60,g)",
             'GotoIf($["${DIALSTATUS}" = "ANSWER"]?bye)', f"(else){ELSE}", "(bye)Hangup()")
    return context("deskline-menu-number", *(extension(p, *steps) for p in ("_X!", "_+X!")),
                   extension("s", ELSE))


def survey(plan: PbxPlan) -> str:
    """The operator has hung up, and the queue's callers are asked how it was; once a call.

    What is not said in time, or by a menu server that is gone, is not asked again.
    """
    menu = (f"AGI(agi://{plan.host}:{plan.ports.agi_menu}/menu?entry=${{DESKLINE_ENTRY}}"
            f"&pbx={plan.name}&menu=${{DESKLINE_MENU}})")
    return context("deskline-survey", extension(
        "s", 'GotoIf($["${DESKLINE_SURVEY}" = ""]?bye)', "Set(DESKLINE_MENU=${DESKLINE_SURVEY})",
        "Set(DESKLINE_SURVEY=)", "Set(AGIEXITONHANGUP=yes)",
        f"Set(TIMEOUT(absolute)={SURVEY_LIMIT_S})", menu, "(bye)Hangup()"),
        extension("T", "Hangup()"))
