"""A desk phone with two lines, hold and transfers: `tests.pbx.phone_process` with more keys.

Orders beside its: hold · resume · blind (uri) · consult (uri) · attended (the second call replaces
the first) · hangup (line 1, the first call, or 2). Line 2 tells `connected2`, `ended2`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import pjsua2 as pj

from tests.pbx import phone_process as base


class Call(base.Call):
    def onCallTransferStatus(self, prm: Any) -> None:
        base.tell("transferring", code=int(prm.statusCode))
        if prm.finalNotify and 200 <= prm.statusCode < 300:
            self.hangup(pj.CallOpParam())


class SecondCall(base.Call):
    def onCallState(self, prm: Any) -> None:
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            base.tell("connected2")
        elif info.state == pj.PJSIP_INV_STATE_EARLY:
            base.tell("ringing2")
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            base.tell("ended2", code=int(info.lastStatusCode))


class Desk(base.Phone):
    second: Any = None

    def obey(self, order: dict[str, Any]) -> bool:
        prm = pj.CallOpParam(True)
        match order["do"]:
            case "dial":
                self.call = Call(self)
                self.call.makeCall(order["uri"], prm)
            case "hold":
                self.heard = None       # the media of a held call may not be asked
                self.call.setHold(prm)
            case "resume":
                prm.opt.flag = pj.PJSUA_CALL_UNHOLD
                self.call.reinvite(prm)
            case "blind":
                self.call.xfer(order["uri"], prm)
            case "consult":
                self.second = SecondCall(self)
                self.kept.append(self.second)
                self.second.makeCall(order["uri"], prm)
            case "attended":
                self.call.xferReplaces(self.second, prm)
            case "hangup" if order.get("line") == 2:
                self.second.hangup(pj.CallOpParam())
            case _:
                return super().obey(order)
        return True


def main() -> None:
    base.Call = Call    # incoming calls can be transferred too
    phone = Desk(json.loads(sys.argv[1]))
    base.tell("ready")
    try:
        phone.live()
    finally:
        signal.alarm(3)
        phone.endpoint.libDestroy()
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
