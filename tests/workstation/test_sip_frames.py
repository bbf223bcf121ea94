"""What a page may say to Asterisk by `/sip`: its own telephone's requests, and nothing hidden."""

from __future__ import annotations

import pytest

from workstation.web.sip_frames import ForeignFrame, check

USER = "101-web"
OWN = f"From: <sip:{USER}@127.0.0.1>;tag=k3b1"
INVITE = "INVITE sip:+74951200000@127.0.0.1 SIP/2.0"


def frame(*lines: str, first: str = INVITE, body: str = "", length: str | None = None) -> str:
    said = str(len(body.encode())) if length is None else length
    return "\r\n".join((first, "Via: SIP/2.0/WS x.invalid;branch=z9hG4bK1", *lines,
                        f"Content-Length: {said}", "", body))


@pytest.mark.parametrize("text", [
    frame(OWN), frame(OWN, body="v=0\r\n\r\ns=дом\r\n"), "\r\n\r\n", "",
    frame(f'From: "Anna" <sip:{USER}@0e-1.invalid;transport=ws>;tag=a',
          first="BYE sip:x@h SIP/2.0"),
    frame("From: <sip:+79160000000@127.0.0.1>;tag=theirs", first="SIP/2.0 200 OK", body="v=0"),
    frame("From: <sip:+79160000000@127.0.0.1>;tag=theirs", first="SIP/2.0 486 Busy Here"),
])
def test_its_own_telephones_words_pass(text: str) -> None:
    check(text, USER)


SECOND = frame("From: <sip:+79160000000@h>;tag=x")


@pytest.mark.parametrize("text", [
    frame("From: <sip:+79160000000@127.0.0.1>;tag=x"),
    frame("From: <sip:102-web@127.0.0.1>;tag=x"),
    frame("f: <sip:+79160000000@127.0.0.1>;tag=x"),
    frame(OWN, "f: <sip:+79160000000@127.0.0.1>;tag=x"),
    frame(OWN, "FROM: <sip:+79160000000@127.0.0.1>;tag=x"),
    frame(OWN, OWN),
    frame(),
    frame("From : <sip:+79160000000@127.0.0.1>;tag=x", OWN),
    frame("From:", f" <sip:{USER}@127.0.0.1>;tag=x"),
    frame("Subject: x", f"\t{OWN}"),
    frame(f"Subject: x\nFrom: <sip:9@h>;tag=x\r\n{OWN}"),
    frame(f"Subject: x\rFrom: <sip:9@h>;tag=x\r\n{OWN}"),
    frame(f"Subject: x\x00\r\n{OWN}"),
    frame(f"From: <sip:9@h>, <sip:{USER}@127.0.0.1>;tag=x"),
    frame(f'From: "<sip:9@h>" <sip:{USER}@127.0.0.1>;tag=x'),
    frame(f"From: <sip:{USER}%40h@127.0.0.1>;tag=x"),
    frame(f"From: <sip:{USER}:x@127.0.0.1>;tag=x"),
    frame(f"From: sip:{USER}@127.0.0.1;tag=x"),
    frame(OWN, body=SECOND, length="0"),
    frame(OWN, "Content-Length: 0", body=SECOND),
    frame(OWN, "l: 0", body=SECOND),
    frame(OWN, body="v=0", length="+3"),
    frame(OWN) + SECOND,
    "\r\n\r\n" + SECOND,
    frame("From: <sip:9@h>;tag=x", first="SIP/2.0 200 OK", body=SECOND, length="0"),
    frame(OWN).replace("\r\n", "\n"),
    frame(OWN, first="INVITE sip:a b@h SIP/2.0"),
    "rubbish", INVITE,
])
def test_what_asterisk_could_read_as_somebody_elses_is_refused(text: str) -> None:
    with pytest.raises(ForeignFrame):
        check(text, USER)
