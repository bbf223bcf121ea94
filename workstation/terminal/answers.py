"""What was answered to a script in an earlier contact: read from the timeline."""

from __future__ import annotations

import msgspec
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from workstation.protocol.guiding import GivenView, ListAnswers
from workstation.terminal.formats import when
from workstation.terminal.pictures.line import row, stack
from workstation.terminal.screens import Dialog
from workstation.terminal.widgets.panels import Picture, Scroll


class AnswersDialog(Dialog[None]):
    def __init__(self, interaction: int) -> None:
        super().__init__()
        self._interaction = interaction

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall"):
            yield Picture(classes="title")
            with Scroll():
                yield Picture(classes="auto", id="answers")
            yield Picture(classes="keys")

    def on_mount(self) -> None:
        words = self.desk.words
        self.query_one(".title", Picture).show(Content(words("answers.title")))
        self.query_one(".keys", Picture).show(Content(words("terminal.answers_keys")))
        self.query_one(Scroll).focus()
        self.run_worker(self._read(), group="answers")

    async def _read(self) -> None:
        told = await self.terminal.ask("script.answers",
                                       ListAnswers(interaction=self._interaction))
        if told is not None and self.is_mounted:
            given = msgspec.convert(told.get("answers", []), list[GivenView])
            self.query_one("#answers", Picture).show(stack(
                line for at, one in enumerate(given)
                for line in self._said(one, given[at - 1].script if at else "")))

    def _said(self, one: GivenView, script_before: str) -> list[Content]:
        desk = self.desk
        by = f"{desk.operator_name(one.by)}, {when(one.at, desk.locale, desk.now(), desk.zone)}"
        title = [row((one.script, "bold"))] if one.script != script_before else []
        return [*title, Content(f"  {one.question}"),
                row((f"  → {one.answer}", "$primary"), (f"  {by}", "$dim"))]
