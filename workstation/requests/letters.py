"""A mail as it came, read ○: text, cleaned HTML, names of the thread, files worth keeping."""

from __future__ import annotations

import hashlib
import html as entities
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr

import nh3

from crm_store.card_numbers import masked

TEXT_LIMIT, SUBJECT_LIMIT, NAME_LIMIT = 100_000, 300, 120
_TAGS = {"p", "br", "div", "span", "b", "i", "em", "strong", "u", "ul", "ol", "li", "blockquote",
         "pre", "code", "table", "thead", "tbody", "tr", "td", "th", "h1", "h2", "h3", "h4", "hr",
         "a"}
_ATTRIBUTES = {"a": {"href"}}       # no image, no style: nothing is fetched from elsewhere
_ID = re.compile(r"<[^<>\s]{1,250}>")
_BREAKS = re.compile(r"(?i)<(br|/p|/div|/tr|/li|/h\d)[^>]*>")
_SPACE = re.compile(r"[ \t\r\f\v]+")
_NUMBER = re.compile(r"\[#(\d{1,18})\]")


class NotAMail(Exception):
    """It cannot be read as a mail with a sender."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """`why` is the code of the reason it is not kept, "" when it is."""
    name: str
    content_type: str
    content: bytes
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    message_id: str
    refers_to: tuple[str, ...]      # names of the mails it answers, the nearest first
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str
    is_automatic: bool              # written by a machine: never answered by one
    attachments: tuple[Attachment, ...]

    @property
    def numbers(self) -> list[int]:
        """Request numbers of the subject, as our own mails carry them."""
        return [int(found) for found in _NUMBER.findall(self.subject)]


@dataclass(frozen=True, slots=True)
class Limits:
    attachment_bytes: int
    attachments: int


def read(raw: bytes, limits: Limits) -> Letter:
    """Raises NotAMail."""
    try:
        mail = message_from_bytes(raw, policy=policy.default)
        if not isinstance(mail, EmailMessage):
            raise NotAMail("no mail")
        return _letter(mail, raw, limits)
    except (LookupError, ValueError, IndexError, AttributeError, TypeError, KeyError) as exc:
        raise NotAMail(f"{type(exc).__name__}: {exc}") from exc


def _letter(mail: EmailMessage, raw: bytes, limits: Limits) -> Letter:
    name, sender = parseaddr(_header(mail, "From"))
    if sender.count("@") != 1 or len(sender) > 320 or any(c.isspace() for c in sender):
        raise NotAMail("it has no sender")
    own = _ID.findall(_header(mail, "Message-ID"))
    page = _body(mail, "html")
    cleaned = nh3.clean(page, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={
        "http", "https", "mailto"}, link_rel="noopener noreferrer") if page else ""
    plain = _body(mail, "plain")
    recipients = getaddresses([_header(mail, "To")])
    refers = [*_ID.findall(_header(mail, "In-Reply-To")),
              *reversed(_ID.findall(_header(mail, "References")))]
    return Letter(
        message_id=own[0] if own else f"<{hashlib.sha256(raw).hexdigest()}@no-name>",
        refers_to=tuple(dict.fromkeys(refers))[:50], sender=sender.lower(),
        sender_name=_line(name, NAME_LIMIT), recipient=recipients[0][1] if recipients else "",
        subject=masked(_line(_header(mail, "Subject"), SUBJECT_LIMIT)),
        text=masked(_tidy(plain if plain.strip() else text_of(cleaned)))[:TEXT_LIMIT],
        html=masked(cleaned)[:TEXT_LIMIT], is_automatic=_is_automatic(mail),
        attachments=_attachments(mail, limits))


def text_of(page: str) -> str:
    """Cleaned HTML as plain text."""
    broken = _BREAKS.sub("\n", page)
    return entities.unescape(nh3.clean(broken, tags=set()))


def _header(mail: EmailMessage, name: str) -> str:
    return str(mail.get(name, ""))


def _line(text: str, limit: int) -> str:
    """One line without what a screen or a header could stumble over."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:limit]


def _tidy(text: str) -> str:
    lines = [_SPACE.sub(" ", line).strip() for line in text.replace("\0", "").splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):     # a charset nobody knows
        content = part.get_payload(decode=True)
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _is_automatic(mail: EmailMessage) -> bool:
    """RFC 3834, and what came before it."""
    if _header(mail, "Auto-Submitted").strip().lower() not in ("", "no"):
        return True
    if _header(mail, "Precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return True
    return mail.get("List-Id") is not None or mail.get_content_type() == "multipart/report"


# ── files ────────────────────────────────────────────────────────────────────────────────────
def _attachments(mail: EmailMessage, limits: Limits) -> tuple[Attachment, ...]:
    found = []
    for place, part in enumerate(mail.iter_attachments()):
        content = part.get_payload(decode=True)
        held = content if isinstance(content, bytes) else b""
        kind = kind_of(held)
        why = ""
        if place >= limits.attachments:
            why = "too_many"
        elif len(held) > limits.attachment_bytes:
            why = "too_big"
        elif not kind:
            why = "kind"
        found.append(Attachment(_line(part.get_filename() or "", NAME_LIMIT) or "file", kind,
                                held, why))
    return tuple(found)


_CONTROLS = frozenset((*range(32), 127)) - frozenset(b"\t\n\r\f")
_BEGINS = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"),
           (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


def kind_of(content: bytes) -> str:
    """What it is by its own first bytes, whatever it calls itself; "" for what is not kept:
    programs, archives, pages with scripts, and what nobody knows."""
    for begins, kind in _BEGINS:
        if content.startswith(begins):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"mif1"):
        return "image/heic"
    if content.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in content[:4096]:
        return "application/vnd.openxmlformats-officedocument"
    return "text/plain" if _is_plain(content) else ""


def _is_plain(content: bytes) -> bool:
    head = content[:4096]
    if not _CONTROLS.isdisjoint(head) or head.lstrip()[:2] == b"#!":
        return False
    if any(tag in head.lower() for tag in (b"<script", b"<html", b"<svg")):
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
