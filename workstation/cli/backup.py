"""`deskline backup`, `restore` and `copy`: the whole base, kept, put back, moved."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from crm_store import backup, backup_file, copying
from crm_store.backup import Restored
from crm_store.backup_file import Manifest
from crm_store.errors import StoreError
from workstation import installation
from workstation.build import VERSION
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.cli.stages import stages
from workstation.settings import Settings

T = TypeVar("T")
_ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE, if it is there.")
@json_option
@with_settings
def backup_command(settings: Settings, file: Path, force: bool, as_json: bool) -> None:
    """Keep everything in FILE: the base, the secret, the settings. The server may go on working.

    FILE holds the base as of the moment this begins, checked row by row, and appears only when
    it is whole; a folder gets a file named by date and time. It contains the secret of the
    installation, the settings and hashes of passwords: it is readable by you alone, keep it so.

    Recorded telephone events (tapes), logs and spoken prompts are not in it.
    """
    now = _now()
    file = file / f"deskline-{now:%Y%m%d-%H%M%S}.backup" if file.is_dir() else file
    if file.exists() and not force:
        raise Failure(f"{file} is there already: choose another name, or --force replaces it")
    files = installation.files(settings, _config())
    missing = installation.from_environment(os.environ)
    with stages() as tell:
        manifest = _run(backup.make(
            settings.store_url, file, now=now, version=VERSION, parts=files, progress=tell,
            facts={"environment": " ".join(missing)}))
    if as_json:
        print_json(_facts(file, manifest, files))
        return
    click.echo(f"{file}: {_size(file)}, {_contents(manifest)}; checked.")
    click.echo(f"With it: {_listed(files) or 'no secret and no settings file: none is here'}. "
               "Only you can read it; keep it so.")
    if missing:
        click.echo(f"Not in it, for they come from the environment: {', '.join(missing)}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True,
              help="Also where a base with data is; that one is kept aside.")
@click.option("--dry-run", is_flag=True, help="Check FILE, say what is in it, change nothing.")
@json_option
@with_settings
def restore_command(
    settings: Settings, file: Path, force: bool, dry_run: bool, as_json: bool
) -> None:
    """Put back what `deskline backup` kept in FILE. Stop the server first.

    The base goes where [store] url says, on either engine, and is brought to this version's
    tables. FILE is checked before; a base with data is refused without --force and kept aside
    with it. Where there is no settings file, the one in FILE is used and put here.
    """
    try:
        files = backup_file.files_of(file)
        if installation.settings_file(_config()) is None:
            settings = installation.settings_within(files) or settings
    except StoreError as exc:
        raise Failure(str(exc)) from exc
    if dry_run:
        _say_examined(file, files, as_json=as_json)
        return
    if installation.differs(settings, files) and not force:
        raise Failure(f"another secret is here ({settings.secret_file}): --force keeps it aside "
                      "and puts the backup's in its place")
    now = _now()
    with stages() as tell:
        done = _run(backup.restore(file, settings.store_url, now=now, force=force, progress=tell))
    placed = installation.place(settings, _config(), files, now=now)
    if as_json:
        print_json(_facts(file, done.manifest, files) | {
            "revision_now": done.revision, "aside": done.aside,
            "placed": [asdict(one) for one in placed]})
    else:
        _say_restored(done, placed)


@click.command()
@click.option("--to", "target", envvar="DESKLINE_COPY_TO", required=True, metavar="URL",
              help="postgresql://USER@HOST/NAME or sqlite:///FILE; also DESKLINE_COPY_TO.")
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Its first line is the password for URL; else ~/.pgpass or PGPASSWORD.")
@json_option
@with_settings
def copy_command(
    settings: Settings, target: str, password_file: Path | None, as_json: bool
) -> None:
    """Everything in the base into another one, on either engine: SQLite to PostgreSQL and back.

    The server may go on working: what is copied is the moment this begins, so stop it before
    you change over. The target must have no rows. It is filled whole or not at all, and compared
    with the source by count and checksum of each table; a copy that broke off is started again.
    """
    context = click.get_current_context()
    is_argument = context.get_parameter_source("target") is ParameterSource.COMMANDLINE
    if is_argument and _has_password(target):
        raise click.UsageError("a password in an argument is seen by everybody on this machine: "
                               "use --password-file, ~/.pgpass or DESKLINE_COPY_TO")
    password = _first_line(password_file) if password_file else None
    with stages() as tell:
        done = _run(_copy(settings.store_url, target, password, tell))
    shown = copying.shown(target)
    if as_json:
        print_json({"to": shown, "revision": done.revision, "rows": done.rows,
                    "tables": {name: asdict(tally) for name, tally in done.tables.items()}})
    else:
        click.echo(f"{shown} has {done.rows:,} rows in {len(done.tables)} tables, "
                   "the same as the source by count and checksum.")
        click.echo("To work with it, set url in [store] of the settings and start the server.")


def _has_password(target: str) -> bool:
    try:
        return copying.has_password(target)
    except StoreError as exc:
        raise click.UsageError(str(exc)) from exc


async def _copy(source: str, target: str, password: str | None,
                tell: copying.Progress) -> copying.Copied:
    return await copying.copy(source, copying.address(target, password), progress=tell)


def _say_examined(file: Path, files: dict[str, bytes], *, as_json: bool) -> None:
    with stages() as tell:
        manifest = _run(backup.examine(file, progress=tell))
    if as_json:
        print_json(_facts(file, manifest, files))
        return
    click.echo(f"{file} is whole: {_contents(manifest)}.")
    click.echo(f"With it: {_listed(files) or 'nothing'}. Nothing was changed.")


def _say_restored(done: Restored, placed: list[installation.Placed]) -> None:
    click.echo(f"Restored: {_contents(done.manifest)}; checked, now at {done.revision}.")
    if done.aside:
        click.echo(f"The base that was here is kept: {done.aside}")
    for one in placed:
        if one.how == "restored" and not installation.is_quiet(one.name):
            kept = f" (the one that was here: {one.kept})" if one.kept else ""
            click.echo(f"{one.name}: {one.path}{kept}")
        if one.how == "beside":
            click.echo(f"{one.name}: another is here and stays; the backup's is {one.path}")
        if installation.is_quiet(one.name) and one.how == "restored":
            click.echo("The server tells calls since then again, as far as they are on tape.")
    if names := done.manifest.facts.get("environment"):
        click.echo(f"These settings came from the environment: {', '.join(names.split())}")


def _facts(file: Path, manifest: Manifest, files: dict[str, bytes]) -> dict[str, Any]:
    return {
        "file": str(file), "made_at": manifest.made_at.isoformat(), "version": manifest.version,
        "revision": manifest.revision, "engine": manifest.engine, "rows": manifest.rows,
        "tables": {name: asdict(tally) for name, tally in manifest.tables.items()},
        "files": sorted(files), "environment": manifest.facts.get("environment", "").split()}


def _contents(manifest: Manifest) -> str:
    return (f"{manifest.rows:,} rows in {len(manifest.tables)} tables as of "
            f"{manifest.made_at.astimezone():%Y-%m-%d %H:%M:%S} (Deskline {manifest.version}, "
            f"{_ENGINES.get(manifest.engine, manifest.engine)}, revision {manifest.revision})")


def _listed(files: dict[str, bytes]) -> str:
    names = {installation.SECRET: "the secret", installation.SETTINGS: "the settings",
             installation.MENU: "the menu", installation.ANCHORS: "the audit's anchors"}
    sources = [f"the sign-in of source {name.removeprefix(installation.SOURCE)}"
               for name in files if name.startswith(installation.SOURCE)]
    return ", ".join([*(word for name, word in names.items() if name in files), *sources])


def _size(file: Path) -> str:
    return f"{file.stat().st_size / (1 << 20):,.1f} MiB"


def _first_line(file: Path) -> str:
    lines = file.read_text().splitlines()
    if not lines or not lines[0]:
        raise Failure(f"{file} has no password on its first line")
    return lines[0]


def _config() -> Path | None:
    """What --config says."""
    config = click.get_current_context().params.get("config")
    return config if isinstance(config, Path) else None


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except StoreError as exc:
        raise Failure(str(exc)) from exc
    except TimeoutError as exc:
        raise Failure("it took longer than a day and was given up; nothing was changed") from exc


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
