"""Figures from elsewhere beside the cards that are open: what is known at once, the rest later.

A card that is shown is never waited for and never waits: its figures are views of their own,
private to whoever has the card open, put on the board when they come. While a call is on the
screen they are asked again when their cache time is over, or when a source that failed may be
asked again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from crm_store import clients
from crm_store.errors import StoreError
from crm_store.sources import answers
from crm_store.sources.answers import Answer
from crm_store.sources.values import KeyKind, NoAnswer, NothingKnown, SourceTrouble
from crm_store.store import Store
from workstation import unforeseen
from workstation.board import Board
from workstation.protocol import ConversationView, SourceView
from workstation.sources.line import Line
from workstation.sources.pictures import Known, picture

log = structlog.get_logger()
MOST_KEYS = 5               # accounts or phones of one client that are asked for
OPENED_KEPT = 8             # cards opened by search, per operator
COPIES_KEPT = timedelta(days=90)
SHORTEST_PAUSE_S = 1.0
FIGURES_IN_LISTS = 500
Holder = tuple[str, str]    # operator, and the call or `opened:CLIENT`
Keys = dict[KeyKind, tuple[str, ...]]


class Figures:
    def __init__(self, *, store: Store, board: Board, lines: Mapping[str, Line],
                 clock: Callable[[], datetime]) -> None:
        self._store = store
        self._board = board
        self._clock = clock
        self.lines = lines
        self._held: dict[Holder, tuple[int, bool]] = {}         # → client, are sums masked
        self._known: dict[tuple[int, str], Known] = {}          # (client, source)
        self._works: dict[int, asyncio.Task[None]] = {}
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """For ever; cancel to stop."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                tasks.create_task(self._forget_old(), name="sources: old copies")
                for client_id in {client_id for client_id, _ in self._held.values()}:
                    self._start(client_id)
                await asyncio.Event().wait()
        finally:
            self._tasks = None
            for line in self.lines.values():
                await line.close()

    # ── whose cards are open ─────────────────────────────────────────────────────────────────
    def follow(self, view: ConversationView) -> None:
        """A conversation changed: its card may be another client's, or unmasked, or closed."""
        card = view.card if view.state != "done" else None
        self._hold((view.operator, view.call),
                   (card.client_id, card.masked) if card is not None else None)

    def open(self, operator: str, client_id: int, *, masked: bool) -> None:
        """A card was opened outside a conversation; the oldest such ones are let go."""
        if not operator:
            return
        self._hold((operator, f"opened:{client_id}"), (client_id, masked), anew=True)
        opened = [holder for holder in self._held
                  if holder[0] == operator and holder[1].startswith("opened:")]
        for holder in opened[:-OPENED_KEPT]:
            self._hold(holder, None)

    def _hold(self, holder: Holder, shown: tuple[int, bool] | None, *, anew: bool = False) -> None:
        before = self._held.get(holder)
        if not self.lines or (before == shown and not anew):
            return
        self._held.pop(holder, None)
        if shown is not None:
            self._held[holder] = shown
        if before is not None and (shown is None or before[0] != shown[0]):
            self._let_go(holder[0], before[0])
        if shown is not None:
            self._start(shown[0])
            for source in self.lines:
                self._put(shown[0], source)

    def _let_go(self, operator: str, client_id: int) -> None:
        if not self._holders(client_id, operator):
            for source in self.lines:
                self._board.put_own(operator, "sources", f"{source}:{client_id}", None)
        if self._holders(client_id):
            return
        if (work := self._works.pop(client_id, None)) is not None:
            work.cancel()
        for source in self.lines:
            self._known.pop((client_id, source), None)

    def _holders(self, client_id: int, operator: str = "") -> list[Holder]:
        return [holder for holder, (held, _) in self._held.items()
                if held == client_id and operator in ("", holder[0])]

    def _is_in_a_call(self, client_id: int) -> bool:
        return any(not name.startswith("opened:") for _, name in self._holders(client_id))

    # ── asking ───────────────────────────────────────────────────────────────────────────────
    def _start(self, client_id: int) -> None:
        running = self._works.get(client_id)
        if self._tasks is None or (running is not None and not running.done()):
            return
        self._works[client_id] = self._tasks.create_task(
            unforeseen.outlived("sources", self._keep(client_id)), name=f"figures {client_id}")

    async def _keep(self, client_id: int) -> None:
        """Every source of one client, as long as his card is open."""
        known = await self._recalled(client_id)
        async with asyncio.TaskGroup() as tasks:
            for source, line in self.lines.items():
                tasks.create_task(self._keep_line(line, known[source]), name=f"{source} figures")

    async def _keep_line(self, line: Line, known: Known) -> None:
        while True:
            known = await self._asked(line, known, tell=self._tell)
            if not known.keys or not self._is_in_a_call(known.client_id):
                return
            await asyncio.sleep(self._pause_s(line, known))

    async def _asked(self, line: Line, known: Known, *,
                     tell: Callable[[str, Known], None]) -> Known:
        """What it says now, or why not; `tell` hears of the wait and of the end."""
        due = known.due(self._clock(), line.plan.cache_s)
        known = replace(known, is_asking=bool(due))
        tell(line.plan.id, known)
        for key in due:
            known = await self._ask_one(line, known, key)
            if isinstance(known.trouble, NoAnswer):
                break
        if due:
            known = replace(known, is_asking=False)
            tell(line.plan.id, known)
        return known

    async def _ask_one(self, line: Line, known: Known, key: str) -> Known:
        try:
            said = await line.ask(key)
        except NothingKnown as nothing:
            left = {name: answer for name, answer in known.answers.items() if name != key}
            return replace(known, answers=left, unknown=known.unknown | {key}, trouble=nothing,
                           trouble_at=None)
        except SourceTrouble as trouble:
            return replace(known, trouble=trouble, trouble_at=known.trouble_at or self._clock())
        answer = Answer(said, self._clock())
        await self._store_copy(line.plan.id, key, known.client_id, answer)
        return replace(known, answers={**known.answers, key: answer}, trouble=None,
                       trouble_at=None, unknown=known.unknown - {key})

    def _pause_s(self, line: Line, known: Known) -> float:
        now = self._clock()
        if isinstance(known.trouble, NoAnswer):
            again_at = line.state.again_at
            left = (again_at - now).total_seconds() if again_at else line.plan.pause_s
        elif known.as_of is None or known.trouble is not None:
            left = line.plan.cache_s
        else:
            left = line.plan.cache_s - (now - known.as_of).total_seconds()
        return max(SHORTEST_PAUSE_S, left)

    async def now(self, client_id: int, *, masked: bool) -> list[SourceView]:
        """Of every source, asked now where what is known is too old. Raises StoreError."""
        known = await self._recalled(client_id)
        async with asyncio.TaskGroup() as tasks:
            asked = [tasks.create_task(self._asked(line, known[source], tell=lambda _, __: None))
                     for source, line in self.lines.items()]
        return [picture(line.plan, work.result(), line.state, self._clock(), masked=masked,
                        figures=FIGURES_IN_LISTS)
                for line, work in zip(self.lines.values(), asked, strict=True)]

    # ── showing ──────────────────────────────────────────────────────────────────────────────
    def _tell(self, source: str, known: Known) -> None:
        if self._holders(known.client_id):
            self._known[known.client_id, source] = known
            self._put(known.client_id, source)

    def _put(self, client_id: int, source: str) -> None:
        """On the screens of those who have the card open, masked as their card is."""
        known, line = self._known.get((client_id, source)), self.lines[source]
        if known is None:
            return
        for operator in {holder[0] for holder in self._holders(client_id)}:
            masked = all(self._held[holder][1] for holder in self._holders(client_id, operator))
            self._board.put_own(operator, "sources", f"{source}:{client_id}", picture(
                line.plan, known, line.state, self._clock(), masked=masked))

    # ── the store ────────────────────────────────────────────────────────────────────────────
    async def _recalled(self, client_id: int) -> dict[str, Known]:
        """Source → what it said last. Raises StoreError."""
        async with self._store.read() as tx:
            card = await clients.card(tx, client_id)
            kept = await answers.of_client(tx, client_id)
        keys: Keys = {
            "account": tuple(account.number for account in card.accounts),
            "phone": tuple(phone.e164 for phone in card.phones), "client": (str(client_id),)}
        return {source: _known(client_id, source, keys[line.plan.key], kept)
                for source, line in self.lines.items()}

    async def _store_copy(self, source: str, key: str, client_id: int, answer: Answer) -> None:
        try:
            async with self._store.begin() as tx:
                await answers.keep(tx, source=source, key=key, client_id=client_id, answer=answer)
        except StoreError as exc:
            log.warning("what a source said could not be kept", source=source,
                        error=type(exc).__name__)

    async def _forget_old(self) -> None:
        while True:
            try:
                async with self._store.begin() as tx:
                    await answers.forget(tx, before=self._clock() - COPIES_KEPT)
            except StoreError as exc:
                log.warning("old copies could not be deleted", error=type(exc).__name__)
            await asyncio.sleep(24 * 3600)


def _known(client_id: int, source: str, keys: tuple[str, ...],
           kept: Mapping[tuple[str, str], Answer]) -> Known:
    asked = keys[:MOST_KEYS]
    return Known(client_id=client_id, keys=asked, left_out=len(keys) - len(asked),
                 answers={key: kept[source, key] for key in asked if (source, key) in kept})
