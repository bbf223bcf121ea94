"""extensions.conf and queues.conf of our Asterisk. Pure text.

It stands alone: where the menu server is gone callers go to the entry's queue, and where the
claim gate is gone nobody is dialled.
"""

from __future__ import annotations

from cti.pbx.dialplan_text import context, extension
from cti.pbx.plan import EntryPlan, OperatorPlan, PbxPlan, QueuePlan
from cti.pbx.render_attempts import attempts
from cti.pbx.render_controls import controls
from cti.pbx.render_listening import listening
from cti.pbx.render_menu_ways import CHOSEN, menu_ways
from cti.pbx.render_recording import of_dial, of_queue, recording, renewed
from cti.pbx.render_routing import FIRST, at_first, preferred
from cti.pbx.render_waiting import arrived, waiting, waits

OFFER = "b(deskline-offer^s^1)"     # gives the operator's phone the call's id before it rings
CODES = ("[0-3]", "2[1-9]", "0XX!")      # after the plan's desk_code
DESK_CODE_S = 90                    # a call to a code, with three tries of the PIN
RETURN_S = 20                       # how long a caller waits for an operator's page to come back
LEFT = 'GotoIf($["${QUEUESTATUS}" = "CONTINUE"]?deskline-left,s,1)'
ARRIVE = ("NoOp()", "Wait(0.1)")    # see operators()
QUEUES_GENERAL = ("persistentmembers = yes\nautofill = yes\nshared_lastcall = yes\n"
                  "log_membername_as_agent = yes\n")
UNTAKEN = ('GotoIf($["${DESKLINE_GIVEN}${BLINDTRANSFER}" = ""]?'
           ':deskline-untaken,s,1)')    # a client who was passed on is not hung up on
NUMBER = '"^[+]?[0-9]{3,15}$"'


def extensions_conf(plan: PbxPlan) -> str:
    return ("[general]\nstatic = yes\nwriteprotect = yes\nautofallthrough = yes\n\n"
            + contexts(plan))


def contexts(plan: PbxPlan) -> str:
    """The part an existing Asterisk can include."""
    return "".join([
        from_trunk(plan), entries(plan), inbound(plan), queues(plan), offer(), left(),
        returning(plan), sorry(),
        operators(plan), click_to_call(plan), attempts(plan), listening(),
        controls(plan), recording(plan), menu_ways(plan), preferred(plan),
        waiting(plan)])


def from_trunk(plan: PbxPlan) -> str:
    """Any number that the trunk asks for; only its digits go on.

    Asterisk decodes `%0A` in SIP numbers, and an AGI server would read what follows as answers.
    It knows the trunk by its address alone, whatever the transport: nothing of the trunk's comes
    in by the softphones' websocket.
    """
    clean = ("Set(DESKLINE_AT=${CHANNEL(pjsip,local_addr)})",
             f'ExecIf($["${{CUT(DESKLINE_AT,:,2)}}" = "{plan.ports.http}"]?Hangup(21))',
             "Set(CALLERID(num)=${FILTER(0-9a-zA-Z+*#,${CALLERID(num)})})",
             "Set(CALLERID(dnid)=${DESKLINE_DIALLED})", "Goto(deskline-in,s,1)")
    return context("deskline-from-trunk", extension(
        "_[0-9a-zA-Z+*#]!", "Set(DESKLINE_DIALLED=${FILTER(0-9,${EXTEN}):0:15})", *clean),
        extension("s", *clean))


def entries(plan: PbxPlan) -> str:
    known = [_entry(entry.digits, entry) for entry in plan.entries]
    return context("deskline-entry", *known, _entry("_X!", plan.entries[0]),
                   _entry("s", plan.entries[0]))


def _entry(pattern: str, entry: EntryPlan) -> str:
    return extension(pattern, f"Set(DESKLINE_ENTRY={entry.digits})",
                     f"Set(DESKLINE_DEFAULT={entry.queue})", "Return()")


def inbound(plan: PbxPlan) -> str:
    """Menu first; then where it says, or the entry's queue when it says nothing that we know.

    AGIEXITONHANGUP and the absolute limit: a menu server that hangs must keep neither a caller
    nor the channel of one who has left.
    """
    menu = (f"AGI(agi://{plan.agi_host}:{plan.ports.agi_menu}/menu?entry=${{DESKLINE_ENTRY}}"
            f"&pbx={plan.name})")
    choose = (
        "(chosen)Set(TIMEOUT(absolute)=0)",
        'GotoIf($["${DESKLINE_NEXT}" = "hangup"]?bye)', *CHOSEN,
        "Set(DESKLINE_QUEUE=${IF($[\"${DESKLINE_NEXT:0:6}\" = \"queue:\"]?"
        "${FILTER(a-z0-9_,${DESKLINE_NEXT:6})}:${DESKLINE_DEFAULT})})",
        "Set(DESKLINE_KNOWN=${DIALPLAN_EXISTS(deskline-queue,${DESKLINE_QUEUE},1)})",
        "ExecIf($[${DESKLINE_KNOWN} = 0]?Set(DESKLINE_QUEUE=${DESKLINE_DEFAULT}))",
        "Goto(deskline-queue,${DESKLINE_QUEUE},1)",
        "(bye)Hangup()")
    return context("deskline-in", extension(
        "s", "Gosub(deskline-entry,${IF($[${LEN(${DESKLINE_DIALLED})} > 0]?"
        "${DESKLINE_DIALLED}:s)},1)",
        "Answer()", "Set(DESKLINE_NEXT=)", "Set(AGIEXITONHANGUP=yes)",
        f"Set(TIMEOUT(absolute)={plan.menu_limit_s})", menu, *choose),
        extension("T", "Set(TIMEOUT(absolute)=0)", "Set(DESKLINE_NEXT=)", "Goto(s,chosen)"))


def queues(plan: PbxPlan) -> str:
    """Option c: when the operator's leg ends, the caller goes on in `deskline-left`."""
    return context("deskline-queue", *(extension(
        queue.id, f"Set(DESKLINE_QUEUE={queue.id})", f"Set(DESKLINE_SURVEY={queue.survey})",
        *_at_first(queue),
        *of_queue(plan, queue), *arrived(queue), *FIRST, *waits(plan, queue, OFFER, LEFT))
        for queue in plan.queues))


def _at_first(queue: QueuePlan) -> tuple[str, ...]:
    """Whom the first ringing may reach: a queue's rules count from the second second on (tried
    with Asterisk 22). The dialler's answered clients are spared it: anybody is better than none.
    """
    return tuple(step for after_s, highest in queue.penalties if after_s == 0
                 for step in at_first(highest))


def offer() -> str:
    return context("deskline-offer", extension(
        "s", "Set(PJSIP_HEADER(add,X-Linkedid)=${CHANNEL(linkedid)})", "Return()"))


def left() -> str:
    """The operator's leg is gone: hang up, unless it was a page that cannot be reached any more.

    A page that ends a call is still registered; one that crashed, or whose computer sleeps, is not
    by the time that its missing sound ends the leg (`rtp_timeout`).
    """
    gone = "${LEN(${PJSIP_DIAL_CONTACTS(${DESKLINE_PHONE})})} = 0"
    return context("deskline-left", extension(
        "s", "Set(DESKLINE_PHONE=${MEMBERINTERFACE:6})",
        '(again)GotoIf($["${DESKLINE_PHONE:-4}" = "-web"]?:bye)',
        f"GotoIf($[{gone}]?deskline-return,${{DESKLINE_PHONE:0:-4}},1)",
        "(bye)Goto(deskline-survey,s,1)"))


def returning(plan: PbxPlan) -> str:
    """A caller whose operator's page vanished: a word, music, and the same operator again when
    his page is back in time, else first in the queue. The server sends callers here too.
    """
    back = "${LEN(${PJSIP_DIAL_CONTACTS(${DESKLINE_PHONE})})} > 0"
    return context("deskline-return", extension(
        "_X!", "Set(DESKLINE_PHONE=${FILTER(0-9,${EXTEN})}-web)",
        "UserEvent(DesklineReturn,Operator: ${DESKLINE_PHONE:0:-4})", *renewed(plan),
        f"Set(DESKLINE_UNTIL=$[${{EPOCH}} + {RETURN_S}])", "Playback(one-moment-please)",
        "(music)StartMusicOnHold(default)",
        "(wait)GotoIf($[${EPOCH} >= ${DESKLINE_UNTIL}]?over)",
        f"GotoIf($[{back}]?call)", "Wait(0.3)", "Goto(wait)",
        "(call)Dial(PJSIP/${DESKLINE_PHONE},5,gmb(deskline-again^s^1))",
        'GotoIf($["${DIALSTATUS}" = "ANSWER"]?deskline-left,s,again)', "Goto(music)",
        "(over)StopMusicOnHold()",
        "GotoIf($[${LEN(${DESKLINE_QUEUE})} = 0]?deskline-sorry,s,1)", "Set(QUEUE_PRIO=10)",
        "Goto(deskline-queue,${DESKLINE_QUEUE},1)")
    ) + context("deskline-again", extension(
        "s", "Set(PJSIP_HEADER(add,X-Linkedid)=${CHANNEL(linkedid)})",
        "Set(PJSIP_HEADER(add,Call-Info)=<sip:deskline>\\;answer-after=0)", "Return()"))


def sorry() -> str:
    return context("deskline-sorry", extension(
        "s", "Playback(im-sorry&tt-allbusy)", "Hangup()"))


def operators(plan: PbxPlan) -> str:
    """What an operator's phone may dial: a colleague, a queue, a number.

    Who is transferred blindly out of a queue (option c) goes on at the second step, and often
    still carries the mark that broke him out, which ends the next application at once (tried
    with Asterisk 22): the first step does nothing, and the second takes the mark.
    """
    arrive = (*ARRIVE, *renewed(plan))
    people = [_colleague(operator, arrive) for operator in plan.operators]
    lines = [extension(queue.id, *arrive, "Set(DESKLINE_SINCE=)",
                       f"Goto(deskline-queue,{queue.id},1)")
             for queue in plan.queues]
    out = [extension(pattern, *arrive, "Goto(deskline-out,${EXTEN},1)")
           for pattern in ("_XXX!", "_+XXX!")]
    return context("deskline-phones", *people, *lines, *out, *_desk_codes(plan))


def _desk_codes(plan: PbxPlan) -> list[str]:
    """`*30` to `*33`, `*32` with the place of a reason: who is signed in, and how. `*30` with an
    operator's number is who he is: on a phone that is not his he hears that it is not.

    The server says by DESKLINE_DONE, set last, that it was done; AGIEXITONHANGUP and the limit
    keep no channel for one that hangs.
    """
    if not plan.desk_code:
        return []
    ask = (f"AGI(agi://{plan.agi_host}:{plan.ports.agi_gate}/desk?code="
           f"${{EXTEN:{len(plan.desk_code)}}}&pbx={plan.name})")
    return [extension(
        f"_{plan.desk_code}{rest}", "Set(DESKLINE_DONE=)", "Answer()",
        "Set(AGIEXITONHANGUP=yes)", f"Set(TIMEOUT(absolute)={DESK_CODE_S})", ask,
        'GotoIf($["${DESKLINE_DONE}" = "yes"]?bye)', "Playback(beeperr&vm-goodbye)",
        "(bye)Hangup()") for rest in CODES]


def _colleague(operator: OperatorPlan, arrive: tuple[str, ...]) -> str:
    phones = "&".join(f"PJSIP/{name}" for name in operator.endpoints)
    return extension(operator.id, *arrive, f"Dial({phones},30,{OFFER})", UNTAKEN, "Hangup()")


def click_to_call(plan: PbxPlan) -> str:
    steps = (f"Set(DESKLINE_OK=${{REGEX({NUMBER} ${{EXTEN}})}})",
             'GotoIf($["${DESKLINE_OK}" = "1"]?:refuse)',
             f"Set(CALLERID(all)=<{plan.caller_id}>)",
             f"Dial(PJSIP/${{EXTEN}}@{plan.way_out},60{of_dial(plan)})", UNTAKEN,
             "Hangup(${HANGUPCAUSE})",
             "(refuse)Hangup(28)")
    return context("deskline-out", *(extension(p, *steps) for p in ("_X!", "_+X!")))


def queues_conf(plan: PbxPlan) -> str:
    return f"[general]\n{QUEUES_GENERAL}\n" + queue_parts(plan)


def queue_parts(plan: PbxPlan) -> str:
    """The part an existing Asterisk can include."""
    return "".join(_queue(queue, has_key=plan.tells_line) for queue in plan.queues)


def queue_rules(plan: PbxPlan) -> str:
    """The part an existing Asterisk can include in queuerules.conf: who waits longer is offered
    to members of a higher penalty too."""
    return "".join(_rule(queue) for queue in plan.queues if queue.penalties)


def _rule(queue: QueuePlan) -> str:
    return f"[{rule_of(queue)}]\n" + "".join(
        f"penaltychange => {after_s},{highest}\n"
        for after_s, highest in queue.penalties if after_s) + "\n"


def rule_of(queue: QueuePlan) -> str:
    return f"deskline-{queue.id}"


def _queue(queue: QueuePlan, *, has_key: bool) -> str:
    key = "context = deskline-keys\n" if has_key else ""
    rule = f"defaultrule = {rule_of(queue)}\n" if queue.penalties else ""
    return (f"[{queue.id}]\n{rule}strategy = leastrecent\nringinuse = no\nwrapuptime = "
            f"{queue.wrap_up_s}\ntimeout = {queue.ring_s}\nretry = 1\n"
            f"servicelevel = {queue.service_level_s}\nautopause = all\nautopausebusy = yes\n"
            f"timeoutpriority = conf\njoinempty = yes\nleavewhenempty = no\n{key}"
            "setinterfacevar = yes\nmusicclass = default\n"
            "announce-frequency = 0\nperiodic-announce-frequency = 0\nreportholdtime = no\n\n")
