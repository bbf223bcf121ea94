"""`deskline fields`: the fields of the company's own, defined without a restart."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

import click
import msgspec

from crm_store import custom_fields
from crm_store.custom_fields import Field, Shape
from crm_store.errors import Conflict, NotFound, Stale, StoreError, ValueInvalid
from crm_store.store import Store
from workstation import card_views
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.serve import utc_now
from workstation.settings import Settings

T = TypeVar("T")
_WRONG = {
    "bad_key": "a key has small Latin letters, digits and _, and begins with a letter",
    "label_missing": "a field needs a label of 1 to 80 letters",
    "choices_missing": "a choice needs --choice, each once",
    "too_many_choices": "that is too many choices", "target_missing": "which? --refers-to",
    "no_currency": "a currency is three letters, like RUB",
    "kind_fixed": "clients have values of the old kind already",
    "too_many_fields": "there are 200 fields already",
}
_by = click.option("--by", default=getpass.getuser, help="Who does it; default the shell's user.")


@click.group()
def command() -> None:
    """Fields of your own: on cards, in search, import, export and API at once."""


@command.command("list")
@click.option("--retired", is_flag=True, help="Those too that were retired.")
@json_option
@with_settings
def list_command(settings: Settings, retired: bool, as_json: bool) -> None:
    """Every field, in the order of the card."""
    async def read(store: Store) -> tuple[Field, ...]:
        async with store.read() as tx:
            return await custom_fields.defined(tx, with_retired=retired)
    _show(_run(settings, read), as_json=as_json)


@command.command("add")
@click.argument("label")
@click.option("--key", default="", help="Default: made of the label.")
@click.option("--kind", default="text", type=click.Choice(
    ["text", "number", "date", "choice", "money", "reference"]))
@click.option("--choice", "choices", multiple=True, help="One of the choices; again for more.")
@click.option("--currency", default="", help="Of money; default the company's.")
@click.option("--refers-to", type=click.Choice(["client", "account", "request"]))
@click.option("--searchable/--not-searchable", default=True)
@click.option("--sensitive", is_flag=True, help="Hidden until identity is confirmed.")
@click.option("--place", default=0, help="Small ones stand first.")
@_by
@json_option
@with_settings
def add_command(settings: Settings, /, label: str, key: str, by: str, as_json: bool,
                **said: Any) -> None:
    """A new field called LABEL."""
    async def add(store: Store) -> tuple[Field, ...]:
        shape = Shape(
            label=label, kind=said["kind"], choices=tuple(said["choices"]),
            currency=said["currency"].upper() or settings.company.currency,
            refers_to=said["refers_to"], is_searchable=said["searchable"],
            is_sensitive=said["sensitive"], place=said["place"])
        async with store.begin() as tx:
            return (await custom_fields.define(tx, key or custom_fields.key_of(label), shape,
                                               by=by, at=utc_now()),)
    _show(_run(settings, add), as_json=as_json)


@command.command("change")
@click.argument("key")
@click.option("--label")
@click.option("--choice", "choices", multiple=True, help="All choices anew.")
@click.option("--searchable/--not-searchable", default=None)
@click.option("--sensitive/--not-sensitive", default=None)
@click.option("--place", type=int)
@_by
@json_option
@with_settings
def change_command(settings: Settings, /, key: str, by: str, as_json: bool, **said: Any) -> None:
    """Change field KEY; what is not named stays. A retired one comes back."""
    async def change(store: Store) -> tuple[Field, ...]:
        async with store.begin() as tx:
            known = await custom_fields.one(tx, key)
            shape = Shape(
                label=known.label, kind=known.kind, choices=known.choices,
                currency=known.currency, refers_to=known.refers_to, place=known.place,
                is_searchable=known.is_searchable, is_sensitive=known.is_sensitive)
            told = {"label": said["label"], "choices": tuple(said["choices"]) or None,
                    "is_searchable": said["searchable"], "is_sensitive": said["sensitive"],
                    "place": said["place"]}
            shape = replace(shape, **{name: value for name, value in told.items()
                                      if value is not None})
            return (await custom_fields.alter(tx, key, shape, version=known.version, by=by,
                                              at=utc_now()),)
    _show(_run(settings, change), as_json=as_json)


@command.command("retire")
@click.argument("key")
@_by
@with_settings
def retire_command(settings: Settings, key: str, by: str) -> None:
    """Nobody sees field KEY any more; its values stay, and `change` brings it back."""
    async def retire(store: Store) -> None:
        async with store.begin() as tx:
            known = await custom_fields.one(tx, key)
            await custom_fields.retire(tx, key, version=known.version, by=by, at=utc_now())
    _run(settings, retire)
    click.echo(f"{key} is retired; its values are kept")


def _show(fields: tuple[Field, ...], *, as_json: bool) -> None:
    if as_json:
        print_json([msgspec.to_builtins(card_views.field(one)) for one in fields])
        return
    for one in fields:
        more = ", ".join(one.choices) or one.refers_to or one.currency or ""
        marks = [word for word, is_so in (("sensitive", one.is_sensitive), (
            "not searchable", not one.is_searchable), ("retired", one.is_retired)) if is_so]
        click.echo(f"{one.key:20} {one.kind:10} {one.label}"
                   f"{f' ({more})' if more else ''}{''.join(f'  [{word}]' for word in marks)}")


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
    except ValueInvalid as exc:
        raise Failure(_WRONG.get(exc.code, exc.code)) from exc
    except NotFound as exc:
        raise Failure(f"there is no {exc.detail}") from exc
    except Conflict as exc:
        raise Failure(exc.detail) from exc
    except Stale as exc:
        raise Failure("somebody else changed it in this moment; look again") from exc
    except StoreError as exc:
        raise Failure(str(exc)) from exc
