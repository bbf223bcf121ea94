"""Clients who may be one: pairs to decide on, merges, and what may be asked about them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from workstation.protocol.args import Args, RowId
from workstation.protocol.views import CardView, View

Text = Annotated[str, msgspec.Meta(max_length=300)]
Taken = Annotated[list[Annotated[str, msgspec.Meta(max_length=100)]], msgspec.Meta(max_length=50)]


class LikenessView(View, frozen=True, kw_only=True):
    """Why two may be one. `code`: same_name name_within initials similar_name rare_name
    same_phone same_email same_account same_address near_address other_kind; `count`: how many
    they share."""
    code: str
    points: int
    count: int


class SuspectView(View, frozen=True, kw_only=True):
    """Somebody who is there already. `score` 0..100."""
    client_id: int
    name: str
    kind: Literal["person", "organisation"]
    score: int
    reasons: list[LikenessView]


class PairSide(View, frozen=True, kw_only=True):
    client_id: int
    name: str


class PairView(View, frozen=True, kw_only=True):
    """`keep`: whom we would keep, the one with more accounts and numbers."""
    id: int
    low: PairSide
    high: PairSide
    score: int
    reasons: list[LikenessView]
    state: Literal["open", "later", "same", "different"]
    found_by: str           # search, import:…, person
    found_at: str
    not_before: str | None
    decided_by: str | None
    decided_at: str | None
    keep: int


class MergeView(View, frozen=True, kw_only=True):
    """`undone_at` null: it stands."""
    id: int
    kept: PairSide
    absorbed: PairSide
    at: str
    by: str
    reason: str
    undone_at: str | None
    undone_by: str | None


class ComparedView(View, frozen=True, kw_only=True):
    """Both cards. `choosable`: fields in which they differ and one must win."""
    pair: PairView
    low: CardView
    high: CardView
    choosable: list[str]    # name kind language time_zone custom.KEY


class CheckDuplicates(Args, frozen=True, kw_only=True):
    """`duplicate.check`, anybody signed in: who is there already, while a new client is typed.
    Result {"suspects": [SuspectView]}, the likeliest first.

    `conversation`: its number counts too. `phone` in any spelling.
    """
    name: Text = ""
    kind: Literal["person", "organisation"] = "person"
    phone: Text = ""
    email: Text = ""
    account: Text = ""
    conversation: int | None = None


class ListDuplicates(Args, frozen=True, kw_only=True):
    """`duplicate.list`, supervisors: result {"pairs": [PairView], "cursor": str | None,
    "waiting": int}; `waiting` counts up to 10,000."""
    state: Literal["open", "later", "same", "different"] = "open"
    cursor: str | None = None


class CompareDuplicates(Args, frozen=True, kw_only=True):
    """`duplicate.compare`, supervisors: result ComparedView."""
    id: RowId


class DecideDuplicates(Args, frozen=True, kw_only=True):
    """`duplicate.decide`, supervisors: result {"merge": int | None}.

    `same` merges into `keep` (null: the pair's own); `take` names the fields of the other one
    that win. `later` asks again in a week, `open` takes "different" back.
    """
    id: RowId
    decision: Literal["same", "different", "later", "open"]
    keep: RowId | None = None
    take: Taken = msgspec.field(default_factory=list)


class MergeClients(Args, frozen=True, kw_only=True):
    """`client.merge`, supervisors: result {"merge": int}. `take` as in `duplicate.decide`."""
    kept: RowId
    absorbed: RowId
    take: Taken = msgspec.field(default_factory=list)
    reason: Text = ""


class UnmergeClients(Args, frozen=True, kw_only=True):
    """`client.unmerge`, supervisors: result {}. The last merge into a client goes first."""
    merge: RowId


class ListMerges(Args, frozen=True, kw_only=True):
    """`merge.list`, supervisors: result {"merges": [MergeView], "cursor": str | None}, the
    newest first; of one client on either side."""
    client_id: RowId | None = None
    cursor: RowId | None = None


ACTIONS: dict[str, type[Args]] = {
    "duplicate.check": CheckDuplicates,
    "duplicate.list": ListDuplicates,
    "duplicate.compare": CompareDuplicates,
    "duplicate.decide": DecideDuplicates,
    "client.merge": MergeClients,
    "client.unmerge": UnmergeClients,
    "merge.list": ListMerges,
}
