"""Blocks: clients who share a key ○. Only those of one block are compared, so that looking
through the whole base takes time in proportion to it.

Keys are gathered as (hash, client) in plain arrays, 16 bytes each and spread over 256 buckets:
8,000,000 telephone numbers take 130 MB.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations

from crm_store.matching import Facts, compare_names

BUCKETS = 256
WHOLE = 40                      # a block up to this size is compared one with each other
LARGEST = 2_000                 # above this only those of one name are compared; beyond, nobody
_OF_ONE_NAME = 12


@dataclass(frozen=True, slots=True)
class Block:
    """Clients with one key; `crowd` is how many share a number, 2 where that says nothing."""
    ids: tuple[int, ...]
    crowd: int = 2


class Gathered:
    """Keys of one kind, whole base."""

    def __init__(self) -> None:
        self._buckets = [array("Q") for _ in range(BUCKETS)]

    def add(self, key: str, client_id: int) -> None:
        mark = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
        bucket = self._buckets[mark % BUCKETS]
        bucket.append(mark)
        bucket.append(client_id)

    def blocks(self, bucket: int, *, is_number: bool = False) -> Iterator[Block]:
        """Those of a bucket with more than one client. The bucket is empty afterwards."""
        held, self._buckets[bucket] = self._buckets[bucket], array("Q")
        first: dict[int, int] = {}
        more: dict[int, list[int]] = {}
        for place in range(0, len(held), 2):
            mark, client_id = held[place], held[place + 1]
            if mark not in first:
                first[mark] = client_id
            elif client_id != first[mark]:
                more.setdefault(mark, [first[mark]]).append(client_id)
        for ids in more.values():
            unique = tuple(sorted(set(ids)))
            if len(unique) > 1:
                yield Block(unique, len(unique) if is_number else 2)


def likely_pairs(block: Block, named: dict[int, Facts]) -> Iterator[tuple[int, int]]:
    """Pairs (low, high) whose names may be one person's, in a number bounded by the block's size.

    A large block (a hostel's telephone, a house without flats) is compared within one name.
    """
    ids = [client_id for client_id in block.ids if client_id in named]
    if len(ids) <= WHOLE:
        yield from _alike(ids, named)
    else:
        by_name: dict[str, list[int]] = defaultdict(list)
        for client_id in ids:
            by_name[name_key(named[client_id].name)].append(client_id)
        for same in by_name.values():
            yield from combinations(sorted(same[:_OF_ONE_NAME]), 2)


def _alike(ids: Iterable[int], named: dict[int, Facts]) -> Iterator[tuple[int, int]]:
    for one, other in combinations(sorted(ids), 2):
        if compare_names(named[one], named[other]) is not None:
            yield one, other


def name_key(folded: str) -> str:
    """One key for a name whatever the order of its words."""
    return " ".join(sorted(folded.split()))
