"""Large numbers in the languages that count them by groups of three digits ○."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Fragments = tuple[str, ...]


def by_thousands(
    number: int, scales: Sequence[str], below_thousand: Callable[[int], list[str]], *,
    is_thousand_bare: bool = False,
) -> Fragments:
    """0 < `number` < 10¹². `scales`: "", thousand, million, milliard; `is_thousand_bare`: one
    thousand is said without the one."""
    words: list[str] = []
    for power in (3, 2, 1, 0):
        group = number // 1000**power % 1000
        if group and not (is_thousand_bare and power == 1 and group == 1):
            words += below_thousand(group)
        if group and power:
            words.append(scales[power])
    return tuple(words)


def by_hundred(
    number: int, hundred: Callable[[int], str], below_hundred: Callable[[int], str],
) -> list[str]:
    """0 < `number` < 1000."""
    hundreds, rest = divmod(number, 100)
    words = [hundred(hundreds)] if hundreds else []
    return [*words, below_hundred(rest)] if rest else words
