"""`deskline demo`: what `make demo` runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from crm_store.errors import StoreError
from cti.pbx.errors import PbxError
from workstation import logs
from workstation.cli.options import Failure, leaves
from workstation.demo.children import ChildFailed
from workstation.demo.run import run
from workstation.settings import load


@click.command()
@click.option("--quiet", is_flag=True, help="No synthetic callers, colleagues or campaign.")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Settings file; default deskline.toml, if it is there.")
def command(quiet: bool, config: Path | None) -> None:
    """A whole contact centre with sample data on this machine. Ctrl-C stops all of it."""
    logs.set_up("ERROR")
    settings = load(config)
    problems: list[Exception] = []
    try:
        asyncio.run(run(settings, config, quiet=quiet, say=click.echo))
    except* (PbxError, ChildFailed, StoreError, OSError) as group:
        problems = [*leaves(group)]
    if problems:
        raise Failure(str(problems[0]))
