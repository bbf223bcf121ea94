"""`deskline client`: a card shown, made, changed, and who changed it.

Straight in the database, as the other commands: a server need not run. By default the shell's
user is written down as the author.
"""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import click
import msgspec

from crm_store import clients, consents, custom_fields, duplicates, editing
from crm_store.base import Tx
from crm_store.errors import NotFound, Stale, StoreError, ValueInvalid
from crm_store.store import Store
from workstation import card_edits, card_views, protocol
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.errors import Refused
from workstation.serve import utc_now
from workstation.settings import Settings

T = TypeVar("T")
_EDITS = (
    click.option("--name", help="The client's name."),
    click.option("--kind", type=click.Choice(["person", "organisation"])),
    click.option("--language", help='BCP 47, like "ru"; "" takes it away.'),
    click.option("--time-zone", help='IANA, like "Europe/Samara"; "" takes it away.'),
    click.option("--tag", "tags", multiple=True, help="+NAME or -NAME; again for more."),
    click.option("--flag", "flags", multiple=True,
                 help="+vip, -vip, +do_not_call, +deceased, +in_court …; again for more."),
    click.option("--phone", "phones", multiple=True, help="A number to add, in any spelling."),
    click.option("--no-phone", "lost_phones", multiple=True, help="A number to take away."),
    click.option("--email", "emails", multiple=True),
    click.option("--no-email", "lost_emails", multiple=True),
    click.option("--address", "addresses", multiple=True, help='"City; street; house; flat".'),
    click.option("--no-address", "lost_addresses", multiple=True, type=int, metavar="ID"),
    click.option("--calls-for", "calls_for", multiple=True, metavar="ID:ROLE",
                 help="For whom this client calls, and as whom: 12:son."),
    click.option("--no-relation", "lost_relations", multiple=True, type=int, metavar="ID"),
    click.option("--consent", "consents", multiple=True,
                 help="+calls given, -calls withdrawn; also messages, mail, recording, data, "
                      "sharing."),
    click.option("--set", "custom", multiple=True, metavar="KEY=VALUE",
                 help="A field of your own; KEY= takes the value away."),
)


def _edits(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_EDITS):
        function = option(function)
    return function


@click.group()
def command() -> None:
    """Clients: show, add, change a card; who changed it."""


@command.command("show")
@click.argument("client_id", type=int)
@json_option
@with_settings
def show_command(settings: Settings, client_id: int, as_json: bool) -> None:
    """The card of client CLIENT_ID, everything on it."""
    _show(_run(settings, lambda store: _card(store, client_id)), as_json=as_json)


@command.command("add")
@click.argument("name_of")
@click.option("--by", default=getpass.getuser, help="Who does it; default the shell's user.")
@_edits
@json_option
@with_settings
def add_command(settings: Settings, /, name_of: str, by: str, as_json: bool, **said: Any) -> None:
    """A new client called NAME_OF."""
    async def add(store: Store) -> protocol.CardView:
        edit = _edit_of(said, None)
        async with store.begin() as tx:
            client_id = await clients.create(
                tx, name=" ".join(name_of.split()) or "?", by=by, at=utc_now(),
                source="operator", kind=edit.kind or "person")
            await _change(tx, settings, client_id, 1, edit, by)
            await duplicates.look_at(tx, [client_id], found_by="operator", at=utc_now())
        return await _card(store, client_id)
    if not name_of.strip() or len(name_of) > card_edits.NAME_LIMIT:
        raise Failure(f"a client needs a name of 1 to {card_edits.NAME_LIMIT} letters")
    _show(_run(settings, add), as_json=as_json)


@command.command("change")
@click.argument("client_id", type=int)
@click.option("--version", type=int, help="Of the card you looked at: refused if it is older "
                                          "than the stored one. Without it, the stored one.")
@click.option("--by", default=getpass.getuser, help="Who does it; default the shell's user.")
@_edits
@json_option
@with_settings
def change_command(settings: Settings, /, client_id: int, version: int | None, by: str,
                   as_json: bool, **said: Any) -> None:
    """Change the card of client CLIENT_ID; what is not named stays."""
    async def change(store: Store) -> protocol.CardView:
        known = await _card(store, client_id)
        async with store.begin() as tx:
            await _change(tx, settings, client_id, version or known.version,
                          _edit_of(said, known), by)
        return await _card(store, client_id)
    _show(_run(settings, change), as_json=as_json)


@command.command("history")
@click.argument("client_id", type=int)
@json_option
@with_settings
def history_command(settings: Settings, client_id: int, as_json: bool) -> None:
    """Who changed what on the card of client CLIENT_ID, and his consents, newest first."""
    async def read(store: Store) -> tuple[list[Any], list[Any]]:
        async with store.read() as tx:
            await clients.card(tx, client_id)
            fields = await custom_fields.defined(tx, with_retired=True)
            rows = await editing.history(tx, client_id, limit=1_000)
            given = await consents.history(tx, client_id)
        return card_views.changes(rows, fields, masked=False), list(map(card_views.consent, given))
    changes, given = _run(settings, read)
    if as_json:
        print_json({"changes": msgspec.to_builtins(changes),
                    "consents": msgspec.to_builtins(given)})
        return
    for one in changes:
        click.echo(f"{one.at}  {one.by:12} {one.label or one.field}: "
                   f"{_said(one.before)} -> {_said(one.after)}")
    for one in given:
        click.echo(f"{one.at}  {one.by:12} consent {one.kind}: "
                   f"{'given' if one.given else 'withdrawn'} ({one.channel})")


# ── what was asked for ───────────────────────────────────────────────────────────────────────
def _edit_of(said: dict[str, Any], known: protocol.CardView | None) -> protocol.ClientEdit:
    tags = _signed(said["tags"], known.tags if known else [], "--tag")
    flags: Any = _signed(said["flags"], known.flags if known else [], "--flag")
    facts: dict[str, Any] = {
        "name": said["name"], "kind": said["kind"], "language": said["language"],
        "time_zone": said["time_zone"], "tags": tags, "flags": flags,
        "custom": dict(_pair(one, "=", "--set") for one in said["custom"]),
        "phones": [{"number": one} for one in said["phones"]]
        + [{"number": one, "removed": True} for one in said["lost_phones"]],
        "emails": [{"email": one} for one in said["emails"]]
        + [{"email": one, "removed": True} for one in said["lost_emails"]],
        "addresses": [_address(one) for one in said["addresses"]]
        + [{"id": one, "removed": True} for one in said["lost_addresses"]],
        "relations": [_relation(one) for one in said["calls_for"]]
        + [{"id": one, "removed": True} for one in said["lost_relations"]],
        "consents": [{"kind": one[1:], "given": one[0] == "+"}
                     for one in _checked(said["consents"], "--consent")]}
    try:
        return msgspec.convert(facts, protocol.ClientEdit)
    except msgspec.ValidationError as exc:
        raise click.UsageError(str(exc)) from exc


def _signed(wanted: Sequence[str], known: Sequence[str], option: str) -> list[str] | None:
    """What is left after adding the `+` and taking the `-`; None where nothing is said."""
    if not wanted:
        return None
    found = list(known)
    for one in _checked(wanted, option):
        found = [kept for kept in found if kept != one[1:]]
        found += [one[1:]] if one[0] == "+" else []
    return found


def _checked(wanted: Sequence[str], option: str) -> Sequence[str]:
    for one in wanted:
        if one[:1] not in ("+", "-") or len(one) < 2:
            raise click.UsageError(f"{option} takes +NAME or -NAME, not {one!r}")
    return wanted


def _pair(text: str, sign: str, option: str) -> tuple[str, str]:
    first, found, second = text.partition(sign)
    if not found:
        raise click.UsageError(f"{option} takes …{sign}…, not {text!r}")
    return first.strip(), second.strip()


def _address(text: str) -> dict[str, str]:
    parts = [part.strip() for part in text.split(";")]
    return dict(zip(("city", "street", "house", "flat", "postcode"), parts, strict=False))


def _relation(text: str) -> dict[str, Any]:
    number, role = _pair(text, ":", "--calls-for")
    if not number.isascii() or not number.isdecimal():
        raise click.UsageError(f"--calls-for takes ID:ROLE, not {text!r}")
    return {"client_id": int(number), "role": role}


# ── doing ────────────────────────────────────────────────────────────────────────────────────
async def _change(tx: Tx, settings: Settings, client_id: int, version: int,
                  edit: protocol.ClientEdit, by: str) -> None:
    fields = await custom_fields.defined(tx)
    await editing.change(
        tx, client_id, version=version, by=by, at=utc_now(),
        changes=card_edits.read(edit, fields, settings.company.region))


async def _card(store: Store, client_id: int) -> protocol.CardView:
    async with store.read() as tx:
        return card_views.card(await clients.card(tx, client_id), [], masked=False)


def _run(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    async def within() -> T:
        store = Store(settings.store_url)
        try:
            await store.migrate()
            return await work(store)
        finally:
            await store.close()
    try:
        return asyncio.run(within())
    except Stale as exc:
        changes = [one for one in exc.since if isinstance(one, editing.Changed)]
        told = "; ".join(f"{one.field}: {_said(one.before)} -> {_said(one.after)} by {one.by}"
                         for one in changes)
        raise Failure(f"the card is at version {exc.stored_version} by now: {told}") from exc
    except NotFound as exc:
        raise Failure(f"there is no {exc.detail}") from exc
    except ValueInvalid as exc:
        raise Failure(f"{exc.field}: {exc.code}") from exc
    except Refused as exc:
        raise Failure(f"{exc.title} {exc.detail}") from exc
    except StoreError as exc:
        raise Failure(str(exc)) from exc


# ── showing ──────────────────────────────────────────────────────────────────────────────────
def _show(card: protocol.CardView, *, as_json: bool) -> None:
    if as_json:
        print_json(msgspec.to_builtins(card))
        return
    click.echo(f"{card.name}  ({card.kind}, no. {card.client_id}, version {card.version})")
    rows = [("flags", " ".join(card.flags)), ("tags", ", ".join(card.tags)),
            ("language", card.language), ("time zone", card.time_zone)]
    rows += [("phone", f"{one.label} {one.name} ({one.source})") for one in card.phones]
    rows += [("e-mail", f"{one.email} {one.name} ({one.source})") for one in card.emails]
    rows += [("address", f"{one.id}: {one.text} {one.name}") for one in card.addresses]
    rows += [("relation", f"{one.id}: {'calls for' if one.calls_for else 'is called for by'} "
                          f"{one.name} (no. {one.client_id}) as {one.role}")
             for one in card.relations]
    rows += [("consent", f"{one.kind}: {'given' if one.given else 'withdrawn'} {one.at}")
             for one in card.consents]
    rows += [(one.field.label, one.text) for one in card.custom]
    rows += [("account", f"{one.number} {one.address} {one.balance_minor} {one.currency}")
             for one in card.accounts]
    for name, value in rows:
        if value.strip():
            click.echo(f"  {name:12} {value.strip()}")


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items() if part)
    return "-" if value in (None, "") else str(value)


