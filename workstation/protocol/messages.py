"""What goes over the socket, in both directions, and how a delta changes views."""

from __future__ import annotations

from typing import Any

import msgspec

from workstation.protocol.views import FormView, View


# ── server → screen ──────────────────────────────────────────────────────────────────────────
class PhoneAccess(View, frozen=True, kw_only=True):
    """How the page registers its softphone."""
    ws_url: str
    realm_uri: str          # sip:101-web@host
    user: str
    password: str
    answers_dialler: bool = False   # the page takes the dialler's calls by itself


class Me(View, frozen=True, kw_only=True):
    id: str
    login: str
    name: str
    roles: list[str]
    groups: list[str]
    queues: list[str]
    locale: str
    phone: PhoneAccess | None


class Choice(View, frozen=True, kw_only=True):
    id: str
    name: str


class Catalogue(View, frozen=True, kw_only=True):
    """What does not change while signed in."""
    company: str
    currency: str
    time_zone: str
    pause_reasons: list[Choice]
    request_types: list[FormView]
    queues: list[Choice]
    groups: list[Choice]
    # names for the ids in timelines, requests and transfers
    operators: list[Choice] = msgspec.field(default_factory=list)
    pause_limits: dict[str, int] = msgspec.field(default_factory=dict)      # reason → minutes


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag="snapshot", tag_field="type"):
    seq: int
    now: str
    build: str              # changes with every upgrade: a page of another build reloads when idle
    session: str            # socket sessions: resume token for the terminal, else ""
    csrf: str
    me: Me
    catalogue: Catalogue
    views: dict[str, dict[str, Any]]    # collection → id → view


class Change(msgspec.Struct, frozen=True, array_like=True):
    collection: str
    id: str
    view: Any | None        # None: it is gone


class Delta(msgspec.Struct, frozen=True, kw_only=True, tag="delta", tag_field="type"):
    seq: int
    now: str
    changes: list[Change]


class Problem(View, frozen=True, kw_only=True):
    """RFC 9457, short: `code` is machine-readable, `title` and `detail` are for people. `facts`
    depend on the code: `fields_invalid` has fields (name → code), `stale` what changed."""
    code: str
    title: str
    detail: str = ""
    facts: dict[str, Any] = msgspec.field(default_factory=dict)


class Reply(msgspec.Struct, frozen=True, kw_only=True, tag="reply", tag_field="type"):
    seq: int
    n: int
    result: Any = None
    problem: Problem | None = None


class Notice(msgspec.Struct, frozen=True, kw_only=True, tag="notice", tag_field="type"):
    """`code`: signed_in_elsewhere, phone_taken, bye (server stops), message."""
    seq: int
    code: str
    text: str = ""


ServerMessage = Snapshot | Delta | Reply | Notice


# ── screen → server ──────────────────────────────────────────────────────────────────────────
class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True,
             tag="sign_in", tag_field="type"):
    """The terminal's first message; `session` resumes instead of login and password."""
    login: str = ""
    password: str = ""
    session: str = ""


class Do(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True,
         tag="do", tag_field="type"):
    n: int
    action: str
    args: msgspec.Raw = msgspec.Raw(b"{}")


ScreenMessage = SignIn | Do


def merge(views: dict[str, dict[str, Any]], changes: list[Change]) -> None:
    """Apply a delta to a screen's views in place; the law: old views + deltas = fresh views."""
    for change in changes:
        shelf = views.setdefault(change.collection, {})
        if change.view is None:
            shelf.pop(change.id, None)
        else:
            shelf[change.id] = change.view
