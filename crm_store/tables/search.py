"""What search looks things up in: derived from names and addresses, never a fact of its own.

Nothing refers to these rows and they refer to nothing: who deletes a client calls
`naming.forget`, and a word left behind is not shown, because hits are checked against the client.
"""

from __future__ import annotations

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Bytewise


class ClientWords(Base):
    """Each word of a client's folded name, with the others beside it.

    Two words are found by reading one word's rows and looking for the other in `rest`: nothing is
    joined, nothing else is read. `place` 0 is the word a list is sorted by (the surname), 1 the
    others; within a word the rows lie in the order of the rest, so a list comes out sorted.
    """
    __tablename__ = "client_words"
    __table_args__ = ({"sqlite_with_rowid": False},)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    rest: Mapped[str] = mapped_column(Bytewise, primary_key=True)   # " ivan petrovich", or ""
    client_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class AddressWords(Base):
    """Each word of a street with the house, the flat and the town beside it, as ClientWords."""
    __tablename__ = "address_words"
    __table_args__ = ({"sqlite_with_rowid": False},)
    word: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    rest: Mapped[str] = mapped_column(Bytewise, primary_key=True)   # " 5 12 samara"
    address_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class KnownWords(Base):
    """Every distinct word of those two: where a misspelt word is looked for. See `typos.py`."""
    __tablename__ = "known_words"
    __table_args__ = ({"sqlite_with_rowid": False},)
    word: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    stem: Mapped[str] = mapped_column(Bytewise, index=True)


class WordPieces(Base):
    """Every stem with one or two letters left out: two spellings of a word share a piece."""
    __tablename__ = "word_pieces"
    __table_args__ = ({"sqlite_with_rowid": False},)
    piece: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    stem: Mapped[str] = mapped_column(Bytewise, primary_key=True)
