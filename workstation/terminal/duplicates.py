"""Clients who may be one: the list, the two cards side by side, and what a person decides."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, cast

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import DataTable

from workstation.protocol.duplicates import (
    CompareDuplicates,
    ComparedView,
    DecideDuplicates,
    ListDuplicates,
    ListMerges,
    MergeView,
    PairView,
    UnmergeClients,
)
from workstation.terminal.formats import when
from workstation.terminal.keys import letter
from workstation.terminal.pictures import duplicates as pictures
from workstation.terminal.pictures.line import dotted, stack
from workstation.terminal.screens import Dialog
from workstation.terminal.widgets.panels import Picture, Scroll
from workstation.terminal.widgets.tables import Cell, Table

FILTERS = ("open", "later", "different", "merged")
Decision = Literal["same", "different", "later", "open"]


class DuplicatesDialog(Dialog[None]):
    """`s` the same, `n` not the same, `l` later, `o` ask again, `k` the other one is kept,
    `1` … `9` which side's field wins, `f` other pairs; in the list of merges `u` undoes one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter("s"), "decide('same')", show=False),
        Binding(letter("n"), "decide('different')", show=False),
        Binding(letter("l"), "decide('later')", show=False),
        Binding(letter("o"), "decide('open')", show=False),
        Binding(letter("k"), "swap", show=False, priority=True),
        Binding(letter("u"), "undo", show=False),
        Binding(letter("f"), "filter", show=False),
        *(Binding(str(n), f"take({n})", show=False) for n in range(1, 10)),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._filter = "open"
        self._pairs: dict[str, PairView] = {}
        self._merges: dict[str, MergeView] = {}
        self._waiting = 0
        self._both: ComparedView | None = None
        self._keep = 0
        self._taken: set[str] = set()

    def compose(self) -> ComposeResult:
        words = self.desk.words
        heads = [("score", 5), ("pair_low", 26), ("pair_high", 26), ("why", 27)]
        with Vertical(classes="dialog whole"):
            yield Picture(classes="title")
            yield Picture(classes="count")
            yield Table([(words(f"terminal.column.{name}"), width) for name, width in heads])
            with Scroll():
                yield Picture(id="cards", classes="auto")
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        self.query_one(".title", Picture).show(Content(self.desk.words("duplicates.title")))
        self.query_one(Table).styles.height = 8
        self.query_one(Table).focus()
        self._read()

    # ── reading ──────────────────────────────────────────────────────────────────────────────
    def _read(self) -> None:
        self.run_worker(self._fetch(), group="duplicates", exclusive=True)

    async def _fetch(self) -> None:
        if self._filter == "merged":
            result = await self.terminal.ask("merge.list", ListMerges())
            found = msgspec.convert((result or {}).get("merges", []), list[MergeView])
            self._merges = {str(one.id): one for one in found}
        else:
            wanted = ListDuplicates(state=cast(Any, self._filter))
            result = await self.terminal.ask("duplicate.list", wanted) or {}
            pairs = msgspec.convert(result.get("pairs", []), list[PairView])
            self._pairs = {str(pair.id): pair for pair in pairs}
            self._waiting = int(result.get("waiting", 0))
        self._paint()

    def _paint(self) -> None:
        is_merged, words = self._filter == "merged", self.desk.words
        rows: dict[str, list[Cell]] = (
            {key: self._merge_cells(one) for key, one in self._merges.items()} if is_merged else
            {key: pictures.cells(self.desk, pair) for key, pair in self._pairs.items()})
        self.query_one(Table).show(rows)
        none = words(f"duplicates.none_{self._filter}")
        self.query_one(".count", Picture).show(dotted([
            (words(f"duplicates.is_{self._filter}"), "bold"), "" if rows else none,
            words("duplicates.waiting", n=self._waiting)]))
        self.query_one(".keys", Picture).show(Content(words(
            "terminal.merge_keys" if is_merged else "terminal.duplicate_keys")))
        self._compare()

    def _merge_cells(self, one: MergeView) -> list[Cell]:
        desk = self.desk
        state = desk.words("duplicates.undone_at", at=when(
            one.undone_at, desk.locale, desk.now(), desk.zone)) if one.undone_at else when(
            one.at, desk.locale, desk.now(), desk.zone)
        return [str(one.id), f"{one.absorbed.name} #{one.absorbed.client_id}",
                f"→ {one.kept.name} #{one.kept.client_id}", state]

    @on(DataTable.RowHighlighted)
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        self._compare()

    def _compare(self) -> None:
        pair = self._pairs.get(self.query_one(Table).key)
        if self._filter == "merged" or pair is None:
            self._both = None
            self.query_one("#cards", Picture).show(Content(""))
        elif self._both is None or self._both.pair.id != pair.id:
            self.run_worker(self._open(pair.id), group="compare", exclusive=True)

    async def _open(self, pair_id: int) -> None:
        result = await self.terminal.ask("duplicate.compare", CompareDuplicates(id=pair_id))
        if result is None:
            return
        self._both = msgspec.convert(result, ComparedView)
        self._keep, self._taken = self._both.pair.keep, set()
        self._paint_cards()

    def _paint_cards(self) -> None:
        if self._both is not None:
            width = max(60, self.query_one(Scroll).size.width - 2)
            self.query_one("#cards", Picture).show(stack(pictures.cards(
                self.desk, self._both, keep=self._keep, taken=self._taken, width=width)))

    # ── deciding ─────────────────────────────────────────────────────────────────────────────
    def action_filter(self) -> None:
        self._filter = FILTERS[(FILTERS.index(self._filter) + 1) % len(FILTERS)]
        self._both = None
        self._read()

    def action_swap(self) -> None:
        if self._both is not None:
            pair = self._both.pair
            self._keep = pair.low.client_id + pair.high.client_id - self._keep
            self._taken = set()
            self._paint_cards()

    def action_take(self, place: int) -> None:
        if self._both is not None and place <= len(self._both.choosable):
            self._taken ^= {self._both.choosable[place - 1]}
            self._paint_cards()

    def action_decide(self, decision: Decision) -> None:
        if self._both is not None and (decision == "open") != (self._filter == "open"):
            self.run_worker(self._decide(self._both.pair.id, decision), group="do")

    async def _decide(self, pair_id: int, decision: Decision) -> None:
        is_same = decision == "same"
        done = await self.terminal.ask("duplicate.decide", DecideDuplicates(
            id=pair_id, decision=decision, keep=self._keep if is_same else None,
            take=sorted(self._taken) if is_same else []))
        if done is not None:
            self.terminal.say(self.desk.words(f"duplicates.did_{decision}"))
            self._both = None
            self._read()

    def action_undo(self) -> None:
        merge = self._merges.get(self.query_one(Table).key)
        if self._filter == "merged" and merge is not None and merge.undone_at is None:
            self.run_worker(self._undo(merge.id), group="do")

    async def _undo(self, merge_id: int) -> None:
        if await self.terminal.ask("client.unmerge", UnmergeClients(merge=merge_id)) is not None:
            self.terminal.say(self.desk.words("duplicates.undone"))
            self._read()
