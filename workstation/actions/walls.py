"""Links of wall screens: made, listed, taken back by leads."""

from __future__ import annotations

import secrets

from crm_store import wall_links
from crm_store.wall_links import WallLink
from workstation.accounts import hash_of
from workstation.desk import Desk
from workstation.errors import NotAllowed, NotThere
from workstation.policy import Person
from workstation.protocol.floor import (
    ListWallLinks,
    MakeWallLink,
    RevokeWallLink,
    WallLinkView,
)
from workstation.traces import name_of
from workstation.views import moment, moment_or_none

TOKEN_BYTES = 24


async def make(desk: Desk, person: Person, args: MakeWallLink) -> dict[str, object]:
    """Only the hash of its token is kept: whoever loses the link makes another."""
    if args.callers and person.role != "administrator":
        raise NotAllowed("only an administrator permits that callers are shown")
    for queue in args.queues:
        if queue not in desk.queues:
            raise NotThere("queue")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    async with desk.store.begin() as tx:
        made = await wall_links.make(
            tx, hash_of(token), name=" ".join(args.name.split()), queues=args.queues,
            shows_callers=args.callers, by=name_of(person), at=desk.clock())
    return {"link": view(made), "token": token}


async def listing(desk: Desk, person: Person, args: ListWallLinks) -> dict[str, object]:
    async with desk.store.read() as tx:
        return {"links": [view(one) for one in await wall_links.listing(tx)]}


async def revoke(desk: Desk, person: Person, args: RevokeWallLink) -> dict[str, object]:
    async with desk.store.begin() as tx:
        await wall_links.revoke(tx, args.id, by=name_of(person), at=desk.clock())
    desk.walls.end(args.id)
    return {}


def view(one: WallLink) -> WallLinkView:
    return WallLinkView(
        id=one.id, name=one.name, queues=one.queues, callers=one.shows_callers, by=one.by,
        at=moment(one.at), seen_at=moment_or_none(one.seen_at),
        revoked_at=moment_or_none(one.revoked_at))
