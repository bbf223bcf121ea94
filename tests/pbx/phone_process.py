"""One SIP phone, driven by JSON lines on standard input, telling JSON lines on standard output.

A process of its own: pjsua2 may run once per process and must be used from one thread.
Orders: {"do": "dial", "uri": …} · answer · refuse (code) · hangup · digits (digits) · quit.
Events: registered, incoming, connected, digit, ended; `level` (0-255) of what is heard, twice a
second while connected. The whole call's received sound goes to the WAV named on the command line.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from typing import Any

import pjsua2 as pj

POLL_MS = 10
LEVEL_EVERY = 25        # polls between two reports of the level


def tell(event: str, **facts: Any) -> None:
    sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
    sys.stdout.flush()


class Call(pj.Call):
    def __init__(self, phone: Phone, call_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(phone.account, call_id)
        self.phone = phone

    def onCallState(self, prm: Any) -> None:
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            tell("connected")
        elif info.state == pj.PJSIP_INV_STATE_EARLY:
            tell("ringing")
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            tell("ended", code=int(info.lastStatusCode), reason=info.lastReason)
            self.phone.forget()

    def onCallMediaState(self, prm: Any) -> None:
        info = self.getInfo()       # named: its media would die with a nameless one
        for place, media in enumerate(info.media):
            active = media.status in (pj.PJSUA_CALL_MEDIA_ACTIVE,
                                      pj.PJSUA_CALL_MEDIA_REMOTE_HOLD)
            if media.type == pj.PJMEDIA_TYPE_AUDIO and active:
                self.phone.connect_sound(self.getAudioMedia(place))

    def onDtmfDigit(self, prm: Any) -> None:
        tell("digit", digit=prm.digit)


class Account(pj.Account):
    phone: Phone

    def onRegState(self, prm: Any) -> None:
        tell("registered" if prm.code == 200 and self.getInfo().regIsActive else "unregistered",
             code=int(prm.code))

    def onIncomingCall(self, prm: Any) -> None:
        call = Call(self.phone, prm.callId)
        if self.phone.call is not None:
            answer(call, 486)
            self.phone.kept.append(call)
            return
        self.phone.call = call
        info = call.getInfo()
        tell("incoming", remote=info.remoteUri, message=prm.rdata.wholeMsg)
        is_told = "answer-after=0" in prm.rdata.wholeMsg
        if self.phone.auto_answer or (self.phone.obeys_answer_after and is_told):
            answer(call, 200)
        else:
            answer(call, 180)


def answer(call: Call, code: int) -> None:
    prm = pj.CallOpParam()
    prm.statusCode = code
    call.answer(prm)


class Phone:
    def __init__(self, facts: dict[str, Any]) -> None:
        self.auto_answer = bool(facts["auto_answer"])
        self.obeys_answer_after = bool(facts.get("obeys_answer_after"))
        self.call: Call | None = None
        self.heard: Any = None
        self.kept: list[Any] = []       # pjsua2 objects must outlive their callbacks
        self.endpoint = start_endpoint()
        self.tone = start_tone(int(facts["tone_hz"]))
        self.recorder = pj.AudioMediaRecorder()
        self.recorder.createRecorder(facts["record"])
        self.account = Account()
        self.account.phone = self
        self.account.create(account_settings(facts))

    def connect_sound(self, media: Any) -> None:
        self.heard = media
        self.tone.startTransmit(media)
        media.startTransmit(self.recorder)

    def forget(self) -> None:
        self.kept.append(self.call)
        self.call, self.heard = None, None

    def obey(self, order: dict[str, Any]) -> bool:
        """False when the phone shall end."""
        match order["do"]:
            case "dial":
                self.call = Call(self)
                self.call.makeCall(order["uri"], pj.CallOpParam(True))
            case "answer" | "refuse" if self.call is not None:
                answer(self.call, int(order.get("code", 200)))
            case "hangup" if self.call is not None:
                self.call.hangup(pj.CallOpParam())
            case "digits" if self.call is not None:
                self.call.dialDtmf(order["digits"])
            case "quit":
                return False
        return True

    def live(self) -> None:
        unread, polls = b"", 0
        while True:
            self.endpoint.libHandleEvents(POLL_MS)
            polls += 1
            if self.heard is not None and polls % LEVEL_EVERY == 0:
                tell("level", level=int(self.heard.getRxLevel()))
            if not select.select([0], [], [], 0)[0]:
                continue
            more = os.read(0, 65536)
            *orders, unread = (unread + more).split(b"\n")
            obeyed = [self.obey(json.loads(order)) for order in orders]
            if not more or not all(obeyed):
                return


def start_endpoint() -> Any:
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    settings = pj.EpConfig()
    settings.uaConfig.threadCnt = 0
    settings.uaConfig.mainThreadOnly = True
    settings.logConfig.level = settings.logConfig.consoleLevel = 0
    settings.medConfig.noVad = True
    settings.medConfig.clockRate = 8000
    settings.medConfig.ecTailLen = 0
    endpoint.libInit(settings)
    transport = pj.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    return endpoint


def start_tone(hertz: int) -> Any:
    tone, generator = pj.ToneDesc(), pj.ToneGenerator()
    tone.freq1, tone.on_msec, tone.off_msec = hertz, 1000, 0
    generator.createToneGenerator(8000, 1)
    tones = pj.ToneDescVector()
    tones.append(tone)
    generator.play(tones, True)
    return generator


def account_settings(facts: dict[str, Any]) -> Any:
    settings = pj.AccountConfig()
    host = f"127.0.0.1:{facts['port']}"
    settings.idUri = f"sip:{facts['name']}@127.0.0.1"
    if facts.get("display"):
        settings.idUri = f'"{facts["display"]}" <{settings.idUri}>'
    settings.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
    settings.mediaConfig.transportConfig.port = 0
    settings.mediaConfig.transportConfig.portRange = 0
    if facts.get("password"):
        settings.regConfig.registrarUri = f"sip:{host}"
        settings.sipConfig.authCreds.append(
            pj.AuthCredInfo("digest", "*", facts["name"], 0, facts["password"]))
    return settings


def main() -> None:
    phone = Phone(json.loads(sys.argv[1]))
    tell("ready")
    try:
        phone.live()
    finally:
        signal.alarm(3)                 # libDestroy can hang on objects that Python still holds
        phone.endpoint.libDestroy()     # closes the WAV
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
