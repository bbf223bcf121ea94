"""Each operator's conversations: the calls offered to him, until their outcome is chosen.

The view itself is the state. An operator's conversation is kept by its call, and so is its id on
screens: it is known before anything is stored, and the same after a restart of the server.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from workstation.board import Board
from workstation.protocol import ConversationView
from workstation.protocol.joining import Content

VERSIONS = 50           # of a draft, back to which what is typed can be joined
CALLS_REMEMBERED = 5_000
LIVE = frozenset({"ringing", "talking", "held"})


class Conversations:
    def __init__(self, board: Board) -> None:
        self._board = board
        self.watch: Callable[[ConversationView], object] = lambda _: None   # told every change
        self.dress: Callable[[ConversationView], ConversationView] = lambda view: view
        self._kept: dict[str, dict[str, ConversationView]] = {}     # operator → call →
        self._typed: dict[tuple[str, str], dict[int, Content]] = {}     # (operator, call) →
        self._by_call: dict[str, dict[str, ConversationView]] = {}      # call → operator →
        self._had: deque[str] = deque(maxlen=CALLS_REMEMBERED)

    def put(self, view: ConversationView) -> None:
        """Keep and show it; a `done` one disappears."""
        view = self.dress(view)
        self.watch(view)
        shelf = self._kept.setdefault(view.operator, {})
        if view.state == "done":
            shelf.pop(view.call, None)
            self._release(view)
            self._forget(view)
            self._board.put_own(view.operator, "conversations", str(view.id), None)
            return
        self._keep(view)
        self._board.put_own(view.operator, "conversations", str(view.id), view)

    def hold(self, view: ConversationView) -> None:
        """Keep it without showing it yet; the next `put` or `change` does."""
        self._keep(self.dress(view))

    def _keep(self, view: ConversationView) -> None:
        self._kept.setdefault(view.operator, {})[view.call] = view
        self._by_call.setdefault(view.call, {})[view.operator] = view

    def _release(self, view: ConversationView) -> None:
        having = self._by_call.get(view.call, {})
        having.pop(view.operator, None)
        if not having:
            self._by_call.pop(view.call, None)

    def change(self, operator: str, call: str, **fields: Any) -> ConversationView | None:
        """The changed conversation; None when it is not there (any more)."""
        view = self.of_call(operator, call)
        if view is None:
            return None
        changed = replace(view, **fields)
        self.put(changed)
        return changed

    def of(self, operator: str) -> list[ConversationView]:
        """Newest first."""
        kept = self._kept.get(operator, {}).values()
        return sorted(kept, key=lambda view: view.offered_at, reverse=True)

    def of_call(self, operator: str, call: str) -> ConversationView | None:
        return self._kept.get(operator, {}).get(call)

    def find(self, operator: str, conversation: int) -> ConversationView | None:
        """By its id, as screens name it."""
        kept = self._kept.get(operator, {}).values()
        return next((view for view in kept if view.id == conversation), None)

    def with_call(self, call: str) -> list[ConversationView]:
        """Everybody's conversations of one call."""
        return list(self._by_call.get(call, {}).values())

    def everything(self) -> list[ConversationView]:
        return [view for shelf in self._kept.values() for view in shelf.values()]

    def drop(self, operator: str, call: str) -> None:
        view = self._kept.get(operator, {}).pop(call, None)
        if view is not None:
            self._release(view)
            self._forget(view)
            self.watch(replace(view, state="done"))
            self._board.put_own(operator, "conversations", str(view.id), None)

    def was_had_by_another(self, call: str, operator: str) -> bool:
        """Whether a colleague has or had it on his screen: he may have chosen, ticked, typed."""
        return call in self._had or any(view.operator != operator
                                        for view in self.with_call(call))

    def _forget(self, view: ConversationView) -> None:
        self._typed.pop((view.operator, view.call), None)
        if view.call not in self._had:
            self._had.append(view.call)

    # ── drafts, version by version ───────────────────────────────────────────────────────────
    def remember_typed(self, operator: str, call: str, version: int, content: Content) -> None:
        """What a version of his draft holds: another screen may still type upon it."""
        versions = self._typed.setdefault((operator, call), {})
        versions[version] = content
        while len(versions) > VERSIONS:
            del versions[next(iter(versions))]

    def typed(self, operator: str, call: str, version: int) -> Content | None:
        return self._typed.get((operator, call), {}).get(version)


def replace_kept(view: ConversationView, known: ConversationView) -> ConversationView:
    """A call offered again keeps what is known and typed."""
    return replace(
        view, draft=known.draft, identity=known.identity, client_id=known.client_id,
        candidates=known.candidates, card=known.card, timeline=known.timeline,
        timeline_cursor=known.timeline_cursor, form=known.form, handed=known.handed,
        confirmed=known.confirmed, questions=known.questions,
        questions_needed=known.questions_needed)
