"""Which group answers for a request ○."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workstation.requests.kinds import RequestType, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What rules may ask about a request besides its type. `regions`: the client's addresses."""
    values: Mapping[str, str] = field(default_factory=dict)
    channel: str = "desk"
    client_kind: str = ""
    regions: tuple[str, ...] = ()


def responsible_group(kind: RequestType, facts: Facts) -> str:
    """The group of the first rule that holds; the last one always does."""
    for rule in kind.responsible:
        if holds(rule, facts):
            return rule.group
    raise ValueError(f"no group answers for {kind.id}")


def holds(rule: Rule, facts: Facts) -> bool:
    if rule.field and facts.values.get(rule.field, "") not in rule.values:
        return False
    if rule.channels and facts.channel not in rule.channels:
        return False
    if rule.clients and facts.client_kind not in rule.clients:
        return False
    if not rule.regions:
        return True
    return any(place.casefold().startswith(region.casefold())
               for place in facts.regions for region in rule.regions)
