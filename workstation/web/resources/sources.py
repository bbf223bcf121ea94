"""`/clients/{id}/sources`: what billing elsewhere says of a client, asked now if need be."""

from __future__ import annotations

from typing import Any

from workstation import protocol
from workstation.actions.clients import is_masked
from workstation.policy import Who
from workstation.web import shapes
from workstation.web.routes import Asked, Route


class Sources(shapes.Shape, frozen=True):
    """One for each source of the settings; its `state` says how far it can be trusted."""
    sources: list[protocol.SourceView]


async def of_client(asked: Asked) -> Any:
    client_id = asked.number("id")
    masked = is_masked(asked.desk, asked.person, client_id)
    return {"sources": await asked.desk.figures.now(client_id, masked=masked)}


ROUTES: tuple[Route, ...] = (
    Route(method="GET", path="/clients/{id}/sources", who=Who.SIGNED_IN, answer=of_client,
          result=Sources, says="Accounts, invoices, payments that billing elsewhere tells of."),
)
