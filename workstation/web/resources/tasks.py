"""`/tasks`: what somebody must do by when."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from workstation import protocol
from workstation.actions import tasks
from workstation.policy import Who
from workstation.web import shapes
from workstation.web.api import Paged
from workstation.web.routes import Asked, Route

Id = Annotated[int, msgspec.Meta(ge=1, le=10**18)]


class TaskQuery(Paged, frozen=True):
    """`of=mine`: what I answer for; `done=true`: those that are done, the latest first."""
    of: Literal["mine", "everybody"] = "everybody"
    operator: str | None = None
    group: str | None = None
    client_id: Id | None = None
    request_id: Id | None = None
    late: bool = False
    done: bool = False


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    note: str = ""


class HandOver(Body, frozen=True):
    """An operator's id, a group's id, or both."""
    operator: str | None = None
    group: str | None = None


class Reschedule(Body, frozen=True):
    """`due_at` RFC 3339; `remind` in minutes after it, left out: the same as before."""
    due_at: str
    remind: list[int] | None = None


class History(shapes.Shape, frozen=True):
    events: list[protocol.TaskEventView]


async def find(asked: Asked) -> Any:
    query = asked.query
    wanted = protocol.ListTasks(
        of=query.of, operator=query.operator, group=query.group, client_id=query.client_id,
        request_id=query.request_id, late=query.late, done=query.done)
    items, cursor = await tasks.page(asked.desk, asked.person, wanted, cursor=query.cursor,
                                     limit=query.size)
    return {"items": items, "cursor": cursor}


async def make(asked: Asked) -> Any:
    return (await tasks.make(asked.desk, asked.person, asked.body))["task"]


async def one(asked: Asked) -> Any:
    return await tasks.one(asked.desk, asked.person, asked.number("id"))


async def history(asked: Asked) -> Any:
    wish = protocol.TaskHistory(id=asked.number("id"))
    return await tasks.history(asked.desk, asked.person, wish)


async def finish(asked: Asked) -> Any:
    wish = protocol.FinishTask(id=asked.number("id"), note=asked.body.note)
    return (await tasks.finish(asked.desk, asked.person, wish))["task"]


async def reopen(asked: Asked) -> Any:
    wish = protocol.ReopenTask(id=asked.number("id"), note=asked.body.note)
    return (await tasks.reopen(asked.desk, asked.person, wish))["task"]


async def hand_over(asked: Asked) -> Any:
    wish = protocol.HandOverTask(id=asked.number("id"), operator=asked.body.operator,
                                 group=asked.body.group, note=asked.body.note)
    return (await tasks.hand_over(asked.desk, asked.person, wish))["task"]


async def reschedule(asked: Asked) -> Any:
    wish = protocol.RescheduleTask(id=asked.number("id"), due_at=asked.body.due_at,
                                   remind=asked.body.remind, note=asked.body.note)
    return (await tasks.reschedule(asked.desk, asked.person, wish))["task"]


ROUTES: tuple[Route, ...] = (
    Route(method="GET", path="/tasks", who=Who.SIGNED_IN, answer=find, query=TaskQuery,
          result=shapes.Listed[protocol.TaskView],
          says="Tasks of one's own, given, and of one's groups; leads see all. By date."),
    Route(method="POST", path="/tasks", who=Who.SIGNED_IN, answer=make, status=201,
          body=protocol.MakeTask, result=protocol.TaskView,
          says="Make a task, for an operator or a group, for a client, a request or neither."),
    Route(method="GET", path="/tasks/{id}", who=Who.SIGNED_IN, answer=one,
          result=protocol.TaskView, says="One task."),
    Route(method="GET", path="/tasks/{id}/history", who=Who.SIGNED_IN, answer=history,
          result=History, says="What happened to a task, with author and time."),
    Route(method="POST", path="/tasks/{id}/done", who=Who.SIGNED_IN, answer=finish, body=Body,
          result=protocol.TaskView, says="It is done."),
    Route(method="POST", path="/tasks/{id}/reopen", who=Who.SIGNED_IN, answer=reopen, body=Body,
          result=protocol.TaskView, says="It is not done after all."),
    Route(method="POST", path="/tasks/{id}/hand_over", who=Who.SIGNED_IN, answer=hand_over,
          body=HandOver, result=protocol.TaskView, says="To another operator or group."),
    Route(method="POST", path="/tasks/{id}/reschedule", who=Who.SIGNED_IN, answer=reschedule,
          body=Reschedule, result=protocol.TaskView, says="To another date."),
)
