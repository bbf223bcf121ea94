"""Panels, pictures that are painted only when they changed, lists that keep their place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option


class Picture(Static):
    """Static content; `show` repaints only what differs, so that a tick costs nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Content(""), markup=False, **kwargs)
        self._shown = Content("")

    def show(self, content: Content) -> None:
        if not content.is_same(self._shown):
            self._shown = content
            self.update(content, layout=self.styles.auto_dimensions)

    @property
    def text(self) -> str:
        return self._shown.plain


class Panel(Vertical):
    """A titled part of the screen; the title carries `▸` while the focus is inside."""

    def __init__(self, title: str, *children: Widget, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._title = title
        self._parts = children

    def compose(self) -> ComposeResult:
        yield Picture(classes="title")
        yield from self._parts

    def on_mount(self) -> None:
        self._show_title()

    def on_descendant_focus(self) -> None:
        self._show_title()

    def on_descendant_blur(self) -> None:
        self._show_title()

    def retitle(self, title: str) -> None:
        self._title = title
        self._show_title()

    def _show_title(self) -> None:
        mark = "▸" if self.has_pseudo_class("focus-within") else " "
        self.query_one(".title", Picture).show(Content(f"{mark}{self._title}"))


class Scroll(VerticalScroll, can_focus=True):
    """A reading panel one can walk to and scroll by keys."""


class Choices(OptionList):
    """A list whose rows change without moving the highlight."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False), Binding("k", "cursor_up", show=False)]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(markup=False, compact=True, **kwargs)
        self._rows: list[tuple[str, Content]] = []

    def show(self, rows: Iterable[tuple[str, Content]]) -> None:
        """The rows, by id; the highlighted id stays highlighted wherever it is now."""
        new = list(dict(rows).items())
        if [key for key, _ in new] != [key for key, _ in self._rows]:
            self._replace(new)
        else:
            self._repaint(new)
        self._rows = new

    def _replace(self, rows: Sequence[tuple[str, Content]]) -> None:
        kept = self.highlighted_key
        self.set_options([Option(content, id=key) for key, content in rows])
        places = {key: place for place, (key, _) in enumerate(rows)}
        if rows:
            self.highlighted = places.get(kept or "", 0)

    def _repaint(self, rows: Sequence[tuple[str, Content]]) -> None:
        for place, ((_, new), (_, old)) in enumerate(zip(rows, self._rows, strict=True)):
            if not new.is_same(old):
                self.replace_option_prompt_at_index(place, new)

    @property
    def highlighted_key(self) -> str | None:
        option = self.highlighted_option
        return None if option is None else option.id

    @property
    def text(self) -> str:
        return "\n".join(content.plain for _, content in self._rows)
