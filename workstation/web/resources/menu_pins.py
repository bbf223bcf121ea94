"""`/clients/{id}/menu-pin`: by what a client proves in the voice menu that he is himself. It is
told once, to who made it, and never kept as it is."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from crm_store import clients, menu_identity
from workstation.policy import Who
from workstation.traces import name_of
from workstation.web import shapes
from workstation.web.routes import Asked, Route

DIGITS = 6


class PinState(shapes.Shape, frozen=True):
    is_set: bool


class NewPin(shapes.Shape, frozen=True):
    """It cannot be asked for again."""
    pin: str


def made() -> str:
    return "".join(secrets.choice("0123456789") for _ in range(DIGITS))


async def state(asked: Asked) -> Any:
    async with asked.desk.store.read() as tx:
        await clients.card(tx, asked.number("id"))
        return PinState(is_set=await menu_identity.pin_hash(tx, asked.number("id")) is not None)


async def renew(asked: Asked) -> Any:
    client, pin = asked.number("id"), made()
    kept = await asyncio.to_thread(menu_identity.hashed, pin)
    async with asked.desk.store.begin() as tx:
        await clients.card(tx, client)
        await menu_identity.set_pin(tx, client, kept, by=name_of(asked.person),
                                    at=asked.desk.clock())
    return NewPin(pin=pin)


async def forget(asked: Asked) -> Any:
    async with asked.desk.store.begin() as tx:
        await clients.card(tx, asked.number("id"))
        await menu_identity.drop_pin(tx, asked.number("id"), by=name_of(asked.person),
                                     at=asked.desk.clock())
    return {}


TAGS = ("clients", "menus")
ROUTES = (
    Route(method="GET", path="/clients/{id}/menu-pin", who=Who.SIGNED_IN, answer=state,
          result=PinState, tags=TAGS, says="Whether a client has a PIN for the voice menu."),
    Route(method="POST", path="/clients/{id}/menu-pin", who=Who.SIGNED_IN, answer=renew,
          result=NewPin, status=201, tags=TAGS,
          says="Give a client a new PIN for the voice menu; the old one is no more."),
    Route(method="DELETE", path="/clients/{id}/menu-pin", who=Who.SIGNED_IN, answer=forget,
          tags=TAGS, says="A client has no PIN any more: his account is enough again."),
)
