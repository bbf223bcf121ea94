"""Which group answers for a request ○."""

from __future__ import annotations

from collections.abc import Mapping

from workstation.requests.kinds import RequestType


def responsible_group(kind: RequestType, values: Mapping[str, str]) -> str:
    """The group of the first rule that holds; the last one always does."""
    for rule in kind.responsible:
        if not rule.field or values.get(rule.field, "") in rule.values:
            return rule.group
    raise ValueError(f"no group answers for {kind.id}")
