"""Two cards side by side, what they share and where they differ. ○"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import zip_longest

from textual.content import Content

from workstation.protocol import CardView
from workstation.protocol.duplicates import ComparedView, LikenessView, PairView, SuspectView
from workstation.terminal.pictures.line import fit, row
from workstation.terminal.widgets.tables import Cell
from workstation.terminal.workplace import Workplace

_LABEL = 15


def because(desk: Workplace, one: LikenessView) -> str:
    said = desk.words(f"likeness.{one.code}")
    return f"{said} ({one.count})" if one.count > 1 else said


def cells(desk: Workplace, pair: PairView) -> list[Cell]:
    why = ", ".join(because(desk, one) for one in pair.reasons) or desk.words(
        "duplicates.by_person")
    return [str(pair.score), f"{pair.low.name} #{pair.low.client_id}",
            f"{pair.high.name} #{pair.high.client_id}", why]


def suspect(desk: Workplace, one: SuspectView) -> Content:
    why = ", ".join(because(desk, reason) for reason in one.reasons if reason.points > 0)
    return row(f"{one.name} ", (f"#{one.client_id} · {why}", "$dim"))


def _lines(desk: Workplace) -> dict[str, tuple[str, Callable[[CardView], Sequence[str]]]]:
    words = desk.words
    return {
        "name": ("duplicates.name", lambda card: [card.name]),
        "kind": ("duplicates.kind", lambda card: [words(f"kind.{card.kind}")]),
        "phones": ("client.phones", lambda card: [one.label for one in card.phones]),
        "emails": ("duplicates.emails", lambda card: [one.email for one in card.emails]),
        "addresses": ("duplicates.addresses", _places),
        "accounts": ("duplicates.accounts", lambda card: [one.number for one in card.accounts]),
        "language": ("duplicates.language", lambda card: _some(card.language)),
        "time_zone": ("duplicates.time_zone", lambda card: _some(card.time_zone)),
        "flags": ("duplicates.flags", lambda card: card.flags),
        "tags": ("duplicates.tags", lambda card: card.tags),
        "relations": ("duplicates.relations",
                      lambda card: [one.name for one in card.relations]),
        "source": ("duplicates.source", lambda card: _some(card.source)),
    }


def _some(text: str) -> list[str]:
    return [text] if text else []


def _places(card: CardView) -> list[str]:
    found = [*(one.text for one in card.addresses), *(one.address for one in card.accounts)]
    return list(dict.fromkeys(filter(None, found)))


def cards(
    desk: Workplace, both: ComparedView, *, keep: int, taken: Collection[str], width: int,
) -> Iterator[Content]:
    """`=` both say it, `≠` only this one; what loses is in brackets, its digit changes that."""
    room = (width - _LABEL) // 2
    heads = [desk.words("duplicates.kept" if card.client_id == keep else "duplicates.absorbed")
             for card in (both.low, both.high)]
    yield row(fit("", _LABEL), *((
        fit(f"#{card.client_id} {head}", room), "bold $primary" if card.client_id == keep
        else "bold") for card, head in zip((both.low, both.high), heads, strict=True)))
    for name, (label, of) in _lines(desk).items():
        yield from _told(desk, both, name, desk.words(label), (of(both.low), of(both.high)),
                         keep=keep, taken=taken, room=room)
    labels = {one.field.key: one.field.label for card in (both.low, both.high)
              for one in card.custom}
    for key, label in labels.items():
        low, high = (next((_some(one.text) for one in card.custom if one.field.key == key), [])
                     for card in (both.low, both.high))
        yield from _told(desk, both, f"custom.{key}", label, (low, high), keep=keep, taken=taken,
                         room=room)


def _told(
    desk: Workplace, both: ComparedView, name: str, label: str,
    said: tuple[Sequence[str], Sequence[str]], *, keep: int, taken: Collection[str], room: int,
) -> Iterator[Content]:
    digit = f"{both.choosable.index(name) + 1} " if name in both.choosable else "  "
    kept = 0 if both.low.client_id == keep else 1
    winner = 1 - kept if name in taken else kept
    for place, texts in enumerate(zip_longest(*said)):
        parts = [_side(text, said[1 - at], room,
                       loses=name in both.choosable and at != winner)
                 for at, text in enumerate(texts)]
        yield row((fit(f"{digit}{label}" if place == 0 else "", _LABEL), "$dim"), *parts)


def _side(
    text: str | None, others: Sequence[str], room: int, *, loses: bool,
) -> tuple[str, str] | str:
    if text is None:
        return fit("", room)
    mark = "=" if text in others else "≠"
    style = "$dim" if loses else "" if text in others else "bold"
    return fit(f"{mark} ({text})" if loses else f"{mark} {text}", room - 1) + " ", style
