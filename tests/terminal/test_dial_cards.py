"""A campaign's card before the call, by keys alone."""

from __future__ import annotations

from tests.terminal import story
from tests.terminal.stage import on_stage
from workstation.protocol.dial_cards import PreviewView

CARD = PreviewView(
    id=7, campaign="November", client_id=5, client_name="Petrov Petr", number="+79160000001",
    number_label="+7 916 000-00-01", debt_minor=481250, currency="RUB", tries=2, last="busy",
    since=story.ago(3), until=story.ago(-170), asked=False)


async def test_card_is_shown_first_and_dialled_or_skipped_by_a_key() -> None:
    async with on_stage(*story.QUEUES, story.operator(state="ready"), CARD) as stage:
        await stage.sees("Next call, November", "Petrov Petr", "4,812.50 ₽", "2 tries before")
        await stage.press("alt+b")
        assert await stage.asked("card.dial") == [{"card": 7}]
        await stage.press("alt+h")
        await stage.sees("Why is it skipped?", "Spoken with already")
        await stage.press("2")
        assert await stage.asked("card.skip") == [
            {"card": 7, "reason": "talked_already", "note": ""}]
