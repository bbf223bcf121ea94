"""An older Asterisk to record on: Debian bullseye's 16.28, unpacked beside ours.

Its tree keeps libraries where Debian had them before `/usr` was merged.
"""

from __future__ import annotations

from pathlib import Path

from cti.pbx.find import Program
from cti.pbx.unpack import Packages, unpack

BULLSEYE = Packages(
    title="Asterisk 16", suite="bullseye", witness="usr/sbin/asterisk",
    top=("asterisk", "asterisk-modules", "asterisk-core-sounds-en-wav"),
    names=("a-name-that-nobody-has",))      # so that all that `top` depends on comes too
SCENES_OF_OLDER = (
    "inbound/answered_caller_hangs_up", "inbound/hold_and_resume",
    "inbound/abandoned_while_ringing", "inbound/refused_then_another_operator",
    "inbound/offered_to_all_one_answers", "outbound/operator_dials", "outbound/click_to_call",
    "outbound/attempt_answered", "transfer/blind_to_an_operator", "transfer/attended",
    "transfer/blonde", "conference/colleague_leaves_and_the_operator_goes_on",
    "pickup/of_a_call_of_the_queue", "parking/taken_by_a_colleague",
    "forwarding/desk_phone_sends_a_call_of_the_queue_on",
)


def asterisk_16(tree: Path) -> Program:
    """The one in `tree`, fetched on first use."""
    unpack(BULLSEYE, tree)
    libraries = [tree / "lib/x86_64-linux-gnu", tree / "usr/lib/x86_64-linux-gnu",
                 tree / "usr/lib"]
    data = tree / "usr/share/asterisk"
    return Program(
        command=(str(libraries[0] / "ld-linux-x86-64.so.2"), "--library-path",
                 ":".join(map(str, libraries)), str(tree / "usr/sbin/asterisk")),
        module_dir=tree / "usr/lib/asterisk/modules", data_dir=data,
        sounds_dir=data / "sounds/en_US_f_Allison", version="16.28")
