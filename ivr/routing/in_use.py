"""The rules that callers are routed by now: those of the settings, or a version of the store's."""

from __future__ import annotations

import asyncio
import logging

from crm_store import menus
from crm_store.errors import StoreError
from crm_store.menus import Use
from crm_store.store import Store
from ivr.routing.caller import Rules
from ivr.routing.rules import Rule
from ivr.routing.rules_file import House, RulesInvalid, parse

KIND, NAME = "routing", "rules"
LOOK_EVERY_S = 2.0

log = logging.getLogger(__name__)


class InUse:
    """`rules` is what the next caller is routed by."""

    def __init__(self, store: Store, shipped: tuple[Rule, ...], house: House) -> None:
        self._store = store
        self._shipped = shipped
        self._house = house
        self._use: Use | None = None
        self.rules = self._with(shipped)

    async def run(self) -> None:
        """For ever: take over what was taken into use. Cancel to stop."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Without a base, or with a version that cannot be used, the rules stay what they were."""
        try:
            async with self._store.read() as tx:
                use = (await menus.in_use(tx, KIND)).get(NAME)
        except StoreError as exc:
            log.info("The versions of routing's rules could not be looked at: %s", exc)
            return
        if use == self._use:
            return
        self._use = use
        if use is None or use.text is None:
            self.rules = self._with(self._shipped)
            return
        try:
            self.rules = self._with(parse(use.text, self._house, file=f"rules {use.version}"),
                                    use.version)
        except RulesInvalid as exc:
            log.error("A version of routing's rules cannot be used: %s", exc,  # noqa: TRY400
                      extra={"action": "routing_invalid"})

    def _with(self, rules: tuple[Rule, ...], version: int | None = None) -> Rules:
        return Rules(rules, self._house.operators, self._house.queues, version)
