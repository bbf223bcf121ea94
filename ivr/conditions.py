"""When a branch is taken: `known`, `vip, debtor`, `>= 100`, `9..17`. Pure."""

from __future__ import annotations

import operator
import re

COMPARED = re.compile(r"(<=|>=|<|>) ?(-?[0-9]{1,12})")
RANGE = re.compile(r"(-?[0-9]{1,12}) ?\.\. ?(-?[0-9]{1,12})")
WORDS = re.compile(r"[a-z0-9_+-]{1,32}(, ?[a-z0-9_+-]{1,32})*")
NUMBER = re.compile(r"-?[0-9]{1,15}")
COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def is_condition(text: str) -> bool:
    return any(kind.fullmatch(text) for kind in (COMPARED, RANGE, WORDS))


def fits(value: str, condition: str) -> bool:
    """A range holds both its ends; what is no number fits no comparison."""
    if match := COMPARED.fullmatch(condition):
        return _is_number(value) and COMPARISONS[match[1]](int(value), int(match[2]))
    if match := RANGE.fullmatch(condition):
        return _is_number(value) and int(match[1]) <= int(value) <= int(match[2])
    return value in (word.strip() for word in condition.split(","))


def _is_number(value: str) -> bool:
    return NUMBER.fullmatch(value) is not None
