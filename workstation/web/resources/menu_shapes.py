"""What `/menus` is asked and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

from crm_store.menu_contacts import Rated
from workstation.web import shapes
from workstation.web.routes import Query

Text = Annotated[str, msgspec.Meta(max_length=200_000)]


class Period(Query, frozen=True):
    """`since` … `until`; left out: the last seven days. At most three months."""
    since: datetime | None = None
    until: datetime | None = None
    cursor: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1)] = 50


class AnswersQuery(Period, frozen=True, kw_only=True):
    """Whose answers; an operator or a queue that is left out: of calls that had none."""
    menu: str
    question: str
    operator: str | None = None
    queue: str | None = None


class MenuText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    text: Text


class NewVersion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    text: Text
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""


class UseVersion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """None: the menu of the settings again."""
    version: int | None


class Trial(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`keys`: what is pressed at each question, `-` for silence. The facts are those of the
    client whose number calls, or of `client_id`."""
    text: Text
    keys: list[Annotated[str, msgspec.Meta(pattern=r"^([0-9*#]{1,20}|-)$")]] = []
    number: Annotated[str, msgspec.Meta(max_length=40)] = ""
    client_id: Annotated[int, msgspec.Meta(ge=1, le=10**18)] | None = None
    language: Annotated[str, msgspec.Meta(max_length=2)] = ""


class Switch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    is_on: bool


class FaultView(shapes.Shape, frozen=True):
    line: int
    place: str
    why: str


class CheckView(shapes.Shape, frozen=True):
    """`map`: boxes and edges as they are drawn; none where the menu has faults."""
    ok: bool
    faults: list[FaultView]
    map: dict[str, Any] | None


class VersionView(shapes.Shape, frozen=True):
    id: int
    note: str
    by: str
    at: str
    is_used: bool


class MenuView(shapes.Shape, frozen=True):
    """`version` None: the menu of the settings is in use."""
    id: str
    text: str
    version: int | None
    versions: list[VersionView]
    switches: dict[str, bool]
    languages: list[str]
    map: dict[str, Any] | None


class UsedView(shapes.Shape, frozen=True):
    """`version` None: the menu of the settings."""
    id: str
    version: int | None


class UsedMenus(shapes.Shape, frozen=True):
    items: list[UsedView]


class StepCount(shapes.Shape, frozen=True):
    entered: int
    left: int


class LeavingView(shapes.Shape, frozen=True):
    """`calls`: that were in the menu; `steps`: how many came to each and ended there."""
    calls: int
    since: str
    until: str
    steps: dict[str, StepCount]


class LeaverView(shapes.Shape, frozen=True):
    id: int
    number: str | None
    client_id: int | None
    started_at: str
    ended_at: str | None


class PromptView(shapes.Shape, frozen=True):
    """`words`: what is said; `recorded`: by a voice of the house."""
    language: str
    name: str
    words: str
    recorded: bool


class Prompts(shapes.Shape, frozen=True):
    items: list[PromptView]


class Surveyed(shapes.Shape, frozen=True):
    items: list[Rated]


class AnsweredView(shapes.Shape, frozen=True):
    """One answer, and whose contact it was given after."""
    at: str
    answer: int
    interaction_id: int | None
    number: str | None
    client_id: int | None


class AnswerView(shapes.Shape, frozen=True):
    question: str
    answer: int


class Answers(shapes.Shape, frozen=True):
    answers: list[AnswerView]
