"""Tasks: their picture on the screens, and what may be asked about them."""

from __future__ import annotations

from typing import Literal

import msgspec

from workstation.protocol.args import Args, RowId
from workstation.protocol.views import View


class TaskView(View, frozen=True, kw_only=True):
    """Somebody must do it by `due_at`. An operator, a group or both answer for it.

    `remind`: minutes after `due_at` (before it: negative) · `told_at`: when its last reminder was
    told · `late_at`: when `leads` (operator ids) were told that it is late.
    """
    id: int
    title: str
    note: str
    client_id: int | None
    client_name: str
    request_id: int | None
    operator: str | None
    group: str | None
    due_at: str
    remind: list[int]
    made_by: str
    made_at: str
    done_at: str | None
    late: bool
    told_at: str | None
    late_at: str | None
    leads: list[str]


class TaskEventView(View, frozen=True, kw_only=True):
    """`operator`, `group`, `due_at`: as they were afterwards."""
    kind: str               # made done reopened handed_over moved reminded late
    operator: str | None
    group: str | None
    due_at: str
    note: str
    by: str                 # operator id or login; "clock": only time did it
    at: str


class MakeTask(Args, frozen=True, kw_only=True):
    """`task.make`, anybody signed in: result {"task": TaskView}.

    Without operator and group it is one's own. `due_at` RFC 3339; `remind` in minutes after it.
    `conversation`: made while talking; its client is the task's, if none is named.
    """
    title: str
    due_at: str
    note: str = ""
    operator: str | None = None
    group: str | None = None
    remind: list[int] = msgspec.field(default_factory=lambda: [0])
    client_id: RowId | None = None
    request_id: RowId | None = None
    conversation: int | None = None


class ListTasks(Args, frozen=True, kw_only=True):
    """`task.list`, anybody signed in: result {"tasks": [TaskView]}; what one may see of them.

    `of`: `mine` is what I answer for. Open ones by date; done ones, the latest first.
    """
    of: Literal["mine", "everybody"] = "everybody"
    operator: str | None = None
    group: str | None = None
    client_id: RowId | None = None
    request_id: RowId | None = None
    late: bool = False
    done: bool = False


class FinishTask(Args, frozen=True, kw_only=True):
    """`task.done`, who may see it: result {"task": TaskView}."""
    id: RowId
    note: str = ""


class ReopenTask(Args, frozen=True, kw_only=True):
    """`task.reopen`, who may see it: result {"task": TaskView}."""
    id: RowId
    note: str = ""


class HandOverTask(Args, frozen=True, kw_only=True):
    """`task.hand_over`, who may see it: to an operator, a group or both.
    Result {"task": TaskView}."""
    id: RowId
    operator: str | None = None
    group: str | None = None
    note: str = ""


class RescheduleTask(Args, frozen=True, kw_only=True):
    """`task.reschedule`, who may see it: another date, and other reminders if `remind` is given.
    Result {"task": TaskView}."""
    id: RowId
    due_at: str
    remind: list[int] | None = None
    note: str = ""


class TaskHistory(Args, frozen=True, kw_only=True):
    """`task.history`, who may see it: result {"events": [TaskEventView]}, in order."""
    id: RowId
