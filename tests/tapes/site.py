"""What the recording stage adds to the private Asterisk: things that other people's have.

Pickup, parking, conferences, hunting and queues of every strategy are not in our own dialplan,
but an existing Asterisk has them, and the floor must understand what it then says.
"""

from __future__ import annotations

import time
from pathlib import Path

from cti.pbx.dialplan_text import context, extension
from cti.pbx.run import Instance, ask
from tests.pbx.fixtures import PrivatePbx

STRATEGIES = ("linear", "rrmemory", "rrordered", "random", "wrandom", "fewestcalls")
ENTRY_OF = {name: f"+7495120001{place}" for place, name in enumerate((
    *STRATEGIES, "patient", "narrow", "through", "keys"))}
ENTRY_OVERFLOW, ENTRY_HUNT, ENTRY_ROOM = "+74951200020", "+74951200021", "+74951200022"
ENTRY_HUNT_TO_QUEUE = "+74951200023"
MODULES = ("res_parking.so", "app_confbridge.so", "app_directed_pickup.so", "app_bridgewait.so")
WORLD_MODULES = ("app_transfer.so",)
PARKED_S = 3


def furnish(pbx: PrivatePbx) -> None:
    """The files of the running instances get their additions, and are read again."""
    main = pbx.main.site.folder / "etc"
    (main / "res_parking.conf").write_text(PARKING)
    (main / "confbridge.conf").write_text("[general]\n\n[default_bridge]\ntype = bridge\n\n"
                                          "[default_user]\ntype = user\nquiet = yes\n")
    (main / "features.conf").write_text("[general]\npickupexten = *8\n")
    _append(main / "queues.conf", queues())
    _append(main / "extensions.conf", dialplan())
    _change(main / "queues.conf", "[outages]", "leastrecent", "ringall")
    _phones_may_pick_up(main / "pjsip.conf")
    _load(pbx.main, MODULES)
    _load(pbx.world, WORLD_MODULES)
    for command in ("dialplan reload", "module reload app_queue.so", "module reload features",
                    "module reload res_pjsip.so"):
        pbx.ask(command)
    time.sleep(0.5)


PARKING = f"""[general]

[default]
parkext = 700
parkpos = 701-720
context = tape-parked
parkingtime = {PARKED_S}
comebacktoorigin = yes
comebackdialtime = 4
findslot = first
"""


def queues() -> str:
    """One per strategy; `patient` gives up soon, `narrow` has room for one, `through` is rung
    through Local channels, `keys` can be left by a key."""
    base = ("ringinuse = no\ntimeout = 3\nretry = 1\njoinempty = yes\nmusicclass = default\n"
            "setinterfacevar = yes\n")
    parts = [f"[{name}]\nstrategy = {name}\n{base}" for name in STRATEGIES]
    parts += [f"[patient]\nstrategy = rrmemory\n{base}", f"[through]\nstrategy = ringall\n{base}",
              f"[narrow]\nstrategy = ringall\nmaxlen = 1\n{base}",
              f"[keys]\nstrategy = ringall\ncontext = tape-keys\n{base}"]
    return "\n".join(parts)


def dialplan() -> str:
    entries = [extension(entry.removeprefix("+"), f"Set(DESKLINE_ENTRY={entry.removeprefix('+')})",
                         f"Set(DESKLINE_DEFAULT={name})", "Return()")
               for name, entry in (*ENTRY_OF.items(), ("overflow", ENTRY_OVERFLOW),
                                   ("hunt", ENTRY_HUNT), ("room", ENTRY_ROOM),
                                   ("hunt_to_queue", ENTRY_HUNT_TO_QUEUE))]
    wait_s = {"patient": 4, "narrow": 20}
    lines = [extension(name, f"Set(DESKLINE_QUEUE={name})", "Set(QUEUE_PRIO=${TAPE_PRIO})",
                       f"Queue({name},c,,,{wait_s.get(name, 30)})", "Goto(deskline-sorry,s,1)")
             for name in ENTRY_OF]
    lines += [extension("overflow", "Queue(patient,c,,,2)", "Goto(deskline-queue,billing,1)"),
              extension("hunt", *_hunt(), "Hangup()"),
              extension("hunt_to_queue", *_hunt(), "Goto(deskline-queue,billing,1)"),
              extension("room", "ConfBridge(800)", "Hangup()")]
    return (_more("deskline-entry", *entries) + _more("deskline-queue", *lines)
            + _more("deskline-phones", *_keys_of_phones())
            + context("tape-keys", extension("1", "Goto(deskline-queue,billing,1)"))
            + context("tape-room", extension("_8XX", "Answer()", "ConfBridge(${EXTEN})",
                                             "Hangup()"))
            + context("tape-music", extension("s", "MusicOnHold()"))
            + context("tape-still", extension("s", "Wait(60)"))
            + context("tape-park", extension("s", "Park(default)")))


def _hunt() -> tuple[str, ...]:
    return ("Dial(PJSIP/101,2)", "Dial(PJSIP/102,3)")


def _keys_of_phones() -> list[str]:
    return [extension("700", "Park(default)"),
            extension("_70[1-9]", "ParkedCall(default,${EXTEN})", "Hangup()"),
            extension("_8XX", "Answer()", "ConfBridge(${EXTEN})", "Hangup()"),
            extension("_*8XXX", "PickupChan(PJSIP/${EXTEN:2},p)", "Hangup()"),
            extension("_*7XXX", "Answer()",
                      "Set(PEER=${TAPE_CHANNEL})", "BridgeAdd(${GLOBAL(TAPE_CHANNEL)})",
                      "Hangup()")]


def _more(name: str, *extensions: str) -> str:
    return f"[{name}](+)\n" + "".join(extensions) + "\n"


def _phones_may_pick_up(path: Path) -> None:
    """All desk phones are of one group for `*8`; a phone that died is noticed by its silence."""
    text = path.read_text()
    for phone in range(101, 111):
        head = f"[{phone}]\ntype = endpoint\n"
        text = text.replace(head, f"{head}call_group = 1\npickup_group = 1\nrtp_timeout = 3\n"
                                  "rtp_timeout_hold = 60\n")
    path.write_text(text)


def _append(path: Path, more: str) -> None:
    path.write_text(f"{path.read_text()}\n{more}")


def _change(path: Path, mark: str, before: str, after: str) -> None:
    head, found, tail = path.read_text().partition(mark)
    path.write_text(head + found + tail.replace(before, after, 1))


def _load(instance: Instance, modules: tuple[str, ...]) -> None:
    for module in modules:
        ask(instance, f"module load {module}")
