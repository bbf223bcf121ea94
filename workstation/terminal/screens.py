"""What every screen of the terminal has: the workplace, and a `show` when it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen

from workstation.terminal.workplace import Workplace

if TYPE_CHECKING:
    from workstation.terminal.app import Terminal

WIDTHS = [(0, "-narrow"), (96, "-normal"), (132, "-wide")]
HEIGHTS = [(0, "-low"), (28, "-high")]
Result = TypeVar("Result")
EVERYTHING: frozenset[str] = frozenset({
    "operators", "queues", "calls", "conversations", "requests", "campaigns", "gaps", "tasks",
    "sources", "messages", "helps", "link"})


class Live:
    """A screen that follows the server. `show` gets the collections that changed."""

    @property
    def terminal(self) -> Terminal:
        return cast("Terminal", self.app)  # type: ignore[attr-defined]

    @property
    def desk(self) -> Workplace:
        return self.terminal.desk

    def show(self, touched: frozenset[str]) -> None:
        """Paint what depends on these collections."""

    def tick(self) -> None:
        """A second passed on the server's clock."""


class LiveScreen(Live, Screen[None]):
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS


class Dialog(Live, ModalScreen[Result]):
    """Opened over the screen; Escape leaves it."""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def action_leave(self) -> None:
        self.dismiss(None)
