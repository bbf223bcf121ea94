"""Tables that follow views: cells are changed by key, the cursor stays on its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import DataTable

ROWS_SHOWN = 500        # a table of 20,000 rows takes seconds
Style = tuple[str, str]         # text and a style, `$name` being a colour of the theme
Cell = str | Style


class Table(DataTable[Text]):
    """`show` makes rows what they should be with as few changes as possible."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False), Binding("k", "cursor_up", show=False)]

    def __init__(self, columns: Sequence[tuple[str, int]], **kwargs: Any) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False, cell_padding=1, **kwargs)
        self._heads = columns
        self._cells: dict[str, Sequence[Cell]] = {}
        self.left_out = 0

    def on_mount(self) -> None:
        for place, (title, width) in enumerate(self._heads):
            self.add_column(Text(title), width=width, key=str(place))

    def show(self, rows: Mapping[str, Sequence[Cell]]) -> None:
        """The first ROWS_SHOWN rows; `left_out` says how many are not shown."""
        key, place = self.key, self.cursor_row
        self._change(rows)
        if key in self._cells:
            place = self.get_row_index(key)
        if place != self.cursor_row:
            self.move_cursor(row=place, animate=False)

    def _change(self, rows: Mapping[str, Sequence[Cell]]) -> None:
        keys = list(rows)[:ROWS_SHOWN]
        self.left_out = len(rows) - len(keys)
        known = [key for key in self._cells if key in rows]
        if known != [key for key in keys if key in self._cells] or known != keys[:len(known)]:
            self._refill(rows, keys)
            return
        for key in [key for key in self._cells if key not in rows]:
            self.remove_row(key)
            del self._cells[key]
        for key in keys:
            self._put(key, rows[key])

    def _refill(self, rows: Mapping[str, Sequence[Cell]], keys: Sequence[str]) -> None:
        self.clear()
        self._cells = {}
        for key in keys:
            self._put(key, rows[key])

    def _put(self, key: str, cells: Sequence[Cell]) -> None:
        old = self._cells.get(key)
        if old is None:
            self.add_row(*map(self._text, cells), key=key)
        else:
            for place, (new, before) in enumerate(zip(cells, old, strict=True)):
                if new != before:
                    self.update_cell(key, str(place), self._text(new))
        self._cells[key] = cells

    def _text(self, cell: Cell) -> Text:
        text, style = cell if isinstance(cell, tuple) else (cell, "")
        words = [self.app.theme_variables.get(word[1:], "") if word.startswith("$") else word
                 for word in style.split()]
        return Text(text, style=" ".join(words), no_wrap=True, overflow="ellipsis")

    @property
    def key(self) -> str:
        """The row under the cursor, or nothing."""
        if not self._cells or not self.is_valid_row_index(self.cursor_row):
            return ""
        return self.coordinate_to_cell_key((self.cursor_row, 0)).row_key.value or ""  # type: ignore[arg-type]

    @property
    def text(self) -> str:
        return "\n".join(" ".join(cell if isinstance(cell, str) else cell[0] for cell in cells)
                         for cells in self._cells.values())
