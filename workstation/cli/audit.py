"""`deskline audit`: who saw, changed and took away what; whether the chain is whole."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from crm_store import audit, audit_reading
from crm_store.audit_reading import Entry, Filter, Verdict
from crm_store.errors import StoreError
from crm_store.store import Store
from workstation import anchors
from workstation.cli.options import (
    Failure,
    json_option,
    print_json,
    progress_bar,
    with_settings,
)
from workstation.settings import Settings, anchors_file
from workstation.terminal.clean import clean

_FAULTS = {
    "row_missing": "a row is missing", "row_changed": "the row was changed",
    "facts_changed": "what the row tells was changed",
    "facts_missing": "what the row tells was taken away, and its client was not erased",
    "cut_unknown": "the chain begins behind a cut it does not tell of",
    "end_missing": "the end of the chain is missing, against the notes outside the database",
    "anchor_differs": "the chain was made anew, against the notes outside the database",
}


@click.group()
def command() -> None:
    """Who saw, changed and took away what."""


@command.command("list")
@click.option("--by", metavar="WHO", help="Operator id, or login of who has no phone.")
@click.option("--client", "client_id", type=click.IntRange(min=1), metavar="ID")
@click.option("--what", metavar="DEED", help="client.seen …, or an area: client.")
@click.option("--since", type=click.DateTime(), help="The company's time.")
@click.option("--until", type=click.DateTime(), help="Excluded.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@json_option
@with_settings
def list_command(
    settings: Settings, by: str | None, client_id: int | None, what: str | None,
    since: datetime | None, until: datetime | None, limit: int, as_json: bool,
) -> None:
    """Deeds, newest first."""
    zone = _zone(settings)
    wanted = Filter(by=by, client_id=client_id, what=what,
                    since=since and since.replace(tzinfo=zone),
                    until=until and until.replace(tzinfo=zone))
    found = asyncio.run(_list(settings, wanted, limit))
    if as_json:
        print_json([asdict(one) for one in found])
        return
    names = {operator.id: operator.name for operator in settings.operator}
    for one in found:
        click.echo(_line(one, names, zone))
    if not found:
        click.echo("nothing")


@command.command("verify")
@json_option
@with_settings
def verify_command(settings: Settings, as_json: bool) -> None:
    """Walk the whole chain; exit code 1 and the first broken row when it is not whole."""
    with progress_bar("audit") as tell:
        verdict = asyncio.run(_verify(settings, tell))
    if as_json:
        print_json(asdict(verdict))
    else:
        click.echo(_in_words(verdict))
    if verdict.broken is not None:
        broken = verdict.broken
        row = f", row {broken.row_id}" if broken.row_id is not None else ""
        raise Failure(f"broken at place {broken.place}{row}: {_FAULTS[broken.fault]}")


def _zone(settings: Settings) -> ZoneInfo:
    return ZoneInfo(settings.company.time_zone)


async def _list(settings: Settings, wanted: Filter, limit: int) -> list[Entry]:
    store = Store(settings.store_url)
    try:
        async with store.read() as tx:
            return (await audit_reading.page(tx, wanted, limit=limit))[0]
    except StoreError as exc:
        raise Failure(str(exc)) from exc
    finally:
        await store.close()


async def _verify(settings: Settings, tell: Callable[[int, int | None], None]) -> Verdict:
    store = Store(settings.store_url)
    try:
        noted = anchors.read(anchors_file(settings))
        async with store.read() as tx:
            total, _ = await audit.head(tx)
            return await audit_reading.verify(tx, anchors=noted,
                                              progress=lambda rows: tell(rows, total))
    except StoreError as exc:
        raise Failure(str(exc)) from exc
    finally:
        await store.close()


def _line(one: Entry, names: dict[str, str], zone: ZoneInfo) -> str:
    """`place  when  who  what  #client name  {facts}`."""
    place = "-" if one.place is None else str(one.place)
    whom = "" if one.client_id is None else f"  #{one.client_id} {clean(one.client_name or '')}"
    facts = "  (forgotten)" if one.facts is None else ", ".join(
        f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in one.facts.items())
    return (f"{place:>8}  {one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}  "
            f"{clean(names.get(one.by, one.by)):<16}  {clean(one.what):<18}{whom}"
            + (f"  {clean(facts)}" if facts else ""))


def _in_words(verdict: Verdict) -> str:
    parts = [f"{verdict.rows} rows checked, up to place {verdict.head}"]
    if verdict.begins_after:
        parts.append(f"older ones were let go up to place {verdict.begins_after}")
    if verdict.forgotten:
        parts.append(f"{verdict.forgotten} of persons who were erased tell nothing any more")
    if verdict.waiting:
        parts.append(f"{verdict.waiting} not chained yet (a running server does it)")
    if verdict.broken is None:
        parts.append(f"whole; head {verdict.head_hash}")
    return "; ".join(parts)
