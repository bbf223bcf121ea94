"""`deskline sources`: billing that lives elsewhere, as the settings describe it."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import click

from crm_store.sources.values import Said, SourceTrouble
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.settings import Settings
from workstation.sources.lines import line_of
from workstation.sources.settings import Source


@click.group()
def command() -> None:
    """Billing that lives elsewhere: list what the settings describe, test one."""


@command.command("list")
@json_option
@with_settings
def list_command(settings: Settings, as_json: bool) -> None:
    """The sources of the settings."""
    facts = [{"id": source.id, "name": source.name, "kind": source.kind, "url": source.url,
              "key": source.key, "tells": sorted(source.parts), "limit_s": source.limit_s,
              "cache_s": source.cache_s} for source in settings.source]
    if as_json:
        print_json(facts)
        return
    for source in settings.source:
        click.echo(f"{source.id:16} {source.kind:5} by {source.key:8} "
                   f"{', '.join(sorted(source.parts))}  {source.url}")
    if not settings.source:
        click.echo("the settings describe none ([[source]] in deskline.example.toml shows how)")


@command.command("test")
@click.argument("name")
@click.argument("key")
@json_option
@with_settings
def test_command(settings: Settings, name: str, key: str, as_json: bool) -> None:
    """Ask the source NAME about KEY (an account's number, a client's id or a phone, as its
    settings say) and show what it gives; nothing is stored."""
    source = next((one for one in settings.source if one.id == name), None)
    if source is None:
        known = ", ".join(one.id for one in settings.source) or "none"
        raise Failure(f"the settings describe no source {name!r} (there is: {known})")
    if source.key == "client" and not key.isdecimal():
        raise Failure(f"the source {name} is asked by a client's id, a number")
    started = time.monotonic()
    said = asyncio.run(_ask(source, settings, key))
    took_s = time.monotonic() - started
    if as_json:
        print_json({"source": name, "key": key, "took_s": round(took_s, 3), **said.facts()})
    else:
        _print(said, source, took_s)


async def _ask(source: Source, settings: Settings, key: str) -> Said:
    line = line_of(source, settings, lambda: datetime.now(UTC))
    try:
        return await line.ask(key)
    except SourceTrouble as trouble:
        raise Failure(f"{source.name}: {trouble} [{trouble.reason}]") from trouble
    finally:
        await line.close()


def _print(said: Said, source: Source, took_s: float) -> None:
    click.echo(f"{source.name} answered in {took_s * 1000:.0f} ms")
    for account in said.accounts:
        since = f" since {account.debt_since}" if account.debt_since else ""
        click.echo(f"account {account.number}: balance {_sum(account.balance_minor)} "
                   f"{account.currency}, debt {_sum(account.debt_minor)}{since}")
    for invoice in said.invoices:
        due = f", due {invoice.due_on}" if invoice.due_on else ""
        click.echo(f"invoice {invoice.number} of {invoice.issued_on}: "
                   f"{_sum(invoice.amount_minor)} {invoice.currency}{due}")
    for payment in said.payments:
        click.echo(f"payment of {payment.paid_on}: {_sum(payment.amount_minor)} "
                   f"{payment.currency} {payment.method}".rstrip())
    if said.left_out:
        click.echo(f"… and {said.left_out} more rows that are not shown")
    if not said.accounts and not said.invoices and not said.payments:
        click.echo("it has no rows for this key")


def _sum(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100:,}.{abs(minor) % 100:02}"
