"""Names and addresses put where search finds them: words, and the dictionary of words.

Whoever makes clients calls `index_names` with all of them at once; whoever changes a name calls
`index_name`, which writes `clients.search_key` too; whoever makes addresses `index_addresses`.
Who writes millions of rows by himself takes `word_rows`, `address_rows` and `dictionary`, sorts
them (the tables are kept in their order) and writes them in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import bindparam, delete, select, update

from crm_store.base import Tx
from crm_store.folding import fold
from crm_store.tables.clients import Clients
from crm_store.tables.search import AddressWords, ClientWords, KnownWords, WordPieces
from crm_store.typos import pieces, stem

_FORMS = frozenset({"llc", "ltd", "inc", "gmbh", "zao", "oao", "pao", "too", "the"})
_ROADS = frozenset({
    "ulitsa", "prospekt", "pereulok", "shose", "bulvar", "proezd", "ploshchad", "naberezhnaia",
    "mikroraion", "street", "road", "avenue", "lane", "square", "strase", "vulitsia"})
_MOST_WORDS = 12            # an organisation may write a sentence; its first words are enough
_LONGEST_REST = 160
_SHORTEST_DRIVER = 3
_CHUNK = 500
_Item = TypeVar("_Item")

Named = tuple[int, str]         # a client's id and his name as people write it
WordRow = tuple[int, str, str, int]     # place, word, rest, client_id: the columns of ClientWords


def word_rows(client_id: int, key: str) -> Iterator[WordRow]:
    """The search words of a client whose folded name (`search_key`) is `key`; each word once."""
    found = key.split()[:_MOST_WORDS]
    first = _sorts_by(found)
    for index, word in enumerate(found):
        if word in found[:index]:
            continue
        rest = "".join(f" {other}" for place, other in enumerate(found) if place != index)
        yield 0 if index == first else 1, word, rest[:_LONGEST_REST], client_id


def _sorts_by(words: Sequence[str]) -> int:
    """The place of the word a name is looked up by: not the "LLC" before it."""
    return next((place for place, word in enumerate(words)
                 if len(word) >= _SHORTEST_DRIVER and word not in _FORMS), 0)


def dictionary(words: Iterable[str]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Rows of KnownWords and of WordPieces for these words, each sorted and once."""
    known = [{"word": word, "stem": stem(word)} for word in sorted(set(words)) if stem(word)]
    found = {(piece, row["stem"]) for row in known for piece in pieces(row["stem"])}
    return known, [{"piece": piece, "stem": whole} for piece, whole in sorted(found)]


async def index_names(tx: Tx, names: Sequence[Named]) -> None:
    """The words of new clients, whose `search_key` is written already. Again changes nothing."""
    rows = sorted({row for client_id, name in names for row in word_rows(client_id, fold(name))})
    await _insert_missing(tx, ClientWords, [
        {"place": place, "word": word, "rest": rest, "client_id": client_id}
        for place, word, rest, client_id in rows])
    await know(tx, {row[1] for row in rows})


async def index_name(tx: Tx, client_id: int, name: str) -> None:
    """A client's name is now `name`: his `search_key` and his words follow."""
    await forget(tx, client_id)
    await tx.run(update(Clients).where(Clients.id == client_id).values(search_key=fold(name)))
    await index_names(tx, [(client_id, name)])


async def forget(tx: Tx, client_id: int) -> None:
    """Take a client out of search by name; before his row goes or his name changes."""
    key = await tx.scalar(select(Clients.search_key).where(Clients.id == client_id))
    rows = list(word_rows(client_id, key or ""))
    if rows:
        await tx.run(_FORGET, [dict(zip(("p", "w", "r", "c"), row, strict=True))
                               for row in rows])


_FORGET = delete(ClientWords).where(
    ClientWords.place == bindparam("p"), ClientWords.word == bindparam("w"),
    ClientWords.rest == bindparam("r"), ClientWords.client_id == bindparam("c"))


async def know(tx: Tx, words: Iterable[str]) -> None:
    """Words into the dictionary. In one order, so that two who do it never wait in a circle."""
    wanted = sorted(word for word in set(words) if stem(word))
    for some in _chunks(wanted):
        have = {row.word for row in await tx.all(
            select(KnownWords.word).where(KnownWords.word.in_(some)))}
        known, parts = dictionary(word for word in some if word not in have)
        await _insert_missing(tx, KnownWords, known)
        await _insert_missing(tx, WordPieces, parts)


def address_rows(
    address_id: int, *, city: str, street: str, house: str, flat: str | None
) -> Iterator[tuple[str, str, int]]:
    """The columns of AddressWords: a row for each word of the street, or of the town without."""
    town, road = fold(city).split(), fold(street).split()
    door = [*fold(house).split(), *fold(flat or "").split()]
    drivers = [word for word in road if is_driver(word)] or road or town
    for word in sorted(set(drivers)):
        others = [other for other in road if other != word]
        rest = "".join(f" {other}" for other in [*door, *others, *town])
        yield word, rest[:_LONGEST_REST], address_id


def is_driver(word: str) -> bool:
    """Whether a folded word of an address says which street."""
    return len(word) >= _SHORTEST_DRIVER and bool(stem(word)) and word not in _ROADS


async def index_addresses(tx: Tx, addresses: Sequence[Mapping[str, Any]]) -> None:
    """The words of new addresses: `id`, `city`, `street`, `house`, `flat` of each."""
    rows = sorted({row for one in addresses for row in address_rows(
        one["id"], city=one["city"], street=one["street"], house=one["house"],
        flat=one["flat"])})
    await _insert_missing(tx, AddressWords, [
        {"word": word, "rest": rest, "address_id": address_id}
        for word, rest, address_id in rows])
    await know(tx, {row[0] for row in rows})


async def _insert_missing(tx: Tx, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    for some in _chunks(rows):
        await tx.run(tx.insert(table).on_conflict_do_nothing(), some)


def _chunks(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    every = iter(items)
    while some := list(islice(every, _CHUNK)):
        yield some
