"""What is taken out of an answer before it leaves the server ○.

Every view and every dictionary that goes out is walked once with a `Lens`: a field of a hidden
group becomes empty. `FIELDS` says it by type; `NAMES` says it for everything else, so that a new
view is covered as far as its names tell. A test fails for a view nobody has thought of.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from workstation.protocol import (
    CardView,
    CustomView,
    FormFieldView,
    QuestionView,
    TimelineView,
)
from workstation.protocol.views import HiddenView
from workstation.rights import CLEAR, Lens

LensOf: TypeAlias = Callable[[int], Lens]
C, M, P, N = "contacts", "money", "papers", "notes"
FIELDS: dict[str, dict[str, str]] = {
    "CardView": {"phones": C, "emails": C, "addresses": C, "accounts": M, "debt_minor": M,
                 "debt_since": M},
    "AccountView": {"address": C},
    "MeterView": {"number": M, "last_reading": M},
    "RelationView": {"note": N},
    "ConsentView": {"note": N},
    "CallView": {"number": C},
    "PreviewView": {"number": C, "number_label": C},
    "NumberWhyView": {"number": C, "label": C},
    "CallBackView": {"number": C},
    "TodayContact": {"who": C},
    "WaitingView": {"number": C},
    "RingingView": {"number": C},
    "ParkedView": {"number": C},
    "GivenView": {"answer": N},
    "HitView": {"number": C, "account": M, "address": C},
    "Interaction": {"number": C, "dialled": C, "note": N},
    "FigureContact": {"number": C},
    "LeaverView": {"number": C},
    "AnsweredView": {"number": C},
    "MailView": {"sender": C, "recipient": C, "subject": N, "text": N, "why": N},
    "MailFileView": {"name": N},
    "RequestEventView": {"note": N},
    "HandedView": {"note": N, "form": N},
    "SourceView": {"figures": M, "balance_minor": M, "debt_minor": M, "debt_since": M},
}
NAMES: dict[str, str] = {
    "phones": C, "emails": C, "addresses": C, "phone": C, "email": C, "e164": C, "address": C,
    "balance_minor": M, "amount_minor": M, "delta_minor": M, "debt_minor": M, "debt_since": M,
    "debt": M, "debt_days": M, "accounts": M, "account": M, "note": N, "notes": N,
}
# What he types himself, and the number of the call that is on his telephone.
OWN = frozenset({"DraftView"})
# Questions of a hidden group are left out whole, see `_is_hidden_event`.
# Timeline kinds that are of a group as a whole; of the others single facts are.
KINDS: dict[str, str] = {
    "invoice": M, "payment": M, "correction": M, "promise": M, "reading": M, "note": N,
    "mail": N, "web": N,
}
FACTS: dict[str, str] = NAMES | {"number": C, "text": N, "subject": N, "body": N, "from": C,
                                 "to": C}
QUESTIONS: dict[str, str] = {
    "account": M, "meter": M, "reading": M, "payment": M, "address": C, "email": C, "phone": C}
_CHANGES = {"phone": C, "email": C, "address": C, "custom": P}
_HITS = {"custom": P, "phone": C, "account": M, "address": C, "email": C}


def conceal(value: Any, lens: Lens, lens_of: LensOf | None = None) -> Any:
    """`value` without what `lens` hides. With `lens_of`, what names a client is seen through the
    lens of that client; a hit on a closed one is not there at all."""
    if isinstance(value, msgspec.Struct):
        return _struct(value, _narrowed(value, lens, lens_of), lens_of)
    if isinstance(value, Mapping):
        return _mapping(value, _narrowed(value, lens, lens_of), lens_of)
    if isinstance(value, list | tuple):
        seen = [conceal(item, lens, lens_of) for item in value
                if not (_is_closed_hit(item, lens_of) or _is_hidden_event(item, lens))]
        return seen if isinstance(value, list) else tuple(seen)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _dataclass(value, _narrowed(value, lens, lens_of), lens_of)
    return value


def clients_in(value: Any) -> set[int]:
    """The ids of the clients that an answer speaks of."""
    if isinstance(value, msgspec.Struct):
        value = {name: getattr(value, name) for name in value.__struct_fields__}
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {item.name: getattr(value, item.name) for item in dataclasses.fields(value)}
    found: set[int] = set()
    if isinstance(value, Mapping):
        named = value.get("client_id")
        found = {named} if isinstance(named, int) and named > 0 else set()
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            found |= clients_in(item)
    return found


def _narrowed(value: Any, lens: Lens, lens_of: LensOf | None) -> Lens:
    named = (value.get("client_id") if isinstance(value, Mapping)
             else getattr(value, "client_id", None))
    return lens_of(named) if lens_of is not None and isinstance(named, int) and named else lens


def _is_closed_hit(item: Any, lens_of: LensOf | None) -> bool:
    """Somebody found who must not be found; his request or task is another matter."""
    if lens_of is None:
        return False
    is_hit = isinstance(item, Mapping) and "why" in item and "marked" in item
    is_candidate = type(item).__name__ in ("CandidateView", "HitView")
    named = item.get("client_id") if isinstance(item, Mapping) else getattr(
        item, "client_id", None)
    return (is_hit or is_candidate) and isinstance(named, int) and lens_of(named).is_closed


def _struct(value: msgspec.Struct, lens: Lens, lens_of: LensOf | None) -> Any:
    name = type(value).__name__
    if name in OWN or (lens is CLEAR and lens_of is None):
        return value
    if isinstance(value, TimelineView):
        return _timeline_item(value, lens)
    changed: dict[str, Any] = {}
    for field in value.__struct_fields__:
        held = getattr(value, field)
        shown = (_empty(held) if _group_of(name, field, value) in lens.groups
                 else conceal(held, lens, lens_of))
        if shown is not held:
            changed[field] = shown
    if lens.is_closed and hasattr(value, "client_name"):
        changed["client_name"] = ""
    if isinstance(value, CardView) and lens.hidden:
        changed["hidden"] = [HiddenView(group=group, right=right) for group, right in lens.hidden]
    return msgspec.structs.replace(value, **changed) if changed else value


def _group_of(name: str, field: str, value: Any) -> str | None:
    if isinstance(value, CustomView):
        if field in ("value", "text"):
            return P if value.field.sensitive else M if value.field.kind == "money" else None
        return None
    if isinstance(value, FormFieldView):
        is_billing = value.kind in ("account", "meter")
        return M if is_billing and field in ("value", "choices") else None
    if name == "ChangedView" and field in ("before", "after"):
        return _CHANGES.get(value.field.partition(":")[0].partition(".")[0])
    if name == "HitView" and field in ("marked", "field"):
        return _HITS.get(str(getattr(value, "why", "")))
    return FIELDS[name].get(field) if name in FIELDS else NAMES.get(field)


def _mapping(value: Mapping[str, Any], lens: Lens, lens_of: LensOf | None) -> dict[str, Any]:
    groups = NAMES
    if "direction" in value and "dialled" in value:     # a stored contact, as the API tells it
        groups = NAMES | FIELDS["Interaction"]
    if "why" in value and "marked" in value:
        group = _HITS.get(str(value["why"]))
        groups = NAMES | ({"marked": group} if group else {})
    shown = {key: _empty(held) if groups.get(key) in lens.groups
             else conceal(held, lens, lens_of) for key, held in value.items()}
    if lens.is_closed and "client_name" in shown:
        shown["client_name"] = ""
    return shown


def _dataclass(value: Any, lens: Lens, lens_of: LensOf | None) -> Any:
    known = FIELDS.get(type(value).__name__, NAMES)
    changed = {}
    for item in dataclasses.fields(value):
        held = getattr(value, item.name)
        shown = (_empty(held) if known.get(item.name) in lens.groups
                 else conceal(held, lens, lens_of))
        if shown is not held:
            changed[item.name] = shown
    if lens.is_closed and hasattr(value, "client_name"):
        changed["client_name"] = None
    return dataclasses.replace(value, **changed) if changed else value


def _timeline_item(item: TimelineView, lens: Lens) -> TimelineView:
    if _is_hidden_event(item, lens):
        return msgspec.structs.replace(item, facts={})
    facts = {name: _empty(fact) if FACTS.get(name) in lens.groups else fact
             for name, fact in item.facts.items()}
    return msgspec.structs.replace(item, facts=facts)


def _is_hidden_event(item: Any, lens: Lens) -> bool:
    """An event that is of a hidden group as a whole is not in a timeline at all; a question whose
    answer he may not see is not his to ask."""
    if isinstance(item, QuestionView):
        return QUESTIONS.get(item.kind, P) in lens.groups
    if not isinstance(item, TimelineView):
        return False
    group = KINDS.get(item.kind)
    if item.kind == "change":
        group = _CHANGES.get(str(item.facts.get("field", "")).partition(":")[0].partition(".")[0])
    return group in lens.groups


def _empty(value: Any) -> Any:
    """Nothing, of the same kind, so that a screen need not know."""
    if isinstance(value, bool | int | float):
        return type(value)()
    if isinstance(value, str):
        return ""
    if isinstance(value, list | tuple):
        return []
    return {} if isinstance(value, Mapping) else None
