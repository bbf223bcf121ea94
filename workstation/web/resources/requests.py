"""`/requests/{id}/…`, `/mails`, `/webhooks`: beyond filing and moving a request."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
from aiohttp import web

from crm_store import mails, outbox
from workstation import protocol, views
from workstation.actions import letters
from workstation.actions import requests as actions
from workstation.errors import NotThere, Refused
from workstation.policy import Who
from workstation.protocol import requests as asked_for
from workstation.requests import delivering, receiving
from workstation.requests.mailbox import files_folder
from workstation.web import shapes
from workstation.web.routes import Asked, Route

EVENTS = ("request.filed", "request.moved", "request.closed", "request.reopened", "request.late",
          "*")


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    note: str = ""


class HandOver(Body, frozen=True):
    operator: str | None = None
    group: str | None = None


class Join(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    into: int


class Write(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    text: str


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    template: str
    text: str = ""


class Settle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    client_id: int | None = None
    type: str | None = None
    request_id: int | None = None


class NewWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`events`: request.filed moved closed reopened late, one a type names, or `*`."""
    url: str
    events: list[str]


class WebhookShape(shapes.Shape, frozen=True):
    """`secret` only in the answer that made it."""
    id: int
    url: str
    events: list[str]
    made_by: str
    made_at: str
    secret: str | None = None


class History(shapes.Shape, frozen=True):
    request: protocol.RequestView
    joined: list[int]
    events: list[asked_for.RequestEventView]
    mails: list[asked_for.MailView]
    documents: list[asked_for.DocumentView]


class Made(shapes.Shape, frozen=True):
    request: protocol.RequestView
    document: int
    made_at: str


class Waiting(shapes.Shape, frozen=True):
    mails: list[asked_for.MailView]


async def history(asked: Asked) -> Any:
    return await actions.history(asked.desk, asked.person,
                                 asked_for.RequestHistory(id=asked.number("id")))


async def take(asked: Asked) -> Any:
    wish = asked_for.TakeRequest(id=asked.number("id"))
    return (await actions.take(asked.desk, asked.person, wish))["request"]


async def hand_over(asked: Asked) -> Any:
    wish = asked_for.HandOverRequest(id=asked.number("id"), operator=asked.body.operator,
                                     group=asked.body.group, note=asked.body.note)
    return (await actions.hand_over(asked.desk, asked.person, wish))["request"]


async def reopen(asked: Asked) -> Any:
    wish = asked_for.ReopenRequest(id=asked.number("id"), note=asked.body.note)
    return (await actions.reopen(asked.desk, asked.person, wish))["request"]


async def join(asked: Asked) -> Any:
    wish = asked_for.JoinRequests(id=asked.number("id"), into=asked.body.into)
    return (await actions.join(asked.desk, asked.person, wish))["request"]


async def part(asked: Asked) -> Any:
    wish = asked_for.PartRequest(id=asked.number("id"), note=asked.body.note)
    return (await actions.part(asked.desk, asked.person, wish))["request"]


async def write(asked: Asked) -> Any:
    wish = asked_for.WriteMail(id=asked.number("id"), text=asked.body.text)
    return (await letters.write(asked.desk, asked.person, wish))["request"]


async def document(asked: Asked) -> Any:
    wish = asked_for.MakeDocument(id=asked.number("id"), template=asked.body.template,
                                  text=asked.body.text)
    return await letters.make_document(asked.desk, asked.person, wish)


async def waiting(asked: Asked) -> Any:
    return await letters.queue(asked.desk, asked.person, asked_for.ListMails())


async def settle(asked: Asked) -> Any:
    wish = asked_for.SettleMail(id=asked.number("id"), client_id=asked.body.client_id,
                                type=asked.body.type, request_id=asked.body.request_id)
    return await letters.settle(asked.desk, asked.person, wish)


async def file(asked: Asked) -> Any:
    """As a download of no kind a browser would open."""
    async with asked.desk.store.read() as tx:
        found = await mails.one_file(tx, asked.number("id"))
        mail = await mails.one(tx, found.mail_id)
        if mail.request_id is not None:
            await actions.seen(tx, asked.person, mail.request_id)
    path = receiving.path_of(files_folder(asked.desk), found.file) if found.file else None
    if path is None or not path.is_file():
        raise NotThere("file")
    answer = web.FileResponse(path)
    answer.content_type = "application/octet-stream"
    quoted = "".join(c if c.isalnum() or c in "._- " else "_" for c in found.name)
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="{quoted.encode("ascii", "replace").decode().replace("?", "_")}"')
    return answer


async def list_webhooks(asked: Asked) -> Any:
    async with asked.desk.store.read() as tx:
        return {"items": [_hook(one) for one in await outbox.webhooks(tx)], "cursor": None}


async def add_webhook(asked: Asked) -> Any:
    desk, body = asked.desk, asked.body
    named = {deed.event for kind in desk.kinds.values() for stage in kind.stage.values()
             for deed in (*stage.entering, *stage.leaving, *stage.late) if deed.event}
    if not body.events or not set(body.events) <= named | set(EVENTS):
        raise Refused("unknown_event", "There is no such event.", ", ".join(body.events)[:200],
                      422)
    problem = delivering.problem_of_url(
        body.url, may_be_private=desk.settings.requests.webhook_private)
    if problem:
        raise Refused("url_unusable", "Nothing can be posted there.", problem, 422)
    secret = secrets.token_urlsafe(32)
    async with desk.store.begin() as tx:
        made = await outbox.add_webhook(tx, url=body.url, secret=secret, events=body.events,
                                        by=asked.person.login, at=desk.clock())
        [hook] = [one for one in await outbox.webhooks(tx) if one.id == made]
    return _hook(hook) | {"secret": secret}


async def end_webhook(asked: Asked) -> Any:
    async with asked.desk.store.begin() as tx:
        await outbox.end_webhook(tx, asked.number("id"), asked.desk.clock())
    return {}


def _hook(one: outbox.Webhook) -> dict[str, Any]:
    return {"id": one.id, "url": one.url, "events": one.events, "made_by": one.made_by,
            "made_at": views.moment(one.made_at)}


_VIEW = protocol.RequestView
ROUTES: tuple[Route, ...] = (
    Route(method="GET", path="/requests/{id}/history", who=Who.SIGNED_IN, answer=history,
          result=History, says="All that happened to a request, with its mails and documents."),
    Route(method="POST", path="/requests/{id}/take", who=Who.OPERATORS, answer=take,
          result=_VIEW, says="Take it in hand."),
    Route(method="POST", path="/requests/{id}/hand_over", who=Who.SIGNED_IN, answer=hand_over,
          body=HandOver, result=_VIEW, says="To another operator or group."),
    Route(method="POST", path="/requests/{id}/reopen", who=Who.SIGNED_IN, answer=reopen,
          body=Body, result=_VIEW, says="Open a closed one once more."),
    Route(method="POST", path="/requests/{id}/join", who=Who.SIGNED_IN, answer=join, body=Join,
          result=_VIEW, says="It goes on as another one: they are one matter."),
    Route(method="POST", path="/requests/{id}/part", who=Who.SIGNED_IN, answer=part, body=Body,
          result=_VIEW, says="A matter of its own again."),
    Route(method="POST", path="/requests/{id}/write", who=Who.SIGNED_IN, answer=write,
          body=Write, result=_VIEW, says="Write a mail to its client."),
    Route(method="POST", path="/requests/{id}/documents", who=Who.SIGNED_IN, answer=document,
          status=201, body=Document, result=Made,
          says="Make a document of a template: answer, contract, work_order."),
    Route(method="GET", path="/mails", who=Who.SIGNED_IN, answer=waiting, result=Waiting,
          says="Mails that wait for somebody to say whose they are."),
    Route(method="POST", path="/mails/{id}/settle", who=Who.SIGNED_IN, answer=settle,
          body=Settle, says="It becomes a request, is put to one, or needs no answer."),
    Route(method="GET", path="/mail_files/{id}", who=Who.SIGNED_IN, answer=file,
          result=bytes, says="A file that came with a mail, as a download."),
    Route(method="GET", path="/webhooks", who=Who.ADMINISTRATORS, answer=list_webhooks,
          result=shapes.Listed[WebhookShape], says="Programs elsewhere that are told of events."),
    Route(method="POST", path="/webhooks", who=Who.ADMINISTRATORS, answer=add_webhook,
          status=201, body=NewWebhook, result=WebhookShape,
          says="Tell a program of events; the answer holds the secret that signs them, once."),
    Route(method="DELETE", path="/webhooks/{id}", who=Who.ADMINISTRATORS, answer=end_webhook,
          status=204, says="Tell it no more."),
)
