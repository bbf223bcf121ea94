"""How likely two records are the same client ○: points with reasons, 0..100.

A name alone proves nothing and neither does a telephone: families share telephones, and there
are hundreds of Ivanov Ivans. So names decide whether two records may be one at all, and numbers,
mail, accounts and addresses that they share decide whether they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Literal, TypeAlias

from rapidfuzz.distance import DamerauLevenshtein

from crm_store.folding import fold

ReasonCode: TypeAlias = Literal[
    "same_name", "name_within", "initials", "similar_name", "rare_name", "same_phone",
    "same_email", "same_account", "same_address", "near_address", "other_kind",
]
SUSPECT = 60                # from here on a person is asked
_POINTS: dict[ReasonCode, int] = {
    "same_name": 40, "name_within": 32, "similar_name": 28, "initials": 26,
    "rare_name": 15, "same_phone": 35, "same_email": 40, "same_account": 60, "same_address": 25,
    "near_address": 20, "other_kind": -30,
}
_COMMON = 5                 # a number of more clients than this proves little
_WORDS_COMPARED = 5
_COMPANY = frozenset(map(fold, (
    "ooo", "oao", "zao", "pao", "ao", "ip", "llc", "ltd", "inc", "gmbh", "plc", "co", "company",
    "tsz", "tszh", "snt", "gup", "mup")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a record is compared by. `name` is folded (`folding.fold`); the rest are sets of
    E.164 numbers, addresses of mail in lower case, account keys (`account_key`) and folded
    addresses."""
    name: str
    kind: str = "person"
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """`count`: how many they share, of what can be shared; else 0."""
    code: ReasonCode
    points: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    score: int                      # 0..100
    reasons: tuple[Reason, ...]     # the weightiest first

    @property
    def is_suspect(self) -> bool:
        return self.score >= SUSPECT


NOBODY = Verdict(0, ())


def compare(one: Facts, other: Facts, *, name_holders: int = 0, crowd: int = 2) -> Verdict:
    """Symmetric. `name_holders`: how many clients have this name, 0 when nobody counted;
    `crowd`: how many are at the number they share."""
    alike = compare_names(one, other)
    if alike is None:
        return NOBODY
    reasons = [Reason(alike, _POINTS[alike])]
    if alike == "same_name" and 0 < name_holders <= _COMMON and len(one.name.split()) > 2:
        reasons.append(Reason("rare_name", _POINTS["rare_name"], name_holders))
    reasons += _shared(one, other, crowd)
    if not one.addresses & other.addresses and _streets(one) & _streets(other):
        reasons.append(Reason("near_address", _POINTS["near_address"]))
    if one.kind != other.kind:
        reasons.append(Reason("other_kind", _POINTS["other_kind"]))
    score = max(0, min(100, sum(reason.points for reason in reasons)))
    return Verdict(score, tuple(sorted(reasons, key=lambda reason: -reason.points)))


def _shared(one: Facts, other: Facts, crowd: int) -> list[Reason]:
    pairs: tuple[tuple[ReasonCode, frozenset[str], frozenset[str]], ...] = (
        ("same_phone", one.phones, other.phones), ("same_email", one.emails, other.emails),
        ("same_account", one.accounts, other.accounts),
        ("same_address", one.addresses, other.addresses))
    found = [(code, len(mine & theirs)) for code, mine, theirs in pairs]
    return [Reason(code, _worth(code, crowd), count) for code, count in found if count]


def _streets(facts: Facts) -> set[str]:
    return {street_key(address) for address in facts.addresses} - {""}


def street_key(address: str) -> str:
    """Town and street of a folded address, however the house is written; "" for less than both."""
    words = sorted(word for word in address.split() if word.isalpha() and len(word) > 2)
    return " ".join(words) if len(words) > 1 else ""


def _worth(code: ReasonCode, crowd: int) -> int:
    points = _POINTS[code]
    return points // 2 if code == "same_phone" and crowd > _COMMON else points


def compare_names(one: Facts, other: Facts) -> ReasonCode | None:
    """How the names are alike; None when they are two people's."""
    mine, theirs = _essence(one), _essence(other)
    if not mine or not theirs:
        return None
    if sorted(mine) == sorted(theirs):
        return "same_name"
    short, long = sorted((mine, theirs), key=lambda words: (len(words), words))
    if len(short) > _WORDS_COMPARED or len(long) > 2 * _WORDS_COMPARED:
        return None
    if len(short) > 1 and set(short) < set(long):
        return "name_within"
    if len(short) == 1:
        return "similar_name" if len(long) == 1 and _is_typo(short[0], long[0]) else None
    return _aligned(short, long)


def _essence(facts: Facts) -> tuple[str, ...]:
    """The words without a company's legal form; "ooo" folds to "o", which may be an initial
    where it does not stand first."""
    words = tuple(facts.name.split())
    return tuple(word for place, word in enumerate(words)
                 if word not in _COMPANY or (place and len(word) == 1)) or words


def _aligned(short: Sequence[str], long: Sequence[str]) -> ReasonCode | None:
    """Word by word, in whatever order: each equal, an initial of it, or a typo of it."""
    best: ReasonCode | None = None
    long = long[:_WORDS_COMPARED]
    for chosen in permutations(long, len(short)):
        marks = [_mark(a, b) for a, b in zip(short, chosen, strict=True)]
        if "no" in marks or ("equal" not in marks and marks.count("typo") < 2):
            continue
        if sum(map(_is_gendered, short, chosen)) > 1:
            continue        # Ivanov Aleksandr and Ivanova Aleksandra are a couple
        if marks.count("initial") and "equal" not in [
                mark for mark, word in zip(marks, short, strict=True) if len(word) > 1]:
            continue
        if "initial" not in marks:
            return "similar_name"
        best = "initials"
    return best


def _mark(one: str, other: str) -> str:
    if one == other:
        return "equal"
    if min(len(one), len(other)) == 1 and one[0] == other[0]:
        return "initial"
    return "typo" if _is_typo(one, other) else "no"


def _is_gendered(one: str, other: str) -> bool:
    return one + "a" == other or other + "a" == one


def _is_typo(one: str, other: str) -> bool:
    """One slip in a word of five letters, two in one of nine; never a different first name that
    is short (Anna, Alla)."""
    longest = max(len(one), len(other))
    allowed = 2 if longest >= 9 else 1 if longest >= 5 else 0
    if not allowed or abs(len(one) - len(other)) > allowed:
        return False
    return DamerauLevenshtein.distance(one, other, score_cutoff=allowed) <= allowed


def account_key(number: str) -> str:
    """Accounts are written with spaces, dashes and leading zeros, or without."""
    kept = "".join(sign for sign in number.upper() if sign.isalnum()).lstrip("0")
    return kept if len(kept) > 2 else ""


def as_json(reasons: Sequence[Reason]) -> list[dict[str, str | int]]:
    return [{"code": reason.code, "points": reason.points, "count": reason.count}
            for reason in reasons]
