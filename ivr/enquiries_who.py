"""Who calls: by his number, by his account and PIN, with a limit on wrong guesses; and how his
request stands."""

from __future__ import annotations

import asyncio

from crm_store import clients, incidents, menu_identity, requests
from crm_store.base import Tx
from cti.user_events import ClientIdentified
from ivr.enquiry import NOBODY, Answer, Asker
from ivr.tasks import Failed, Found, NotFound
from ivr.wording import Spelled, Value

STRONG_TRUST = 60       # from here on a link of number and client is good enough to speak of money
MOST_GUESSES = 6        # wrong ones within a day, from one number or at one account
MOST_HIDDEN = 100       # from all hidden numbers together
CLAIMED = "claimed"     # the client whose account was named, and whose PIN is awaited


async def client_by_number(tx: Tx, asker: Asker) -> Answer:
    """Known is who alone is strongly linked with the number; two of them are nobody."""
    if asker.caller.number is None:
        return NOBODY
    found = await clients.candidates(tx, asker.caller.number)
    strong = [candidate for candidate in found if candidate.trust >= STRONG_TRUST]
    if len(strong) != 1:
        return NOBODY
    return await _known(tx, ClientIdentified(strong[0].client_id, "number"))


async def client_by_account(tx: Tx, asker: Asker) -> Answer:
    """`unproven`: he has a PIN, which is asked for next. Too many guesses are `Failed`."""
    subjects = _subjects(asker, asker.digits)
    if await _has_guessed_enough(tx, asker, subjects):
        return Answer(Failed())
    client = await clients.by_account(tx, asker.digits)
    if client is None:
        await menu_identity.note_guess(tx, subjects, asker.now)
        return NOBODY
    if await menu_identity.pin_hash(tx, client) is not None:
        return Answer(Found({"client": "unproven"}), remember={
            CLAIMED: client, "account": int(asker.digits)})
    return await _known(tx, ClientIdentified(client, "account"))


async def client_by_pin(tx: Tx, asker: Asker) -> Answer:
    """Of the account that was named before."""
    client = asker.caller.memory.get(CLAIMED)
    if client is None:
        return Answer(Failed())
    subjects = _subjects(asker, str(asker.caller.memory["account"]))
    kept = await menu_identity.pin_hash(tx, client)
    if kept is None or await _has_guessed_enough(tx, asker, subjects):
        return Answer(Failed())
    if not await asyncio.to_thread(menu_identity.is_right, asker.digits, kept):
        await menu_identity.note_guess(tx, subjects, asker.now)
        return NOBODY
    return await _known(tx, ClientIdentified(client, "account"))


def _subjects(asker: Asker, account: str) -> tuple[str, str]:
    """Of the line and of the account: neither may be guessed at for ever."""
    return (menu_identity.subject("number", asker.caller.number or ""),
            menu_identity.subject("account", account.lstrip("0")))


async def _has_guessed_enough(tx: Tx, asker: Asker, subjects: tuple[str, str]) -> bool:
    line, account = [await menu_identity.guesses(tx, one, asker.now) for one in subjects]
    most = MOST_GUESSES if asker.caller.number else MOST_HIDDEN
    return line >= most or account >= MOST_GUESSES


async def _known(tx: Tx, identified: ClientIdentified) -> Answer:
    language = ((await clients.card(tx, identified.client)).language or "")[:2].lower()
    return Answer(Found({"client": "known"}), identified=identified, language=language)


async def note_incident(tx: Tx, asker: Asker) -> Answer:
    """He called because of it, as far as anybody knows: he hears when it is over."""
    caller = asker.caller
    if caller.client is None:
        return NOBODY
    found = await incidents.of_client(tx, caller.client)
    for incident in found:
        await incidents.link(tx, incident, caller.client, number=caller.number,
                             call_id=caller.call or None, at=asker.now)
    return Answer(Found()) if found else NOBODY


async def last_request(tx: Tx, asker: Asker) -> Answer:
    """The newest one that is open, else the newest."""
    if asker.caller.client is None:
        return Answer(NotFound())
    all_his = await requests.listing(tx, client_id=asker.caller.client, open_only=False)
    if not all_his:
        return Answer(Found({"request": "none"}))
    found = max(all_his, key=lambda one: (one.closed_at is None, one.id))
    values: dict[str, Value] = {"request": Spelled(str(found.id))}
    if found.closed_at is None:
        values["request_due_on"] = found.deadline_at.astimezone(asker.zone).date()
    else:
        values["request_closed_on"] = found.closed_at.astimezone(asker.zone).date()
    return Answer(Found({"request": "open" if found.closed_at is None else "closed"}), values)
