"""The API's routes beyond `api`, a module for each kind of thing. `ROUTES` is all of them."""

from __future__ import annotations

from workstation.web import api
from workstation.web.resources import (
    clients,
    duplicates,
    imports,
    privacy,
    recordings,
    sources,
    supervision,
    tasks,
)
from workstation.web.routes import Route

ROUTES: tuple[Route, ...] = (
    *api.ROUTES,
    *clients.ROUTES,
    *duplicates.ROUTES,
    *imports.ROUTES,
    *privacy.ROUTES,
    *recordings.ROUTES,
    *sources.ROUTES,
    *supervision.ROUTES,
    *tasks.ROUTES,
)
