"""`deskline person`: all that is kept of somebody; give it to him, or erase it."""

from __future__ import annotations

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from crm_store import erasing, phones
from crm_store.errors import StoreError
from crm_store.persons import erased_with_number
from crm_store.search import Hit, search
from crm_store.store import Store
from cti.secrets import load_or_create
from workstation import person_report, privacy
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.settings import Settings, letters_folder, recordings_folder
from workstation.terminal.clean import clean

T = TypeVar("T")
_MOST = 20


@click.group()
def command() -> None:
    """All that is kept of a person: find, export, erase, proof."""


@command.command("find")
@click.argument("text", nargs=-1, required=True)
@json_option
@with_settings
def find_command(settings: Settings, text: tuple[str, ...], as_json: bool) -> None:
    """By client id (#12 or 12 with nothing else), name, number, account: what there is of whom,
    and what stands in the way of erasing him."""
    wanted = " ".join(text).strip()
    found, was_erased = asyncio.run(_run(settings, lambda store: _find(settings, store, wanted)))
    if as_json:
        print_json({"found": [asdict(one) for one in found], "number_of_erased": was_erased})
        return
    for one in found:
        click.echo(_in_words(one))
    if was_erased:
        click.echo("Somebody who was erased had this number: a hash of it is left.")
    if not found and not was_erased:
        click.echo("Nobody found.")


@command.command("export")
@click.argument("client_id", type=click.IntRange(1))
@click.option("--form", type=click.Choice(["json", "html", "text"]), default="json",
              show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Default: standard output. Made for its owner's eyes only.")
@with_settings
def export_command(settings: Settings, client_id: int, form: str, out: Path | None) -> None:
    """All of a person: for machines, or to read. The audit keeps that it was taken away."""
    said = asyncio.run(_run(settings, lambda store: privacy.export(
        store, client_id, by=_me(), at=datetime.now(UTC))))
    language = settings.company.language
    body = (person_report.as_json(said) if form == "json" else person_report.html(said, language)
            if form == "html" else clean(person_report.text(said, language), lines=True))
    if out is None:
        click.echo(body)
        return
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(body)
    click.echo(f"{out}: {len(body.encode()):,} bytes")


@command.command("erase")
@click.argument("client_id", type=click.IntRange(1))
@click.option("--reason", type=click.Choice(erasing.REASONS), required=True)
@click.option("--yes", is_flag=True, help="Do not ask for the name.")
@json_option
@with_settings
def erase_command(settings: Settings, client_id: int, reason: str, yes: bool,
                  as_json: bool) -> None:
    """Erase a person for good. Sums, dates and who did what stay, without him."""
    if not yes:
        _make_sure(settings, client_id)
    proof = asyncio.run(_run(settings, lambda store: privacy.erase(
        store, client_id, key=_key(settings), reason=reason, by=_me(), at=datetime.now(UTC),
        kinds=settings.privacy.erasing_waits_for, recorded=recordings_folder(settings),
        letters=letters_folder(settings))))
    _tell(proof, as_json=as_json)
    if not as_json:
        click.echo(f"Tapes keep numbers for {settings.tape_keep_days} days, backups as long "
                   "as you keep them.")


@command.command("proof")
@click.argument("client_id", type=click.IntRange(1))
@json_option
@with_settings
def proof_command(settings: Settings, client_id: int, as_json: bool) -> None:
    """That somebody was erased, and what of it was done."""
    async def read(store: Store) -> erasing.Proof:
        async with store.read() as tx:
            return await erasing.proof(tx, client_id)
    _tell(asyncio.run(_run(settings, read)), as_json=as_json)


def _make_sure(settings: Settings, client_id: int) -> None:
    found = asyncio.run(_run(settings, lambda store: privacy.find(
        store, client_id, now=datetime.now(UTC), kinds=settings.privacy.erasing_waits_for)))
    name = " ".join(found.person.name.split())
    if found.person.erased_at is None and not found.obstacles:
        said = click.prompt(f"Type the name of client {client_id} to erase him for good")
        if said.split() != name.split():
            raise Failure("this is not his name; nothing was done")


async def _find(settings: Settings, store: Store,
                text: str) -> tuple[list[privacy.Found], bool]:
    async with store.read() as tx:
        digits = text.removeprefix("#")
        hits: list[Hit] = [] if digits.isdecimal() and len(digits) < 10 else await search(
            tx, text, limit=_MOST, region=settings.company.region)
        e164 = phones.normalise(text, region=settings.company.region).e164
        was_erased = e164 is not None and await erased_with_number(tx, e164,
                                                                   key=_key(settings))
    ids = [hit.client_id for hit in hits] or (
        [int(digits)] if digits.isdecimal() and len(digits) < 10 else [])
    return [await privacy.find(store, one, now=datetime.now(UTC),
                               kinds=settings.privacy.erasing_waits_for)
            for one in dict.fromkeys(ids)], was_erased


def _in_words(found: privacy.Found) -> str:
    who = found.person
    lines = [f"#{who.client_ids[0]}  {clean(who.name)}"
             + (f"  erased {who.erased_at:%Y-%m-%d}" if who.erased_at else "")]
    if len(who.client_ids) > 1:
        lines.append(f"  merged into him: {', '.join(f'#{one}' for one in who.client_ids[1:])}")
    lines.append("  " + ", ".join(f"{table.replace('_', ' ')} {rows}"
                                  for table, rows in who.rows.items()))
    if who.others:
        lines.append("  share a number with him: " + ", ".join(
            f"#{key} {clean(name)}" for key, name in who.others))
    if found.obstacles:
        lines.append("  cannot be erased yet: " + ", ".join(
            f"{one.kind} {one.ref}" for one in found.obstacles))
    return "\n".join(lines)


def _tell(proof: erasing.Proof, *, as_json: bool) -> None:
    if as_json:
        print_json(erasing.facts_of(proof))
        return
    rows = ", ".join(f"{table.replace('_', ' ')} {count}" for table, count in proof.rows.items())
    click.echo(f"Erased {proof.finished_at:%Y-%m-%d %H:%M} UTC by {clean(proof.by)} "
               f"({proof.reason}): clients {', '.join(map(str, proof.client_ids))}; {rows}")


def _key(settings: Settings) -> bytes:
    try:
        return privacy.number_key(load_or_create(settings.secret_file))
    except (OSError, ValueError) as exc:
        raise Failure(str(exc)) from exc


def _me() -> str:
    return f"cli:{getpass.getuser()}"


async def _run(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    store = Store(settings.store_url)
    try:
        return await work(store)
    except StoreError as exc:
        raise Failure(str(exc)) from exc
    finally:
        await store.close()
