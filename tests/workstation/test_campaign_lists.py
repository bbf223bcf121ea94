"""A campaign made on the page: its list by conditions and from a file, changed with reasons."""

from __future__ import annotations

from pathlib import Path

from tests.workstation.office import Screen, open_office


async def _asked(screen: Screen, action: str, **args: object) -> dict[str, object]:
    reply = await screen.ask(action, **args)
    assert reply.problem is None, reply.problem
    assert isinstance(reply.result, dict)
    return reply.result


async def test_campaign_is_made_counted_filled_and_changed_with_reasons(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office, office.screen("sofia") as lead:
        made = await _asked(lead, "campaign.make", name="Autumn", queue="collection",
                            pacing="preview")
        campaign = made["campaign"]
        text = ("name;phone;debt\nPetrov Petr;+79160000001;5000\nIvanov;not a phone;10\n"
                "Sidorov;+79160000002;much\n")
        done = await _asked(lead, "campaign.import", campaign=campaign, text=text,
                            unknown="create")
        assert (done["listed"], done["problems"]) == (1, [
            {"line": 3, "reason": "the phone 'not a phone' cannot be read"},
            {"line": 4, "reason": "the debt 'much' is no sum of money"}])
        every = [{"field": "name", "op": "contains", "value": "Petr"}]
        assert await _asked(lead, "campaign.count", conditions=every) == {"count": 1}
        assert await _asked(lead, "campaign.fill", campaign=campaign, conditions=every) == {
            "added": 0}
        reply = await lead.ask("campaign.count", conditions=[{"field": "x", "op": "is"}])
        assert reply.problem is not None
        assert reply.problem.code == "condition_invalid"
        await _asked(lead, "campaign.start", campaign=campaign)
        [entry] = (await _asked(lead, "campaign.entries", campaign=campaign))["entries"]
        await _asked(lead, "campaign.remove", entry=entry["id"], reason="moved away")
        [entry] = (await _asked(lead, "campaign.entries", campaign=campaign))["entries"]
        assert (entry["state"], entry["sentence"]) == (
            "withdrawn", "Removed from the list: moved away.")
