"""The one gate between what the server knows and what a person sees.

Whatever a person asks, by socket or API, passes `admit` before it is done and `shown` before it
is answered; what the board sends by itself passes the lens of each screen (`lens_of`). Below
this gate nobody thinks of rights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import msgspec

from crm_store import rights as stored
from crm_store.folding import fold
from crm_store.store import Store
from workstation import protocol, rights
from workstation.concealing import LensOf, clients_in, conceal
from workstation.conversations import Conversations
from workstation.errors import NotAllowed, Refused
from workstation.policy import Person
from workstation.protocol import CardView, ClientEdit
from workstation.rights import CLEAR, Deed, Lens, Right, Traits, ViewLimits
from workstation.traces import Traces, TracesFull

STILL_OPEN = timedelta(minutes=10)      # more of a card just opened is not another view
SHORTEST_REASON = 5
LONGEST_REASON = 300
# Answers that show a client's card, and those that show more of it.
OPENING = frozenset({"client.card", "conversation.choose", "GET /clients/{id}"})
MORE = frozenset({"client.timeline", "client.history", "GET /clients/{id}/timeline",
                  "GET /clients/{id}/history", "GET /clients/{id}/sources"})
# Asked without a screen for it: nobody's card is meant.
NOT_OF_A_CLIENT = frozenset({"call.dial"})


class Sight:
    def __init__(self, *, store: Store, rules: Iterable[Right], limits: ViewLimits,
                 conversations: Conversations, traces: Traces,
                 tell_leads: Callable[[str, str], None]) -> None:
        self._store = store
        self._rules = tuple(rights.folded(rule, fold) for rule in rules)
        self._limits = limits
        self._conversations = conversations
        self.traces = traces
        self._tell_leads = tell_leads
        self._told: set[tuple[str, str]] = set()        # who, and the hour it was told in

    def lens_of(self, person: Person) -> Lens:
        """What never reaches his screens, whoever the client is."""
        return rights.through(person, self._rules, None)

    # ── before ───────────────────────────────────────────────────────────────────────────────
    async def admit(self, person: Person, name: str, client_id: int | None, *, reads: bool,
                    edit: ClientEdit | None = None, reason: str = "") -> None:
        """Raises NotAllowed for a client who is closed to him or a field he may not change, and
        Refused when he opened too many cards."""
        if client_id is None or name in NOT_OF_A_CLIENT:
            return
        is_his = self._is_in_conversation(person, client_id)
        if self._is_bound(person):
            seen = None if is_his else await self._traits(client_id)
            if rights.through(person, self._rules, seen).is_closed:
                raise NotAllowed(f"this client is closed to you (rights: {self._named(person)})")
            if edit is not None:
                self._check_edit(person, seen, edit)
        if name in OPENING or name in MORE:
            self._open(person, client_id, name, reason, is_his=is_his)

    def _is_bound(self, person: Person) -> bool:
        return bool(rights.rules_for(person, self._rules))

    def _named(self, person: Person) -> str:
        return ", ".join(rule.id for rule in rights.rules_for(person, self._rules))

    async def _traits(self, client_id: int) -> Traits:
        found = await self._traits_of([client_id])
        return found.get(client_id, Traits(frozenset(), frozenset(), frozenset()))

    async def _traits_of(self, ids: Iterable[int]) -> dict[int, Traits]:
        async with self._store.read() as tx:
            found = await stored.traits(tx, sorted(ids))
        return {key: Traits(one.towns, one.tags, one.flags) for key, one in found.items()}

    def _check_edit(self, person: Person, seen: Traits | None, edit: ClientEdit) -> None:
        """What he may not see he may not change either."""
        closed = (rights.through(person, self._rules, seen, "change").groups
                  | rights.through(person, self._rules, seen).groups)
        refused = sorted(closed & edited(edit))
        if refused:
            raise NotAllowed(f"{', '.join(refused)} (rights: {self._named(person)})")

    def may_export(self, person: Person, seen: Traits | None = None) -> Lens:
        """What is left out of what he takes away."""
        return rights.through(person, self._rules, seen, "export")

    # ── views and their limits ───────────────────────────────────────────────────────────────
    def _is_in_conversation(self, person: Person, client_id: int) -> bool:
        """His call brought the card; what Asterisk offers him is always shown."""
        return any(client_id == view.client_id or any(
            client_id == other.client_id for other in view.candidates)
            for view in self._conversations.of(person.operator))

    def _open(self, person: Person, client_id: int, name: str, reason: str, *,
              is_his: bool) -> None:
        if name in MORE and (is_his or self.traces.has_open(person, client_id, STILL_OPEN)):
            return
        reason = " ".join(reason.split())[:LONGEST_REASON]
        if not is_his:
            self._check_limit(person, reason)
        self._write(person, client_id, "conversation" if is_his else name, reason)

    def _trace(self, person: Person, client_id: int, name: str) -> None:
        if not (self._is_in_conversation(person, client_id)
                or self.traces.has_open(person, client_id, STILL_OPEN)):
            self._write(person, client_id, name, "")

    def _write(self, person: Person, client_id: int, name: str, reason: str) -> None:
        via = "api" if " " in name else name
        try:
            self.traces.opened(person, client_id, via, reason)
        except TracesFull:
            raise Refused("audit_full", "Cards cannot be opened now: nobody could write down "
                          "who sees them.", "", 503) from None

    def _check_limit(self, person: Person, reason: str) -> None:
        limits = self._limits
        if person.oversees or not (limits.per_hour or limits.per_day):
            return
        seen = self.traces.count(person)
        is_beyond = (bool(limits.per_hour) and seen.hour >= limits.per_hour) or (
            bool(limits.per_day) and seen.day >= limits.per_day)
        if not is_beyond:
            return
        self._tell(person, seen.hour, seen.day)
        facts = {"per_hour": limits.per_hour, "per_day": limits.per_day, "hour": seen.hour,
                 "day": seen.day}
        if limits.beyond == "refuse":
            raise Refused("view_limit", "You have opened as many cards as you may.",
                          f"{seen.hour} in this hour, {seen.day} today", 429, facts)
        if len(reason) < SHORTEST_REASON:
            raise Refused("reason_needed", "Say why you need to see this card.",
                          f"{seen.hour} in this hour, {seen.day} today", 429, facts)

    def _tell(self, person: Person, hour: int, day: int) -> None:
        """His leads learn it, once an hour."""
        when = (person.login, self.traces.hour())
        if when not in self._told:
            self._told.add(when)
            self.traces.limited(person, hour, day)
            self._tell_leads(person.name, f"{hour}/{day}")

    # ── after ────────────────────────────────────────────────────────────────────────────────
    async def shown(self, person: Person, answer: Any, name: str = "") -> Any:
        """The answer without what he may not see; cards in it that nobody asked for by name
        (two that are compared, one just made) leave their trace too."""
        if name not in OPENING:
            for client_id in cards_in(answer):
                self._trace(person, client_id, name)
        if not self._is_bound(person):
            return answer
        return conceal(answer, self.lens_of(person), await self._lenses(person, answer))

    async def _lenses(self, person: Person, answer: Any) -> LensOf | None:
        """The lens of each client that the answer speaks of; None where all are alike."""
        rules = rights.rules_for(person, self._rules)
        if all(rule.is_for_all_clients for rule in rules):
            return None
        ids = clients_in(answer)
        found = await self._traits_of(ids) if ids else {}
        lenses = {key: rights.through(
            person, self._rules, None if self._is_in_conversation(person, key) else one)
            for key, one in found.items()}
        return lambda client_id: lenses.get(client_id, CLEAR)


def cards_in(answer: Any) -> list[int]:
    """Whose cards an answer holds; they stand at its top."""
    if isinstance(answer, msgspec.Struct):
        held = [answer, *(getattr(answer, name) for name in answer.__struct_fields__)]
    else:
        held = list(answer.values()) if isinstance(answer, dict) else []
    return [one.client_id for one in held if isinstance(one, CardView)]


def edited(edit: ClientEdit) -> frozenset[str]:
    """The groups of fields that an edit touches."""
    groups: dict[str, bool] = {
        "contacts": bool(edit.phones or edit.emails or edit.addresses),
        "papers": bool(edit.custom),
        "notes": any(relation.note is not None for relation in edit.relations)
        or any(consent.note for consent in edit.consents),
    }
    return frozenset(group for group, is_touched in groups.items() if is_touched)


def edit_in(args: object) -> ClientEdit | None:
    """The edit of a card that somebody asks for, if he does."""
    found = getattr(args, "changes", None)
    return found if isinstance(found, protocol.ClientEdit) else None


__all__ = ["Deed", "Sight", "edit_in", "edited"]
