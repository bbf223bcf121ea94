"""The part of extensions.conf for a caller whose operator was chosen by routing. Pure text."""

from __future__ import annotations

from cti.pbx.dialplan_text import context, extension
from cti.pbx.plan import OperatorPlan, PbxPlan
from cti.pbx.render_controls import ANSWERED

OFFER = "b(deskline-offer^s^1)"
LEAST_RING_S = 5        # who becomes free at the last moment is rung all the same
FREE_LOOK_S = 0.5
TO_QUEUE = "Goto(deskline-queue,${DESKLINE_QUEUE},join)"
# Before the queue is joined: DESKLINE_PREFER is whom he reaches first, once.
FIRST = ('GotoIf($["${DESKLINE_PREFER}" = ""]?join)',
         "Set(DESKLINE_FIRST=${FILTER(0-9,${DESKLINE_PREFER})})", "Set(DESKLINE_PREFER=)",
         "GotoIf(${DIALPLAN_EXISTS(deskline-prefer,${DESKLINE_FIRST},1)}?"
         "deskline-prefer,${DESKLINE_FIRST},1)")


def at_first(highest: int) -> tuple[str, str]:
    """The highest penalty that the first ringing may reach: routing's, once, else the queue's."""
    return ('Set(QUEUE_MAX_PENALTY=${IF($["${DESKLINE_PENALTY}" = ""]?'
            f"{highest}:${{FILTER(0-9,${{DESKLINE_PENALTY}})}})}})", "Set(DESKLINE_PENALTY=)")


def preferred(plan: PbxPlan) -> str:
    """One operator's phone first, and for so many seconds; then the queue.

    Who is in a call is waited for, to music; who is paused in that queue, or not in it, is not.
    """
    return context("deskline-prefer", *(_operator(one) for one in plan.operators))


def _operator(operator: OperatorPlan) -> str:
    # the slash tells INUSE from NOT_INUSE
    busy = '"/(INUSE|BUSY|RINGING|RINGINUSE|ONHOLD)" /${DEVICE_STATE(PJSIP/${DESKLINE_PHONE})}'
    return extension(
        operator.id, 'Set(DESKLINE_OK=${REGEX("^[0-9]{1,2}$" ${DESKLINE_PREFER_S})})',
        'ExecIf($["${DESKLINE_OK}" != "1"]?Set(DESKLINE_PREFER_S=10))',
        "Set(DESKLINE_UNTIL=$[${EPOCH} + ${DESKLINE_PREFER_S}])",
        "(look)Set(DESKLINE_PHONE=)",
        *(step for place, phone in enumerate(operator.endpoints) for step in _found(place, phone)),
        'GotoIf($["${DESKLINE_PHONE}" = ""]?else)', f"Set(DESKLINE_BUSY=${{REGEX({busy})}})",
        'GotoIf($["${DESKLINE_BUSY}" = "0"]?ring)',
        "GotoIf($[${EPOCH} >= ${DESKLINE_UNTIL}]?else)",
        'ExecIf($["${DESKLINE_MUSIC}" = ""]?StartMusicOnHold(default))', "Set(DESKLINE_MUSIC=yes)",
        f"Wait({FREE_LOOK_S})", "Goto(look)",
        '(ring)ExecIf($["${DESKLINE_MUSIC}" = "yes"]?StopMusicOnHold())',
        "Set(DESKLINE_MUSIC=)", "Set(DESKLINE_LEFT=$[${DESKLINE_UNTIL} - ${EPOCH}])",
        f"ExecIf($[${{DESKLINE_LEFT}} < {LEAST_RING_S}]?Set(DESKLINE_LEFT={LEAST_RING_S}))",
        f"Dial(PJSIP/${{DESKLINE_PHONE}},${{DESKLINE_LEFT}},gm{OFFER})", ANSWERED,
        '(else)ExecIf($["${DESKLINE_MUSIC}" = "yes"]?StopMusicOnHold())', "Set(DESKLINE_MUSIC=)",
        TO_QUEUE)


def _found(place: int, phone: str) -> tuple[str, str, str]:
    """It is his phone that the queue rings now. Who is no member is not asked for: Asterisk would
    log it as an error."""
    members = f'"(^|,)PJSIP/{phone}(,|$)" ${{QUEUE_MEMBER_LIST(${{DESKLINE_QUEUE}})}}'
    paused = f"${{QUEUE_MEMBER(${{DESKLINE_QUEUE}},paused,PJSIP/{phone})}}"
    return (f'GotoIf($["${{REGEX({members})}}" = "1"]?:no{place})',
            f'ExecIf($["{paused}" = "0"]?Set(DESKLINE_PHONE={phone}))', f"(no{place})NoOp()")
