"""The part of extensions.conf by which a supervisor hears, and takes over, an operator's call.

His own phone is called into `deskline-listen` (AMI Originate); another mode or another operator is
a Redirect to the same place, so his phone stays connected. Only the server's manager account can
send a channel here: no phone's context includes it. What it is told, it checks.
"""

from __future__ import annotations

from cti.pbx.dialplan_text import context, extension

# q: no beep, no spoken name · u: exactly this channel, not all that begin so · E, S: over when it
# is over, or was already · w: the operator hears too · B: both hear
MODES = {"listen": "quES", "whisper": "quESw", "barge": "quESB"}
PHONE = '"^(PJSIP|SIP)/[A-Za-z0-9_.-]+$"'
PARTY = '"^[A-Za-z]+/[A-Za-z0-9_.@:+*#-]+$"'


def listening() -> str:
    return _hearing() + _taking_over() + _taken()


def _hearing() -> str:
    """`DESKLINE_SPIED`: the operator's channel. The event tells the floor who is heard, and how;
    the end of the listener's leg tells that it is over."""
    return context("deskline-listen", *(extension(
        mode, "Answer()", f"Set(DESKLINE_OK=${{REGEX({PHONE} ${{DESKLINE_SPIED}})}})",
        'GotoIf($["${DESKLINE_OK}" = "1"]?:refuse)',
        f"UserEvent(DesklineListen,Mode: {mode},Spied: ${{DESKLINE_SPIED}})",
        f"ChanSpy(${{DESKLINE_SPIED}},{options})", "Hangup()", "(refuse)Hangup(21)")
        for mode, options in MODES.items()))


def _taking_over() -> str:
    """`DESKLINE_CLIENT`: the other party's channel, which leaves the operator's bridge for this
    one; the operator's leg, alone in his, is let go."""
    return context("deskline-take-over", extension(
        "s", "Answer()", f"Set(DESKLINE_OK=${{REGEX({PARTY} ${{DESKLINE_CLIENT}})}})",
        'GotoIf($["${DESKLINE_OK}" = "1"]?:refuse)',
        "Set(DESKLINE_PHONE=${CUT(CHANNEL,/,2)})",      # 109-web-0000001a
        "Bridge(${DESKLINE_CLIENT},F(deskline-taken^${DESKLINE_PHONE:0:-9}^1))",
        "Hangup()", "(refuse)Hangup(21)"))


def _taken() -> str:
    """Where the other party goes when the supervisor's leg is gone, as after an operator's."""
    return context("deskline-taken", extension(
        "_[0-9a-zA-Z_.]!", "Set(DESKLINE_PHONE=${EXTEN})",
        "Goto(deskline-left,s,again)"))
