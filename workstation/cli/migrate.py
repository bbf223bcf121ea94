"""`deskline migrate`: the tables of this version, or of another one."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import click

from crm_store import migrate, revisions
from crm_store.errors import StoreError, WouldLose
from crm_store.migrate import Walk
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.settings import Settings


@click.command()
@click.option("--to", "revision", default=migrate.HEAD, metavar="REVISION",
              help="Up or down to this revision; default: this version's.")
@click.option("--force", is_flag=True, help="Down, also where that loses data.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, change nothing.")
@click.option("--list", "is_list", is_flag=True, help="The revisions this version knows.")
@json_option
@with_settings
def command(settings: Settings, revision: str, force: bool, dry_run: bool, is_list: bool,
            as_json: bool) -> None:
    """Bring the database to this version's tables, creating it if need be, or back.

    Before a downgrade of Deskline: stop the server, `deskline backup`, then `deskline migrate
    --to REVISION` with this version. A way down that would lose data says what, and is refused
    without --force.
    """
    try:
        if is_list:
            _say_steps(asyncio.run(revisions.plan(settings.store_url)), as_json=as_json)
        elif dry_run:
            _say(asyncio.run(revisions.plan(settings.store_url, revision)), "would go",
                 as_json=as_json)
        else:
            _say(asyncio.run(revisions.walk(settings.store_url, revision, force=force)), "went",
                 as_json=as_json)
    except WouldLose as exc:
        raise Failure(f"{exc}; nothing was changed (--force goes on all the same)") from exc
    except StoreError as exc:
        raise Failure(str(exc)) from exc


def _say(done: Walk, verb: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"from": done.start, "revision": done.end, "lost": list(done.loses)})
        return
    if done.start == done.end:
        click.echo(f"The database has the tables of revision {done.end}.")
        return
    click.echo(f"The database {verb} from {done.start or 'nothing'} to revision {done.end}.")
    for lost in done.loses:
        click.echo(f"{'would be lost' if verb == 'would go' else 'lost'}: {lost}")


def _say_steps(place: Walk, *, as_json: bool) -> None:
    steps = migrate.steps()
    if as_json:
        print_json({"revision": place.start, "steps": [asdict(step) for step in steps]})
        return
    for step in steps:
        mark = "→" if step.revision == place.start else " "
        click.echo(f"{mark} {step.revision}  {step.says}")
    if place.start is None:
        click.echo("The database has no tables yet.")
