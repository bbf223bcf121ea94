"""A supervisor's screen: live, by keys, in words."""

from __future__ import annotations

from tests.terminal import story
from tests.terminal.stage import on_stage
from workstation.terminal.widgets.tables import Table

CROWD = (*story.QUEUES, *story.COLLEAGUES)


async def test_queues_and_operators_say_state_since_and_with_whom() -> None:
    async with on_stage(*CROWD, me=story.SOFIA) as stage:
        await stage.sees("[1 Floor 6]", "Billing", " !", "101 Anna Petrova", "● Ready",
                         "■ Talking", "Ivanov I. I.", "○ Paused: Lunch", "◐ Wrap-up",
                         "83 % in 20 s")


async def test_a_change_of_state_is_painted_without_moving_the_cursor() -> None:
    async with on_stage(*CROWD, me=story.SOFIA) as stage:
        await stage.sees("101 Anna Petrova")
        table = await stage.table("OperatorTable")
        await stage.press("down", "down")
        await stage.at(table, "103")
        await stage.server.show(story.operator("101", state="talking", with_whom="Sidorov"),
                                story.operator("100", "Zed Newcomer"))
        await stage.sees("Sidorov", "100 Zed Newcomer")
        assert table.key == "103"
        await stage.server.take_away("operators", "100")
        await stage.sees_no("Zed Newcomer")
        assert table.key == "103"


async def test_calls_are_drawn_to_scale_and_ended_after_a_question() -> None:
    async with on_stage(*CROWD, story.call(), me=story.SOFIA) as stage:
        await stage.press("2")
        await stage.sees("[2 Calls 1]", ":::", "===", "= talk", "Boris Orlov")
        await stage.press("f9")
        await stage.sees("End the call with Ivanov I. I.?")
        await stage.press("2")
        assert await stage.asked("call.hangup") == [{"call": "main-9"}]
        await stage.server.take_away("calls", "main-9")
        await stage.sees("[2 Calls 0]")


async def test_a_campaigns_parts_add_up_and_it_says_why() -> None:
    async with on_stage(*CROWD, story.campaign(), me=story.SOFIA) as stage:
        await stage.press("3")
        await stage.sees("November debts", "50 = ", "promised 6", "not tried 18",
                         "Dialling 2: two operators are ready.", "37 attempts")
        await stage.press("p")
        assert await stage.asked("campaign.pause") == [{"campaign": 3}]
        await stage.press("x")
        await stage.sees("Stop November debts for good?")
        await stage.press("1")
        await stage.press("x", "2")
        assert await stage.asked("campaign.stop") == [{"campaign": 3}]


async def test_a_gap_to_asterisk_is_a_banner() -> None:
    gap = story.p.GapView(id="g1", pbx="main", since=story.ago(31), until=None, calls_lost=0)
    async with on_stage(*CROWD, gap, me=story.SOFIA) as stage:
        await stage.sees("Asterisk main is not seen for 0:3")


async def test_a_past_gap_is_told_to_who_leads_in_plain_words() -> None:
    gap = story.p.GapView(id="g1", pbx="main", since=story.ago(90), until=story.ago(60),
                          calls_lost=1, why="server", mended=2, looking=True)
    async with on_stage(*CROWD, gap, me=story.SOFIA) as stage:
        await stage.sees("Deskline was not running from")


async def test_a_floor_of_a_thousand_calls_stays_paged() -> None:
    calls = [story.call(f"m{n}", client_name=f"Client {n}") for n in range(1000)]
    async with on_stage(*CROWD, *calls, me=story.SOFIA) as stage:
        await stage.press("2")
        await stage.sees("[2 Calls 1000]", "Client 0")
        table = stage.app.screen.query_one("CallTable", Table)
        assert table.row_count == 500
        assert table.left_out == 500
