"""The API's routes beyond `api`, a module for each kind of thing. `ROUTES` is all of them."""

from __future__ import annotations

from workstation.web import api
from workstation.web.resources import (
    calls,
    campaigns,
    clients,
    duplicates,
    gaps,
    imports,
    menu_pins,
    menus,
    privacy,
    recordings,
    reports,
    requests,
    routing,
    sources,
    supervision,
    tasks,
    today,
    work,
)
from workstation.web.routes import Route

ROUTES: tuple[Route, ...] = (
    *api.ROUTES,
    *calls.ROUTES,
    *campaigns.ROUTES,
    *clients.ROUTES,
    *duplicates.ROUTES,
    *gaps.ROUTES,
    *imports.ROUTES,
    *menu_pins.ROUTES,
    *menus.ROUTES,
    *privacy.ROUTES,
    *recordings.ROUTES,
    *requests.ROUTES,
    *reports.ROUTES,
    *routing.ROUTES,
    *sources.ROUTES,
    *supervision.ROUTES,
    *tasks.ROUTES,
    *today.ROUTES,
    *work.ROUTES,
)
