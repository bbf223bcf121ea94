"""Names in the order of the index: words begun, two words at once, and words misspelt.

Words of a name follow Zipf's law, so that two common ones may have a hundred thousand clients
each and nobody in common. Nothing here joins two such lists: a row of `client_words` carries the
other words of the name. Two words side by side are one range; else the rows of the rarer word are
read, at most `_READ_AT_MOST`, and the other words are looked for in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations, product

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    literal,
    select,
    true,
)

from crm_store.base import Bytewise
from crm_store.listed import listed, words
from crm_store.prepared import Ask, Asked, Prepared
from crm_store.tables.search import ClientWords, KnownWords, WordPieces
from crm_store.typos import pieces, slips, stem

LAST_SIGN = "\U0010ffff"        # sorts after every other character, bytewise
PATTERNS = 4                    # words typed beyond the one that is looked up
_READ_AT_MOST = 100_000
_COUNTED_AT_MOST = 20_000
_LIKE_IT = 8                    # spellings tried for a misspelt word
_CHOICES = {1: _LIKE_IT, 2: 6, 3: 4}    # of them, by how many words were typed
_PAIRS = 12
_COMPARED = 4_000
_OF_ONE_STEM = 200
_SORTS_FIRST, _OTHERS = 0, 1    # places of a word in a name


def text(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=Bytewise)


def contains(column: ColumnElement[str]) -> ColumnElement[bool]:
    """Every further word is in `column`; see `patterns`."""
    return and_(*(column.like(text(f"p{place}")) for place in range(PATTERNS)))


def patterns(others: Sequence[str]) -> dict[str, str]:
    """Values for `contains`: each other word begins a word there."""
    wanted = [f"% {word}%" for word in others[:PATTERNS]]
    return {f"p{place}": like for place, like in
            enumerate([*wanted, *["%"] * (PATTERNS - len(wanted))])}


_COUNT = bindparam("count", type_=Integer)
_IN_PLACE = ClientWords.place == bindparam("place", type_=Integer)
_WORDS_BEGUN = (_IN_PLACE, ClientWords.word >= text("word"), ClientWords.word < text("word_end"))
_ORDER = (ClientWords.word, ClientWords.rest, ClientWords.client_id)
_READ = (select(ClientWords.rest, ClientWords.client_id).where(*_WORDS_BEGUN)
         .order_by(*_ORDER).limit(_READ_AT_MOST).subquery("read"))
BEGUN = Prepared(select(ClientWords.client_id).where(*_WORDS_BEGUN).order_by(*_ORDER)
                 .limit(_COUNT))
WITH_OTHERS = Prepared(select(_READ.c.client_id).where(contains(_READ.c.rest)).limit(_COUNT))
_PAIR = (select(ClientWords.rest, ClientWords.client_id)
         .where(_IN_PLACE, ClientWords.word == text("word"), ClientWords.rest >= text("next"),
                ClientWords.rest < text("next_end"))
         .order_by(ClientWords.rest, ClientWords.client_id).limit(_COUNTED_AT_MOST)
         .subquery("pair"))
PAIR = Prepared(select(_PAIR.c.client_id).where(contains(_PAIR.c.rest)).limit(_COUNT))
HOW_MANY = Prepared(select(func.count().label("clients")).select_from(
    select(literal(1)).where(*_WORDS_BEGUN).limit(_COUNTED_AT_MOST).subquery("counted")))


def begun(ask: Ask, typed: Sequence[str], limit: int) -> list[int]:
    """Clients a word of whose name begins with each word typed, those of that surname first."""
    if len(typed) == 1:
        return _ids(ask, [(BEGUN, _range(place, typed[0], limit))
                          for place in (_SORTS_FIRST, _OTHERS)])[:limit]
    pairs = [(one, other) for one, other in permutations(typed[:3], 2)]
    found = _pairs(ask, typed, pairs, limit)
    if len(found) >= limit:
        return found[:limit]
    first = _rarest(ask, typed)
    others = patterns([word for word in typed if word != first])
    return _once(found + _ids(ask, [
        (WITH_OTHERS, _range(place, first, limit) | others)
        for place in (_SORTS_FIRST, _OTHERS)]))


def _pairs(ask: Ask, typed: Sequence[str], pairs: Sequence[tuple[str, str]], limit: int
                 ) -> list[int]:
    """A whole word and the beginning of the one beside it, by the index alone."""
    asked: list[Asked] = []
    for one, other in pairs:
        rest = patterns([word for word in typed if word not in (one, other)])
        asked += [(PAIR, {"place": place, "word": one, "next": f" {other}", "count": limit,
                          "next_end": f" {other}{LAST_SIGN}"} | rest)
                  for place in (_SORTS_FIRST, _OTHERS)]
    return _ids(ask, asked)


def _rarest(ask: Ask, typed: Sequence[str]) -> str:
    """The word typed that the fewest clients have; of two common ones the longer."""
    asked = [(HOW_MANY, _range(place, word, 1))
             for word in typed for place in (_SORTS_FIRST, _OTHERS)]
    counts = [rows[0].clients for rows in ask(*asked)]
    return min(enumerate(typed), key=lambda one: (
        counts[2 * one[0]] + counts[2 * one[0] + 1], -len(one[1])))[1]


def _alike(engine: str) -> Select[str]:
    """PostgreSQL would read the whole dictionary: it takes each piece for a common one."""
    shared = (select(WordPieces.stem).where(WordPieces.piece.in_(words(engine, "pieces")))
              .distinct().subquery("shared"))
    if engine == "sqlite":
        return (select(KnownWords.word).join(shared, shared.c.stem == KnownWords.stem)
                .limit(_COMPARED))
    of_stem = (select(KnownWords.word).where(KnownWords.stem == shared.c.stem)
               .limit(_OF_ONE_STEM).lateral("of_stem"))
    return select(of_stem.c.word).select_from(shared.join(of_stem, true())).limit(_COMPARED)


ALIKE = Prepared(_alike)


# ── misspelt ─────────────────────────────────────────────────────────────────────────────────
def like_it(ask: Ask, word: str) -> dict[str, float]:
    """The known words somebody may have meant, with how far each is; nearest first."""
    shared = pieces(stem(word)) if stem(word) else ()
    if not shared or len(word) < 4:
        return {}
    rows = ask.rows(ALIKE, pieces=listed(shared))
    far = {row.word: distance for row in rows
           if (distance := slips(word, row.word)) is not None}
    return dict(sorted(far.items(), key=lambda one: (one[1], len(one[0]), one[0]))[:_LIKE_IT])


def misspelt(ask: Ask, typed: Sequence[str], meant: Sequence[dict[str, float]], limit: int
                   ) -> list[int]:
    """Clients whose name has for each word typed one that is like it, nearest first."""
    kept = _CHOICES.get(len(typed), 2)
    choices = [list(alike.items())[:kept] or [(word, 0.0)] for word, alike in
               zip(typed, meant, strict=True)]
    if len(typed) == 1:
        return _ids(ask, [(BEGUN, _range(place, word, limit))
                          for word, _ in choices[0] for place in (_SORTS_FIRST, _OTHERS)])[:limit]
    combined = sorted(product(*choices[:PATTERNS + 1]), key=lambda one: sum(far for _, far in one))
    chosen = [[word for word, _ in one] for one in combined[:_PAIRS]]
    found: list[int] = []
    for one in chosen:
        if len(found) < limit:
            found += _pairs(ask, one, list(permutations(one[:3], 2)), limit)
    if not found:
        found = _read_each(ask, chosen[:3], limit)
    return _once(found)[:limit]


def _read_each(ask: Ask, chosen: Sequence[Sequence[str]], limit: int) -> list[int]:
    found: list[int] = []
    for meant in chosen:
        first = _rarest(ask, meant)
        others = patterns([word for word in meant if word != first])
        found += _ids(ask, [(WITH_OTHERS, _range(place, first, limit) | others)
                                 for place in (_SORTS_FIRST, _OTHERS)])
    return found


def _range(place: int, word: str, count: int) -> dict[str, str | int]:
    return {"place": place, "word": word, "word_end": word + LAST_SIGN, "count": count}


def _ids(ask: Ask, asked: Sequence[Asked]) -> list[int]:
    return _once([row.client_id for rows in ask(*asked) for row in rows])


def _once(ids: Sequence[int]) -> list[int]:
    return list(dict.fromkeys(ids))
