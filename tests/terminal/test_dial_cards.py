"""A campaign's card before the call, by keys alone."""

from __future__ import annotations

from tests.terminal import story
from tests.terminal.stage import on_stage
from workstation.protocol import CampaignView
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


async def test_campaign_is_steered_by_keys_as_on_the_page() -> None:
    figures = dict.fromkeys(("dials", "answered", "talked", "reached", "promised", "kept", "paid"),
                            3)
    answers = {
        "campaign.progress": {"pacing": "predictive", "lines_max": 30, "tried": 9, "size": 20,
                              "answered_today": 50, "dropped_today": 1, "cap": 0.02},
        "campaign.results": {"rows": [{"key": "no_answer", **figures}], "total": figures,
                             "broken": []}}
    campaign = CampaignView(
        id=4, name="November", state="running", size=20, ledger={"not_tried": 20}, attempts=9,
        lines=2, why="dialling", started_at=story.ago(60), ended_at=None)
    async with on_stage(*story.QUEUES, campaign, me=story.SOFIA, answers=answers) as stage:
        await stage.press("3")
        await stage.sees("November")
        await stage.focus("CampaignList")
        await stage.press("m")
        await stage.sees("Predictive: ahead of free operators")
        await stage.press("2")
        assert await stage.asked("campaign.pace") == [
            {"campaign": 4, "pacing": "predictive", "lines": None}]
        await stage.press("r")
        await stage.sees("Tried: 9 / 20", "2.0% of at most 2.0%", "no answer: 3")
