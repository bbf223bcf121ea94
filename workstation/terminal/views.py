"""What the server showed us, typed: `views[collection][id]` of the protocol as structs. ○"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from workstation.protocol import (
    CallView,
    CampaignView,
    Change,
    ConversationView,
    GapView,
    OperatorView,
    QueueView,
    RequestView,
    SourceView,
    TaskView,
    View,
)
from workstation.protocol.dial_cards import PreviewView
from workstation.protocol.team import HelpView, MessageView

SHAPES: dict[str, type[View]] = {
    "operators": OperatorView,
    "queues": QueueView,
    "calls": CallView,
    "conversations": ConversationView,
    "requests": RequestView,
    "campaigns": CampaignView,
    "gaps": GapView,
    "tasks": TaskView,
    "sources": SourceView,
    "messages": MessageView,
    "helps": HelpView,
    "previews": PreviewView,
}


@dataclass
class Shelves:
    """Old shelves and deltas equal fresh shelves, as `protocol.merge` says for raw views."""
    operators: dict[str, OperatorView] = field(default_factory=dict)
    queues: dict[str, QueueView] = field(default_factory=dict)
    calls: dict[str, CallView] = field(default_factory=dict)
    conversations: dict[str, ConversationView] = field(default_factory=dict)
    requests: dict[str, RequestView] = field(default_factory=dict)
    campaigns: dict[str, CampaignView] = field(default_factory=dict)
    gaps: dict[str, GapView] = field(default_factory=dict)
    tasks: dict[str, TaskView] = field(default_factory=dict)
    sources: dict[str, SourceView] = field(default_factory=dict)
    messages: dict[str, MessageView] = field(default_factory=dict)
    helps: dict[str, HelpView] = field(default_factory=dict)
    previews: dict[str, PreviewView] = field(default_factory=dict)

    def apply(self, changes: Iterable[Change]) -> set[str]:
        """The collections touched. msgspec.ValidationError: a view of another build."""
        touched = set()
        for change in changes:
            if change.collection not in SHAPES:
                continue
            shelf: dict[str, View] = getattr(self, change.collection)
            if change.view is None:
                shelf.pop(change.id, None)
            else:
                shelf[change.id] = msgspec.convert(change.view, SHAPES[change.collection])
            touched.add(change.collection)
        return touched

    def open_conversations(self) -> list[ConversationView]:
        """Newest offer first, as the page lists them."""
        live = [item for item in self.conversations.values() if item.state != "done"]
        return sorted(live, key=lambda item: (item.offered_at, item.id), reverse=True)


def fresh(views: Mapping[str, Mapping[str, Any]]) -> Shelves:
    """Shelves from a snapshot's views."""
    shelves = Shelves()
    shelves.apply(Change(collection, key, view)
                  for collection, shelf in views.items() for key, view in shelf.items())
    return shelves
