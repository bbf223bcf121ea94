"""`deskline serve`: the workstation server."""

from __future__ import annotations

import asyncio

import click

from workstation import logs
from workstation.cli.options import Failure, with_settings
from workstation.serve import CannotServe, first_of, serve
from workstation.settings import Settings


@click.command()
@with_settings
def command(settings: Settings) -> None:
    """The workstation server: web, API, live stream, dialler. Ctrl-C stops it."""
    logs.set_up("INFO")
    try:
        asyncio.run(serve(settings, say=lambda text: click.echo(text, err=True)))
    except* CannotServe as problems:
        raise Failure(str(first_of(problems))) from None
