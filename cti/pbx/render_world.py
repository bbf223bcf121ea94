"""The second Asterisk, which plays the outside: callers, debtors, colleagues. Pure text.

It is the far end of our trunk. What a dialled debtor does is chosen by the number's last two
digits: 00-59 answers, 60-69 busy, 70-84 rings out, 85-89 no such number, 90-94 answers and hangs
up, 95-99 congestion.
"""

from __future__ import annotations

from cti.pbx.dialplan_text import context, extension
from cti.pbx.plan import PbxPlan
from cti.pbx.render_sip import Section, pjsip_general, sections

SPEECH = "demo-congrats&demo-instruct&demo-moreinfo&demo-echotest"
LONGEST_RING_S = 180


def pjsip_conf(plan: PbxPlan) -> str:
    parts = pjsip_general(plan.host, plan.ports.world_sip) + _main(plan)
    for operator in plan.world.colleagues:
        parts += _colleague_phone(plan, operator)
    return sections(parts)


def _main(plan: PbxPlan) -> list[Section]:
    return [
        ("main", {"type": "endpoint", "context": "from-main", "disallow": "all",
                  "allow": "ulaw", "aors": "main", "identify_by": "ip", "direct_media": "no",
                  "dtmf_mode": "rfc4733", "allow_subscribe": "no"}),
        ("main", {"type": "aor", "contact": f"sip:{plan.host}:{plan.ports.sip}"}),
        ("main", {"type": "identify", "endpoint": "main", "match": plan.host}),
    ]


def _colleague_phone(plan: PbxPlan, operator: str) -> list[Section]:
    server = f"sip:{plan.host}:{plan.ports.sip}"
    return [
        (operator, {"type": "auth", "auth_type": "userpass", "username": operator,
                    "password": plan.password(f"sip:{operator}")}),
        (f"register-{operator}", {
            "type": "registration", "outbound_auth": operator, "server_uri": server,
            "client_uri": f"sip:{operator}@{plan.host}", "contact_user": operator,
            "retry_interval": 2, "forbidden_retry_interval": 10, "fatal_retry_interval": 10,
            "max_retries": 100000, "expiration": 60, "transport": "udp"}),
    ]


def extensions_conf(plan: PbxPlan) -> str:
    return "[general]\nstatic = yes\nwriteprotect = yes\nautofallthrough = yes\n\n" + "".join([
        "[from-main]\ninclude => colleagues\ninclude => debtors\n\n",
        colleagues(plan), debtors(plan), callers()])


def _drawn(span: tuple[int, int]) -> str:
    return f"${{RAND({span[0]},{span[1]})}}"


def colleagues(plan: PbxPlan) -> str:
    steps = ("Ringing()", f"Wait({_drawn(plan.world.colleague_answers_s)})", "Answer()",
             f"Set(TIMEOUT(absolute)={_drawn(plan.world.colleague_talks_s)})",
             f"(talk)Playback({SPEECH})", "Goto(talk)")
    return context("colleagues", *(extension(o, *steps) for o in plan.world.colleagues))


def debtors(plan: PbxPlan) -> str:
    answer = ("Ringing()", f"Wait({_drawn(plan.world.debtor_answers_s)})", "Answer()",
              f"Set(TIMEOUT(absolute)={plan.world.debtor_talks_s})",
              f"(talk)Playback({SPEECH})", "Goto(talk)")
    behaviours = {
        "[0-5]X": answer,
        "6X": ("Hangup(17)",),
        "7X": (ring := ("Ringing()", f"Wait({LONGEST_RING_S})", "Hangup(19)")),
        "8[0-4]": ring,
        "8[5-9]": ("Hangup(1)",),
        "9[0-4]": ("Ringing()", "Wait(1)", "Answer()", "Wait(1)", "Hangup(16)"),
        "9[5-9]": ("Hangup(34)",),
    }
    return context("debtors", extension("_[+0-9]!", "Goto(debtor,${EXTEN:-2},1)")) + context(
        "debtor", *(extension(f"_{end}", *steps) for end, steps in behaviours.items()))


def callers() -> str:
    """What a caller does once our Asterisk has answered; see `world.CallerScript`.

    Variables set by the originator: KEYS (digits for SendDTMF, `w` waits half a second),
    BEFORE_S, TALK_S. `talk` presses its keys and speaks, `listen` is silent.
    """
    begin = ("Set(TIMEOUT(absolute)=${TALK_S})", "Wait(${BEFORE_S})",
             "ExecIf($[${LEN(${KEYS})} > 0]?SendDTMF(${KEYS},250,160))")
    return context("callers",
                   extension("talk", *begin, f"(talk)Playback({SPEECH})", "Goto(talk)"),
                   extension("listen", *begin, "(still)Wait(60)", "Goto(still)"))
