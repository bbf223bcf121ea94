"""`deskline hours`: whether callers reach people at a moment, and closing a number at once."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime

import click

from crm_store import entry_switches
from crm_store.errors import StoreError
from crm_store.store import Store
from workstation.cli.moment import Moment, local
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.settings import Settings
from workstation.waiting.opening import Answered, answered


@click.group()
def command() -> None:
    """Opening hours of the numbers that callers dial."""


@command.command("at")
@click.argument("moment", type=Moment(), required=False)
@click.option("--entry", default="", help="One number; left out: all.")
@json_option
@with_settings
def at_command(settings: Settings, *, moment: datetime | None, entry: str, as_json: bool) -> None:
    """What would happen to a caller at MOMENT: 2026-12-31T18:00, the company's time; now."""
    at = local(settings, moment) or datetime.now(UTC)
    digits = entry.removeprefix("+")
    switched = asyncio.run(_closed(settings))
    found = [one for one in answered(settings, at, switched)
             if digits in ("", one.entry.removeprefix("+"))]
    if not found:
        raise Failure(f"there is no entry {entry}")
    if as_json:
        print_json({"at": at, "entries": [asdict(one) for one in found]})
        return
    for one in found:
        click.echo(sentence(one, settings))


def sentence(one: Answered, settings: Settings) -> str:
    until = one.until.astimezone(one.zone).strftime("%a %Y-%m-%d %H:%M") if one.until else ""
    if one.is_open:
        return (f"{one.entry}: open; menu {one.menu}, queue {one.queue}"
                + (f"; closes {until}" if until else ""))
    why = {"holiday": "a holiday", "special": "special hours", "hours": "outside the hours",
           "switched": f"closed by {one.by}: {one.reason}", "always": ""}[one.why]
    return f"{one.entry}: closed ({why})" + (f"; opens {until}" if until else "")


@command.command("close")
@click.argument("reason")
@click.option("--entry", default="", help="One number; left out: all.")
@with_settings
def close_command(settings: Settings, *, reason: str, entry: str) -> None:
    """Close at once, by hand, with a REASON that the audit keeps."""
    asyncio.run(_switch(settings, entry, reason, is_closed=True))


@command.command("open")
@click.option("--entry", default="", help="One number; left out: what was closed for all.")
@click.option("--reason", default="", help="Why.")
@with_settings
def open_command(settings: Settings, *, entry: str, reason: str) -> None:
    """The hours count again."""
    asyncio.run(_switch(settings, entry, reason, is_closed=False))


async def _switch(settings: Settings, entry: str, reason: str, *, is_closed: bool) -> None:
    digits = entry.removeprefix("+")
    if digits and digits not in {one.number.removeprefix("+") for one in settings.entry}:
        raise Failure(f"there is no entry {entry}")
    store = Store(settings.store_url)
    try:
        async with store.begin() as tx:
            await entry_switches.switch(tx, digits, is_closed=is_closed, reason=reason[:200],
                                        by="cli", at=datetime.now(UTC))
    except StoreError as exc:
        raise Failure(str(exc)) from exc
    finally:
        await store.close()


async def _closed(settings: Settings) -> dict[str, entry_switches.Closed]:
    """Without a base the hours alone are told."""
    store = Store(settings.store_url)
    try:
        async with store.read() as tx:
            return dict(await entry_switches.closed(tx))
    except StoreError:
        return {}
    finally:
        await store.close()
