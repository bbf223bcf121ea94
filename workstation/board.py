"""The board: what is to be seen now, and the screens that show it.

`views[key]` is the newest picture of one thing, encoded once. Putting a changed view marks it for
the screens that may see it; each screen keeps only the newest of what it has not yet been sent,
so a slow one costs no memory and delays nobody. Public views go out at `flush` (at most twice a
second, see wallboard); an operator's own conversations and his own state at once.
The law: a screen's old views plus its deltas equal a fresh snapshot.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec

from workstation import protocol
from workstation.concealing import conceal
from workstation.policy import OF_FEW, Person, sees
from workstation.rights import CLEAR, Lens

Key: TypeAlias = tuple[str, str]            # collection, id
COLLECTIONS = ("operators", "queues", "calls", "conversations", "requests", "campaigns", "gaps",
               "tasks", "sources", "messages", "helps", "previews")
PENDING_LIMIT = 4_000       # views unsent: more than that and a snapshot is cheaper
REPLIES_LIMIT = 200
FAN_OUT_SLICE = 100         # screens served before other work may run

encode = msgspec.json.Encoder().encode


class TooManyAnswers(Exception):
    """This screen asks faster than it reads."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A view on the board. `owner` is the operator it is private to, "" for public ones."""
    view: protocol.View
    raw: msgspec.Raw
    owner: str
    concealed: dict[Lens, msgspec.Raw] = field(default_factory=dict, compare=False)

    def through(self, lens: Lens) -> msgspec.Raw:
        """As it goes out to somebody; the few who see less share what is encoded for them."""
        if lens is CLEAR:
            return self.raw
        found = self.concealed.get(lens)
        if found is None:
            found = self.concealed[lens] = msgspec.Raw(encode(conceal(self.view, lens)))
        return found


class Screen:
    """What one connected screen shows and what it is still to be sent. Owned by its socket."""

    def __init__(self, person: Person, session: str) -> None:
        self.person = person
        self.session = session
        self.lens = CLEAR               # set when it joins: what its person does not see
        self.shown: dict[Key, msgspec.Raw] = {}
        self.pending: dict[Key, msgspec.Raw | None] = {}
        self.said: deque[protocol.Reply | protocol.Notice] = deque()
        self.is_stale = True            # a snapshot is due; so it begins
        self.is_over = False            # say what is left, then close
        self.close_code = 1000
        self.wake = asyncio.Event()

    def show(self, key: Key, placed: Placed | None) -> None:
        """Bring one view up to date, for this person's eyes."""
        if self.is_stale:
            return
        raw = placed.through(self.lens) if placed is not None and self.may_see(placed) else None
        if self.shown.get(key) is raw:
            return
        if raw is None:
            del self.shown[key]
        else:
            self.shown[key] = raw
        self.pending[key] = raw
        if len(self.pending) > PENDING_LIMIT:
            self.restart()
        self.wake.set()

    def show_all(self, due: Sequence[tuple[Key, Placed | None]]) -> None:
        """The same for all that changed, for a fan-out to many screens."""
        if self.is_stale:
            return
        shown, pending, lens, is_touched = self.shown, self.pending, self.lens, False
        for key, placed in due:
            raw = None
            if placed is not None and self.may_see(placed):
                raw = placed.raw if lens is CLEAR else placed.through(lens)
            if shown.get(key) is raw:
                continue
            is_touched = True
            pending[key] = raw
            if raw is None:
                del shown[key]
            else:
                shown[key] = raw
        if len(pending) > PENDING_LIMIT:
            self.restart()
        if is_touched:
            self.wake.set()

    def may_see(self, placed: Placed) -> bool:
        if placed.owner:
            return placed.owner == self.person.operator
        return sees(self.person, placed.view)

    def restart(self) -> None:
        """Forget what was to be sent; the next message is a fresh snapshot."""
        self.is_stale = True
        self.shown.clear()
        self.pending.clear()
        self.wake.set()

    def say(self, message: protocol.Reply | protocol.Notice) -> None:
        if len(self.said) >= REPLIES_LIMIT:
            self.end()
            raise TooManyAnswers
        self.said.append(message)
        self.wake.set()

    def end(self, code: int = 1000) -> None:
        """Close the socket once it was told what is left; `code` as in RFC 6455."""
        if not self.is_over:
            self.close_code = code
        self.is_over = True
        self.wake.set()


class Board:
    def __init__(self) -> None:
        self._placed: dict[tuple[str, Key], Placed] = {}       # (owner, key) →
        self._due: dict[Key, None] = {}
        self._screens: dict[Screen, None] = {}
        self._by_operator: dict[str, dict[Screen, None]] = {}
        self.lens_of: Callable[[Person], Lens] = lambda _: CLEAR     # who sees less, see sight

    # ── screens ──────────────────────────────────────────────────────────────────────────────
    def join(self, screen: Screen) -> None:
        self._screens[screen] = None
        screen.lens = self.lens_of(screen.person)
        self._by_operator.setdefault(screen.person.operator, {})[screen] = None

    def leave(self, screen: Screen) -> None:
        self._screens.pop(screen, None)
        own = self._by_operator.get(screen.person.operator, {})
        own.pop(screen, None)

    def screens(self, operator: str | None = None) -> list[Screen]:
        """All screens, or one operator's."""
        if operator is None:
            return list(self._screens)
        return list(self._by_operator.get(operator, {}))

    def picture(self, screen: Screen) -> dict[str, dict[str, msgspec.Raw]]:
        """All that this screen may see, now; it counts as shown from here on."""
        views: dict[str, dict[str, msgspec.Raw]] = {name: {} for name in COLLECTIONS}
        screen.shown.clear()
        screen.pending.clear()
        for (_, key), placed in self._placed.items():
            if screen.may_see(placed):
                raw = placed.through(screen.lens)
                views[key[0]][key[1]] = raw
                screen.shown[key] = raw
        screen.is_stale = False
        return views

    # ── views ────────────────────────────────────────────────────────────────────────────────
    def get(self, collection: str, key: str, owner: str = "") -> protocol.View | None:
        placed = self._placed.get((owner, (collection, key)))
        return placed.view if placed else None

    def all_of(self, collection: str) -> Iterator[protocol.View]:
        """The public views of it."""
        return (placed.view for (owner, key), placed in self._placed.items()
                if not owner and key[0] == collection)

    def seen_by(self, person: Person,
                collections: Iterable[str]) -> dict[str, dict[str, msgspec.Raw]]:
        """What this person's screen would show, for the API."""
        screen = Screen(person, "")
        screen.lens = self.lens_of(person)
        found: dict[str, dict[str, msgspec.Raw]] = {name: {} for name in collections}
        for (_, (collection, name)), placed in self._placed.items():
            if collection in found and screen.may_see(placed):
                found[collection][name] = placed.through(screen.lens)
        return found

    def put(self, collection: str, name: str, view: protocol.View | None, *,
            first_to: str = "") -> None:
        """A public view; it goes out with the next `flush`, to `first_to`'s screens at once."""
        key = (collection, name)
        if not self._place("", key, view):
            return
        self._due[key] = None
        if first_to:
            placed = self._placed.get(("", key))
            for screen in self.screens(first_to):
                screen.show(key, placed)

    def put_own(self, owner: str, collection: str, name: str, view: protocol.View | None) -> None:
        """A private view, at once to its owner's screens and nobody else's."""
        key = (collection, name)
        if not self._place(owner, key, view):
            return
        placed = self._placed.get((owner, key))
        for screen in self.screens(owner):
            screen.show(key, placed)

    def replace(self, collection: str, views: Iterable[tuple[str, protocol.View]]) -> None:
        """The whole public collection: what is not among `views` is gone."""
        fresh = dict(views)
        for owner, (held_in, name) in list(self._placed):
            if not owner and held_in == collection and name not in fresh:
                self.put(collection, name, None)
        for name, view in fresh.items():
            self.put(collection, name, view)

    def replace_own(self, collection: str,
                    views: Iterable[tuple[str, str, protocol.View]]) -> None:
        """The whole private collection, as owner, name, view: whatever else was in it is gone."""
        fresh = {(owner, name): view for owner, name, view in views}
        for owner, (held_in, name) in list(self._placed):
            if owner and held_in == collection and (owner, name) not in fresh:
                self.put_own(owner, collection, name, None)
        for (owner, name), view in fresh.items():
            self.put_own(owner, collection, name, view)

    def has_due(self) -> bool:
        return bool(self._due)

    async def flush(self) -> None:
        """Hand what changed to every screen, letting other work in after each slice."""
        due, self._due = list(self._due), {}
        for place, screen in enumerate(self.screens(), 1):
            if place % FAN_OUT_SLICE == 1:      # something may have changed while others worked
                changed = [(key, self._placed.get(("", key))) for key in due]
                of_many = [one for one in changed if one[0][0] not in OF_FEW or one[1] is None]
            if screen.person.oversees:
                screen.show_all(changed)
            else:
                own = ("operators", screen.person.operator)
                screen.show_all([*of_many, (own, self._placed.get(("", own)))])
            if place % FAN_OUT_SLICE == 0:
                await asyncio.sleep(0)

    def _place(self, owner: str, key: Key, view: protocol.View | None) -> bool:
        """Whether anything changed."""
        place = (owner, key)
        held = self._placed.get(place)
        if view is None:
            return self._placed.pop(place, None) is not None
        if held is not None and (held.view is view or held.view == view):
            return False
        self._placed[place] = Placed(view, msgspec.Raw(encode(view)), owner)
        return True
