"""Campaigns: name, ledger as one bar, why it dials or does not."""

from __future__ import annotations

from typing import Any

from workstation.protocol import CampaignView
from workstation.terminal.pictures import floor
from workstation.terminal.pictures.line import row
from workstation.terminal.widgets.panels import Choices
from workstation.terminal.workplace import Workplace

ORDER = {"running": 0, "paused": 1, "draft": 2, "ended": 3}


class CampaignList(Choices):
    """Running ones first."""

    def __init__(self, desk: Workplace, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.desk = desk

    def paint(self) -> None:
        width = max(20, min(self.size.width - 2, 96))
        found = sorted(self.desk.shelves.campaigns.values(),
                       key=lambda item: (ORDER[item.state], -item.id))
        rows = [(str(item.id), floor.campaign(self.desk, item, width)) for item in found]
        empty = row((self.desk.words("terminal.no_campaigns"), "$dim"))
        self.show(rows or [("", empty)])

    @property
    def campaign(self) -> CampaignView | None:
        return self.desk.shelves.campaigns.get(self.highlighted_key or "")
