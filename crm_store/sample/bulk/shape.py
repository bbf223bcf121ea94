"""How a made-up base of millions is dealt out: in blocks of 31 clients with fixed totals.

The reference case has 6,200,000 clients, 8,000,000 numbers and 30,000,000 interactions: 40 and
150 to every 31 clients. With totals that are known beforehand every part of a base can be made
by itself, in any process, and ids are where arithmetic puts them: clients lie in order, and the
contacts of each in order of time.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

BLOCK = 31
CONTACTS = 150
ACCOUNTS = 25
BLOCKS_A_CHUNK = 100
CHUNK = BLOCK * BLOCKS_A_CHUNK          # clients made at a time
MOST = 9_000_000                        # clients whom the sample's numbers suffice for
# Per client of a block, dealt out in an order of the block's own.
_CONTACTS = (0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5, 6, 7, 8, 9, 10,
             12, 17, 32)
_MORE_NUMBERS = (1, 1, 1, 1, 1, 2, 2, *[0] * 24)
_ACCOUNTS = (0, 0, 0, 0, 0, 0, 0, 2, *[1] * 23)


@dataclass(frozen=True, slots=True)
class Lot:
    """What one client gets; `contact` and `account` are the ids before his first."""
    client_id: int
    contacts: int
    contact: int
    more_numbers: int
    accounts: int
    account: int


def lots(block: int, clients: int, rng: Random) -> list[Lot]:
    """The clients of a block (0 is the first); the last block may be cut by `clients`."""
    contact, account = block * CONTACTS, block * ACCOUNTS
    found = []
    dealt = zip(_dealt(_CONTACTS, rng), _dealt(_MORE_NUMBERS, rng), _dealt(_ACCOUNTS, rng),
                strict=True)
    for place, (contacts, numbers, accounts) in enumerate(dealt, start=block * BLOCK + 1):
        if place > clients:
            break
        found.append(Lot(place, contacts, contact, numbers, accounts, account))
        contact += contacts
        account += accounts
    return found


def _dealt(amounts: tuple[int, ...], rng: Random) -> list[int]:
    return rng.sample(amounts, len(amounts))
