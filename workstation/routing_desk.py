"""Routing's rules on a screen, tried on past calls; and why a call went where it did."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from crm_store import call_routes
from crm_store.call_routes import Route
from crm_store.store import Store
from ivr.routing import in_use
from ivr.routing.rules import Rule
from ivr.routing.rules_file import RulesInvalid, parse
from ivr.routing.trying import Tried, tried
from workstation.errors import NotThere, Refused
from workstation.kept_texts import Read, TextFault
from workstation.menu_plan import routing_house, routing_text
from workstation.settings import Settings

MOST_TRIED = 50_000
NAME = in_use.NAME


class RoutingTexts:
    """There is one text of this kind."""
    kind = in_use.KIND

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.house = routing_house(settings)

    def names(self) -> Sequence[str]:
        return (in_use.NAME,)

    def shipped(self, name: str) -> str:
        if name != in_use.NAME:
            raise NotThere("rules")
        return routing_text(self._settings)

    def rules(self, text: str) -> tuple[Rule, ...]:
        """Raises RulesInvalid."""
        return parse(text, self.house, file="rules")

    def read(self, name: str, text: str) -> Read:
        try:
            return Read((), [drawn(rule) for rule in self.rules(text)])
        except RulesInvalid as exc:
            return Read([TextFault(one.line, one.place, one.why) for one in exc.at])


def drawn(rule: Rule) -> dict[str, Any]:
    """A rule as a screen shows it."""
    return {**asdict(rule), "when": dict(rule.when)}


async def try_rules(store: Store, texts: RoutingTexts, text: str, since: datetime,
                    until: datetime) -> tuple[Tried, dict[str, Route]]:
    """On the calls of a period; and those that are shown, by id. Raises Refused."""
    try:
        rules = texts.rules(text)
    except RulesInvalid as exc:
        raise Refused("text_invalid", "This text cannot be used.", exc.at[0].why, 422) from exc
    async with store.read() as tx:
        past = await call_routes.kept(tx, since, until, most=MOST_TRIED)
    found = await asyncio.to_thread(tried, rules, past, texts.house.operators)
    shown = {one.call_id for one in found.shown}
    return found, {one.call_id: one for one in past if one.call_id in shown}
