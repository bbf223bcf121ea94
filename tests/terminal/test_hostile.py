"""Forty hostile texts in the terminal's panels: no row is wider, nothing is obeyed."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len

from tests.hostile import HOSTILE
from tests.terminal import story
from tests.terminal.stage import Stage, on_stage
from tests.terminal.test_guiding import BASE, DAY, message, step
from workstation import protocol as p
from workstation.protocol import guiding

SCRIPT = guiding.ScriptView(id="x", title=HOSTILE[0], done=True, steps=[
    step(f"s{at}", text, "text", answer=text, said=text) for at, text in enumerate(HOSTILE)])
OFFERS = [guiding.ProposalView(id=f"o{at}", kind="offer", title=text, say=text, why=text)
          for at, text in enumerate(HOSTILE)]
TALK = story.conversation(
    script="x", caller_name=HOSTILE[1], card=story.card(name=HOSTILE[23], tags=list(HOSTILE[:9])),
    handed=p.HandedView(operator="102", name=HOSTILE[2], note="\n".join(HOSTILE),
                        disposition=None, form_type=None, form={}, at=story.ago(300)))


async def unharmed(stage: Stage) -> None:
    for line in stage.lines():
        assert cell_len(line) == 100, line
        assert not [char for char in line if unicodedata.category(char) in {"Cc", "Cf"}]


async def test_hostile_texts_are_only_read_and_break_no_row() -> None:
    async with on_stage(*BASE, TALK, message(text=HOSTILE[24]), answers={
            "script.show": {"script": SCRIPT, "others": []},
            "proposal.list": {"proposals": OFFERS, "answered": []},
            "day.show": {"day": DAY}, "message.list": {"messages": [
                message(id=at, text=text, by_name=text)
                for at, text in enumerate(HOSTILE, 1)]}}) as stage:
        await stage.sees("Conversations")
        await unharmed(stage)
        for key, word in (("alt+q", "The script is at its end"), ("alt+v", "Offers"),
                          ("alt+d", "My day")):
            await stage.press(key)
            await stage.sees(word)
            await unharmed(stage)
            await stage.press("escape")
            await stage.sees("Conversations")
