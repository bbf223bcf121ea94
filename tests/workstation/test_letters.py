"""What comes by mail, read: nothing of it runs, becomes a header, or is kept by its own word ○."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.requests import classifying, kinds, letters, mailbox
from workstation.requests.settings import Mailbox

IVAN = "ivan@mail.example"
PDF = b"%PDF-1.7\n%a bill"
LIMITS = letters.Limits(attachment_bytes=1000, attachments=3)


def test_html_is_cleaned_and_read_as_text() -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = IVAN, "x"
    mail.set_content("<p>Hello<br>there</p><script>steal()</script><img src=http://spy/x>"
                     "<a href='javascript:x' onclick=y>go</a><style>p{}</style>", subtype="html")
    letter = letters.read(mail.as_bytes(), LIMITS)
    for bad in ("script", "steal", "img", "onclick", "javascript", "style"):
        assert bad not in letter.html
    assert letter.text.splitlines()[:2] == ["Hello", "there"]


def test_a_subject_cannot_become_a_header() -> None:
    raw = (b"From: a@b.example\r\nSubject: =?utf-8?q?hi=0D=0ABcc:_evil=40x.example?=\r\n\r\ntext")
    letter = letters.read(raw, LIMITS)
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject


@pytest.mark.parametrize(("content", "kind"), [
    (PDF, "application/pdf"), (b"\x89PNG\r\n\x1a\nx", "image/png"), (b"hello", "text/plain"),
    (b"MZ\x90\0", ""), (b"\x7fELF", ""), (b"#!/bin/sh", ""), (b"<html><script>", ""),
    (b"PK\x03\x04aaaa", ""), (b"PK\x03\x04aa[Content_Types].xml",
                              "application/vnd.openxmlformats-officedocument")])
def test_a_file_is_what_its_first_bytes_say(content: bytes, kind: str) -> None:
    assert letters.kind_of(content) == kind


@given(st.binary(max_size=2000))
def test_whatever_comes_is_a_letter_or_none(raw: bytes) -> None:
    try:
        letter = letters.read(b"From: a@b.example\r\n" + raw, LIMITS)
    except letters.NotAMail:
        return
    assert "\n" not in letter.subject + letter.sender_name
    assert "<script" not in letter.html


@pytest.mark.parametrize(("subject", "text", "type", "why"), [
    ("Complaint", "", "complaint", "word:complain"), ("", "прошу рассрочку", "payment_plan",
                                                      "word:рассрочк"),
    ("hello", "there", None, "no_words"), ("invoice", "meter rude", "invoice_correction",
                                           "word:invoice"),
    ("", "invoice, and he was rude", None, "either:")])
def test_a_letter_is_classified_by_the_words_of_the_types(
    subject: str, text: str, type: str | None, why: str  # noqa: A002
) -> None:
    guess = classifying.classify(kinds.load(), subject, text)
    assert guess.type == type
    assert guess.why[0].startswith(why)


def test_a_password_others_can_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("x")
    file.chmod(0o644)
    with pytest.raises(mailbox.NoPassword, match="chmod 600"):
        mailbox.password_of(Mailbox(password_file=file))
    file.chmod(0o600)
    assert mailbox.password_of(Mailbox(password_file=file)) == "x"
