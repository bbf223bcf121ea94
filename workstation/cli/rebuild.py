"""`deskline rebuild`: interactions computed once more from the tape."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import click

from crm_store.errors import StoreError
from crm_store.store import Store
from workstation import rebuilding
from workstation.cli.options import (
    Failure,
    json_option,
    print_json,
    progress_bar,
    with_settings,
)
from workstation.rebuilding import Comparison, Stretch
from workstation.regions import regions_of
from workstation.settings import Settings
from workstation.sites import link_plan


@click.command("rebuild")
@click.option("--from", "since", required=True, metavar="MOMENT",
              help="Calls that began from then on: 2026-11-22 or 2026-11-22T10:00, "
                   "the company's time.")
@click.option("--to", "until", metavar="MOMENT", help="Up to then, excluded; default now.")
@click.option("--apply", "applies", is_flag=True, help="Make the base say what the tape says.")
@click.option("--asterisk", "name", default="", metavar="NAME",
              help="Whose tape, where there are several; default that of [pbx].")
@json_option
@with_settings
def command(settings: Settings, *, since: str, until: str | None, applies: bool,
            name: str, as_json: bool) -> None:
    """Compute interactions from the tapes and show what differs from the base.

    Changes nothing without --apply. Calls told from Asterisk's own records after a gap are left
    as they are: the tape did not see them.
    """
    zone = ZoneInfo(settings.company.time_zone)
    begin = _moment(since, zone, "--from")
    end = _moment(until, zone, "--to") if until else datetime.now(UTC)
    if end <= begin:
        raise click.UsageError("--to must be later than --from")
    try:
        plan = link_plan(settings, b"", None, name)
    except LookupError as exc:
        raise Failure(str(exc)) from exc
    stretch = Stretch(folder=plan.tape_dir, pbx=plan.pbx, operators=plan.operators,
                      apart=plan.apart, regions=regions_of(settings), since=begin, until=end)
    damaged: list[str] = []
    try:
        comparison, written = asyncio.run(_rebuild(settings, stretch, damaged, applies=applies))
    except StoreError as exc:
        raise Failure(f"{exc}") from exc
    if as_json:
        print_json(_facts(stretch, comparison, written, damaged))
    else:
        _show(comparison, written, applies=applies)
    if damaged:
        raise Failure("; ".join(damaged))


async def _rebuild(settings: Settings, stretch: Stretch, damaged: list[str], *,
                   applies: bool) -> tuple[Comparison, int]:
    def damage(day: str, error: Exception) -> None:
        damaged.append(f"the tape of {day} cannot be read to its end: {error}")

    with progress_bar("tape") as tell:
        taped = await asyncio.to_thread(rebuilding.recompute, stretch, tell, damage)
    store = Store(settings.store_url)
    try:
        comparison = await rebuilding.compare(store, stretch, taped)
        written = 0
        if applies:
            with progress_bar("calls") as tell:
                written = await rebuilding.apply(store, taped, comparison, tell)
        return comparison, written
    finally:
        await store.close()


def _moment(text: str, zone: ZoneInfo, option: str) -> datetime:
    try:
        if len(text) == len("2026-11-22"):
            return datetime.combine(date.fromisoformat(text), time(), zone).astimezone(UTC)
        at = datetime.fromisoformat(text)
    except ValueError as exc:
        raise click.UsageError(f"{option}: {text!r} is no moment, e.g. 2026-11-22T10:00") from exc
    return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)


def _facts(stretch: Stretch, found: Comparison, written: int,
           damaged: list[str]) -> dict[str, Any]:
    return {
        "from": stretch.since.isoformat(), "to": stretch.until.isoformat(),
        "calls": found.calls, "missing": list(found.missing),
        "different": {call: {one.field: {"base": _json(one.base), "tape": _json(one.tape)}
                             for one in parts} for call, parts in found.different.items()},
        "reconstructed": list(found.mended), "not_on_tape": list(found.untaped),
        "written": written, "damaged": damaged}


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    if hasattr(value, "started_at"):
        return [value.kind, value.who, _json(value.started_at),  # type: ignore[attr-defined]
                _json(value.ended_at)]      # type: ignore[attr-defined]
    return value


def _show(found: Comparison, written: int, *, applies: bool) -> None:
    for call in found.missing:
        click.echo(f"{call}  is not in the base")
    for call, parts in found.different.items():
        for one in parts:
            click.echo(f"{call}  {one.field}: base {_json(one.base)}  tape {_json(one.tape)}")
    said = f"{written} written" if applies else "nothing written (--apply writes)"
    click.echo(f"{found.calls} calls on the tape, {len(found.missing)} not in the base, "
               f"{len(found.different)} different, {len(found.mended)} reconstructed, "
               f"{len(found.untaped)} in the base alone; {said}")
