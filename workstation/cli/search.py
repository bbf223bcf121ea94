"""`deskline search TEXT`: who a client is, by whatever is known of him."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import click

from crm_store.errors import StoreError
from crm_store.search import Hit, search
from crm_store.store import Store
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.settings import Settings
from workstation.terminal.clean import clean

_MOST = 500


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, _MOST), default=20, show_default=True)
@json_option
@with_settings
def command(settings: Settings, text: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find clients by name (typos, either alphabet), number or part of it, account, e-mail,
    address, request number or a searchable field; best first."""
    wanted = " ".join(text).strip()
    if not wanted:
        raise click.UsageError("TEXT is empty")
    hits = asyncio.run(_find(settings, wanted, limit))
    if as_json:
        print_json([asdict(hit) for hit in hits])
    elif hits:
        for hit in hits:
            click.echo(_line(hit))
    else:
        click.echo("Nobody found.")


async def _find(settings: Settings, text: str, limit: int) -> list[Hit]:
    store = Store(settings.store_url)
    try:
        async with store.read() as tx:
            return await search(tx, text, limit=limit, region=settings.company.region)
    except StoreError as exc:
        raise Failure(str(exc)) from exc
    finally:
        await store.close()


def _line(hit: Hit) -> str:
    """`#id  name  [number · account · address]  by: what matched`."""
    is_name = hit.by == "name" and hit.matched == hit.name
    why = "" if is_name else f"  ({hit.field or hit.by}: {_marked(hit)})"
    beside = " · ".join(part for part in (hit.number, hit.account, hit.address) if part)
    name = _marked(hit) if is_name else clean(hit.name)
    like = "  ~" if hit.is_similar else ""
    return f"#{hit.client_id}  {name}{like}{why}" + (f"  {clean(beside)}" if beside else "")


def _marked(hit: Hit) -> str:
    """What matched, in bold where standard output is a terminal."""
    text = clean(hit.matched)
    if text != hit.matched:         # its marks speak of the text as it was
        return text
    out, at = "", 0
    for start, end in hit.marks:
        out += text[at:start] + click.style(text[start:end], bold=True)
        at = end
    return out + text[at:]
