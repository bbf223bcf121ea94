"""`deskline rehearse`: synthetic calls through trunk, menu and queue, and what became of them."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict

import click

from crm_store.errors import StoreError
from cti.pbx.errors import PbxError
from workstation.cli.options import Failure, json_option, leaves, print_json, with_settings
from workstation.pbx_plan import colleagues_of, plan_of
from workstation.rehearsal.report import Report
from workstation.rehearsal.run import Rehearsal, rehearse
from workstation.rehearsal.server import is_ready, live_url
from workstation.settings import Settings


@click.command()
@click.option("--calls", type=click.IntRange(1, 10_000), default=20, show_default=True)
@click.option("--per-second", type=click.FloatRange(0.05, 20), default=0.5, show_default=True,
              help="Pace of the calls.")
@click.option("--seed", type=int, help="The same callers again.")
@json_option
@with_settings
def command(settings: Settings, calls: int, per_second: float, seed: int | None,
            as_json: bool) -> None:
    """Synthetic callers against the running demo, and a report: placed, answered, popped,
    logged, lost. Exit code 1 when a call was lost."""
    url = settings.server.url
    if not is_ready(url):
        raise Failure(f"no Deskline serves {url}; start one with make demo QUIET=1")
    plan = plan_of(settings, world=colleagues_of(settings))
    wanted = Rehearsal(calls, per_second, seed)
    problems: list[Exception] = []
    try:
        found = asyncio.run(rehearse(settings, plan, wanted, url=live_url(url),
                                     progress=_progress))
    except* (PbxError, StoreError, OSError) as group:
        problems = [*leaves(group)]
    if problems:
        raise Failure(str(problems[0]))
    print_json(asdict(found)) if as_json else click.echo(_in_words(found))
    if not found.is_whole:
        raise Failure(f"{found.lost} calls lost, {found.refused} not placed")


def _progress(over: int, of: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{over} of {of} calls are over ", err=True, nl=over == of)


def _in_words(found: Report) -> str:
    return (f"placed {found.placed}: answered {found.answered}, served by the menu "
            f"{found.served}, abandoned {found.abandoned}\n"
            f"popped while ringing {found.popped}, logged {found.logged}, lost {found.lost}")
