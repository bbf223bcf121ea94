"""The part of extensions.conf for callers who wait, and for those who are called back. Pure text.

By his priority (`render_places`) a caller may leave the line for a word, a menu or a call-back
and is where he was when he comes back, whoever came meanwhile.

The server is asked for his place, the menu server speaks. Without either he is in the queue.
"""

from __future__ import annotations

from cti.pbx.dialplan_text import context, extension
from cti.pbx.plan import PbxPlan, QueuePlan
from cti.pbx.render_menu_ways import NUMBER
from cti.pbx.render_places import HIGHEST, PRIORITY

ASK_S = 10              # so long a server that hangs may keep him from his queue
KEY = "1"               # what he presses while he waits
UNTOLD = ("SAY", "OTHER", "PLACE", "WAIT_MIN", "OFFERED", "OVERFLOW")
STAYS = "Goto(deskline-queue,${DESKLINE_QUEUE},stay)"


def arrived(queue: QueuePlan) -> tuple[str, ...]:
    """Once, before he joins a queue; whom another queue overflowed here came when he came there.

    A priority below 1000 is routing's, or of who goes first; ours are greater.
    """
    return (
        "Set(DESKLINE_SINCE=${IF($[\"${DESKLINE_SINCE}\" = \"\"]?${EPOCH}:${DESKLINE_SINCE})})",
        f"Set(DESKLINE_GIVES_UP=$[${{EPOCH}} + {queue.max_wait_s}])",
        "ExecIf($[0${QUEUE_PRIO} < 1000]?Set(DESKLINE_PRIO=$[0${QUEUE_PRIO} + 0]))",
        f"ExecIf($[${{DESKLINE_PRIO}} > {HIGHEST}]?Set(DESKLINE_PRIO={HIGHEST}))",
        "Set(DESKLINE_MOMENT=before)")


def waits(plan: PbxPlan, queue: QueuePlan, offer: str, left: str) -> tuple[str, ...]:
    """From `join` on, once routing has had its way; he comes back from his word to `stay`.

    The queue is left now and then for a word; `timeoutpriority = conf` sees to it that no phone
    that rings just then is cut short, which would pause its operator.
    """
    slice_s = _slice_s(plan, queue)
    if not plan.tells_line:
        return (f"(join){PRIORITY}", f"Queue({queue.id},Cc{offer},,,{queue.max_wait_s})", left,
                "Goto(deskline-sorry,s,1)")
    return (
        "(join)Goto(deskline-line,s,1)",
        f"(stay){PRIORITY}", "Set(DESKLINE_REST=$[${DESKLINE_GIVES_UP} - ${EPOCH}])",
        "GotoIf($[${DESKLINE_REST} <= 0]?sorry)",
        f"ExecIf($[${{DESKLINE_REST}} > {slice_s}]?Set(DESKLINE_REST={slice_s}))",
        f"Queue({queue.id},Cc{offer},,,${{DESKLINE_REST}})", left,
        'GotoIf($["${QUEUESTATUS}" = "TIMEOUT"]?:sorry)', "Set(DESKLINE_MOMENT=while)",
        "Goto(deskline-line,s,1)", "(sorry)Goto(deskline-sorry,s,1)")


def _slice_s(plan: PbxPlan, queue: QueuePlan) -> int:
    return min(one for one in (plan.tell_every_s, queue.overflow_s, queue.max_wait_s) if one)


def waiting(plan: PbxPlan) -> str:
    return line(plan) + keys() + call_back(plan) + called_back(plan)


def line(plan: PbxPlan) -> str:
    """His place told by the server, spoken by the menu server; then where he chose, or back."""
    ask = (f"AGI(agi://{plan.agi_host}:{plan.ports.agi_gate}/line?queue=${{DESKLINE_QUEUE}}"
           f"&pbx={plan.name}&moment=${{DESKLINE_MOMENT}}&since=${{DESKLINE_SINCE}}"
           "&entry=${DESKLINE_ENTRY}&over=${DESKLINE_OVERFLOWED})")
    return context("deskline-line", extension(
        "s", *(f"Set(DESKLINE_{name}=)" for name in UNTOLD), "Set(AGIEXITONHANGUP=yes)",
        "ExecIf($[\"${DESKLINE_DEFAULT}\" = \"\"]?Set(DESKLINE_DEFAULT=${DESKLINE_QUEUE}))",
        f"Set(TIMEOUT(absolute)={ASK_S})", ask, "Set(TIMEOUT(absolute)=0)",
        'GotoIf($["${DESKLINE_OTHER}" != ""]?other)',
        'GotoIf($["${DESKLINE_SAY}" = "yes"]?:stay)',
        "Set(DESKLINE_NEXT=)", f"Set(TIMEOUT(absolute)={plan.menu_limit_s})",
        _menu(plan, "waiting"), "Set(TIMEOUT(absolute)=0)",
        'GotoIf($["${DESKLINE_NEXT}" = "" | "${DESKLINE_NEXT}" = "queue:${DESKLINE_QUEUE}"]?stay)',
        "Goto(deskline-in,s,chosen)",
        "(other)Set(DESKLINE_OVERFLOWED=yes)",
        "Set(DESKLINE_OTHER=${FILTER(a-z0-9_,${DESKLINE_OTHER})})",
        "GotoIf($[${DIALPLAN_EXISTS(deskline-queue,${DESKLINE_OTHER},1)} = 0]?stay)",
        "Goto(deskline-queue,${DESKLINE_OTHER},1)", f"(stay){STAYS}"),
        extension("T", "Set(TIMEOUT(absolute)=0)", STAYS))


def keys() -> str:
    """While he waits. A campaign's client goes back to where he waited, and an operator who asks
    a queue to who waits for him."""
    return context("deskline-keys", extension(
        KEY, 'GotoIf($["${DESKLINE_ATTEMPT}" != ""]?deskline-answered,s,again)',
        'GotoIf($["${DESKLINE_GIVES_UP}" = ""]?deskline-talk,client,1)',
        "Set(DESKLINE_MOMENT=key)", "Goto(deskline-line,s,1)"))


def call_back(plan: PbxPlan) -> str:
    """One dial of a call-back, asked for by its id: no claim, no call."""
    gate = f"AGI(agi://{plan.agi_host}:{plan.ports.agi_gate}/callback?dial=${{EXTEN}})"
    return context("deskline-callback", extension(
        "_X!", 'Set(DESKLINE_OK=${REGEX("^[0-9]{1,18}$" ${EXTEN})})',
        'GotoIf($["${DESKLINE_OK}" = "1"]?:refuse)',
        "Set(DESKLINE_CLAIM=)", "Set(AGIEXITONHANGUP=yes)", gate,
        'GotoIf($["${DESKLINE_CLAIM}" = "yes"]?:refuse)',
        f"Set(DESKLINE_OK=${{REGEX({NUMBER} ${{DESKLINE_NUMBER}})}})",
        "Set(DESKLINE_KNOWN=${DIALPLAN_EXISTS(deskline-queue,${DESKLINE_QUEUE},1)})",
        'GotoIf($["${DESKLINE_OK}${DESKLINE_KNOWN}" = "11"]?:refuse)',
        *(f"Set(__DESKLINE_{name}=${{FILTER({kept},${{DESKLINE_{name}}})}})" for name, kept in (
            ("NUMBER", "0-9+"), ("QUEUE", "a-z0-9_"), ("SINCE", "0-9"), ("ENTRY", "0-9"),
            ("LANGUAGE", "a-z"))),
        'Set(DESKLINE_OK=${REGEX("^[0-9]{1,3}$" ${DESKLINE_RING_S})})',
        'ExecIf($["${DESKLINE_OK}" != "1"]?Set(DESKLINE_RING_S=25))',
        f"Set(CALLERID(all)=<{plan.caller_id}>)",
        f"Dial(PJSIP/${{DESKLINE_NUMBER}}@{plan.way_out},${{DESKLINE_RING_S}},"
        "G(deskline-called-back^s^1))", "Hangup()", "(refuse)Hangup(21)"))


def called_back(plan: PbxPlan) -> str:
    """He is there, and says so by a key; step 1 is the other half's, see `answered`. Without a
    menu server nobody can be asked, and he is in the queue, at his place."""
    queue = "Goto(deskline-queue,${DESKLINE_QUEUE},1)"
    return context("deskline-called-back", extension(
        "s", "Goto(half)", "Set(CALLERID(all)=<${DESKLINE_NUMBER}>)",
        "Set(DESKLINE_DEFAULT=${DESKLINE_QUEUE})", "Set(DESKLINE_NEXT=)",
        "Set(AGIEXITONHANGUP=yes)", f"Set(TIMEOUT(absolute)={plan.menu_limit_s})",
        _menu(plan, "called_back"), "Set(TIMEOUT(absolute)=0)",
        'GotoIf($["${DESKLINE_NEXT}" = "hangup"]?bye)', queue, "(bye)Hangup()",
        "(half)Answer()", "Hangup()"),
        extension("T", "Set(TIMEOUT(absolute)=0)", queue))


def _menu(plan: PbxPlan, menu: str) -> str:
    return (f"AGI(agi://{plan.agi_host}:{plan.ports.agi_menu}/menu?entry=${{DESKLINE_ENTRY}}"
            f"&pbx={plan.name}&menu={menu}&queue=${{DESKLINE_QUEUE}}"
            "&language=${DESKLINE_LANGUAGE})")
