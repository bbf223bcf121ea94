"""`deskline staff`: who may sign in, and setting a password or a PIN."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from crm_store import staff
from crm_store.errors import StoreError
from crm_store.store import Store
from workstation.accounts import Accounts
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.pbx_plan import plan_of
from workstation.pins import Pins
from workstation.serve import utc_now
from workstation.settings import Settings

T = TypeVar("T")
SHORTEST = 10


@click.group()
def command() -> None:
    """People who sign in: list them, set a password, give a PIN.

    --config FILE and --json stand behind the subcommand.
    """


@command.command("list")
@json_option
@with_settings
def list_command(settings: Settings, as_json: bool) -> None:
    """Everybody, with role and whether there is a password."""
    people = _run(settings, _everyone)
    facts = [{"login": person.login, "name": person.name, "operator": person.operator_id,
              "roles": list(person.roles), "groups": list(person.groups),
              "has_password": person.password_hash is not None,
              "active": person.is_active} for person in people]
    if as_json:
        print_json(facts)
        return
    for person in people:
        lock = "" if person.password_hash else "  (no password: cannot sign in)"
        lock = lock if person.is_active else "  (not in the settings: cannot sign in)"
        click.echo(f"{person.login:12} {person.operator_id or '-':4} {','.join(person.roles):14} "
                   f"{person.name}{lock}")


@command.command("password")
@click.argument("login")
@with_settings
def password_command(settings: Settings, login: str) -> None:
    """Set LOGIN's password, asked for on the terminal or read from standard input.

    Open sessions of that person end.
    """
    password = _ask()
    if len(password) < SHORTEST:
        raise Failure(f"a password needs at least {SHORTEST} characters")

    async def set_it(store: Store) -> bool:
        accounts = Accounts(store, settings, plan_of(settings).secret, utc_now)
        try:
            await accounts.seed()
            return await accounts.set_password(login, password)
        finally:
            accounts.stop()
    if not _run(settings, set_it):
        raise Failure(f"there is nobody with the login {login}")
    click.echo(f"{login} can sign in now")


@command.command("pin")
@click.argument("login")
@click.option("--off", is_flag=True, help="Take the PIN away instead.")
@with_settings
def pin_command(settings: Settings, login: str, off: bool) -> None:
    """Give LOGIN a new PIN for the desk phone; it is shown now and never again.

    On his phone he dials *30 to sign in, *31 to be ready, *32 to pause, *33 to sign out
    (pbx.desk_code).
    """
    async def give(store: Store) -> str | None:
        secret = plan_of(settings).secret
        accounts, pins = Accounts(store, settings, secret, utc_now), Pins(store, secret, utc_now)
        try:
            await accounts.seed()
            if off:
                return "" if await pins.take_away(login) else None
            return await pins.give(login)
        finally:
            accounts.stop()
            pins.stop()
    pin = _run(settings, give)
    if pin is None:
        raise Failure(f"there is nobody with a phone and the login {login}")
    click.echo(f"{login}'s PIN is {pin}" if pin else f"{login} has no PIN any more")


def _ask() -> str:
    stdin = sys.stdin
    if not stdin.isatty():
        return stdin.readline().rstrip("\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


async def _everyone(store: Store) -> list[staff.Person]:
    async with store.read() as tx:
        return await staff.everyone(tx)


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
    except StoreError as exc:
        raise Failure(str(exc)) from exc
