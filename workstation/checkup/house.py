"""Checks of our own house: data folder, secret, settings, database, people, billing elsewhere."""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from crm_store import clients, staff
from crm_store.errors import NotMigrated, StoreError
from crm_store.sources.values import NothingKnown, Refused, SourceTrouble
from crm_store.store import Store
from cti.secrets import load
from workstation.checkup.finding import Finding, good
from workstation.pbx_plan import plan_of
from workstation.settings import Settings, SettingsError
from workstation.sources.lines import line_of, others_can_read
from workstation.sources.settings import Source

NOBODYS_KEY = "0"           # an account's number, a client's id or a phone that is none


def data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    if not folder.exists():
        says = f"{folder} is not there"
    elif not folder.is_dir():
        says = f"{folder} is no folder"
    elif not os.access(folder, os.W_OK | os.X_OK):
        says = f"{folder} cannot be written"
    else:
        return good("data folder", f"{folder} can be written")
    return Finding("data folder", "red", says, "make it, or set data_dir to a folder of yours")


def secret_file(settings: Settings) -> Finding:
    try:
        mode = stat.S_IMODE(settings.secret_file.stat().st_mode)
    except OSError:
        return Finding("secret", "red", f"{settings.secret_file} is not there",
                       "start deskline serve or deskline pbx up once: it is made then")
    if mode & 0o077:
        return Finding("secret", "red", f"others can read {settings.secret_file}",
                       f"chmod 600 {settings.secret_file}")
    if secret(settings) is None:
        return Finding("secret", "red", f"{settings.secret_file} cannot be read or is cut short",
                       "restore it from a copy; a new one changes every password of Asterisk")
    return good("secret", "only its owner can read it")


def secret(settings: Settings) -> bytes | None:
    """The installation's secret, None where it cannot be read."""
    try:
        return load(settings.secret_file)
    except (OSError, ValueError):
        return None


def plan(settings: Settings) -> Finding:
    """Whether Asterisk's configuration can be made of the settings."""
    if secret(settings) is None:
        return Finding("settings", "yellow", "not checked, for there is no secret yet",
                       "mend the secret first")
    try:
        for pbx in settings.asterisks:
            plan_of(settings, name=pbx.name)
    except SettingsError as exc:
        return Finding("settings", "red", str(exc), "correct this value in the settings")
    return good("settings", "Asterisk's configuration can be made of them")


async def database(settings: Settings) -> AsyncIterator[Finding]:
    try:
        store = Store(settings.store_url)
    except StoreError as exc:
        yield Finding("database", "red", str(exc), "correct store.url")
        return
    try:
        if not _is_there(store):
            yield Finding("database", "red", f"{store.url.database} is not there",
                          "deskline migrate")
            return
        async with store.read() as tx:
            people = await staff.everyone(tx)
            await clients.by_account(tx, "-")
        yield good("database", "reached, tables are there")
        yield _people(people)
    except NotMigrated as exc:
        yield Finding("database", "red", str(exc), "deskline migrate")
    except StoreError as exc:
        yield Finding("database", "red", str(exc), "check store.url and deskline migrate")
    finally:
        await store.close()


def _is_there(store: Store) -> bool:
    """Asking SQLite for a file that is not there would make it."""
    return store.url.get_backend_name() != "sqlite" or Path(store.url.database or "").is_file()


def _people(people: list[staff.Person]) -> Finding:
    people = [person for person in people if person.is_active]
    without = [person.login for person in people if person.password_hash is None]
    if not people or len(without) == len(people):
        return Finding("people", "red", "nobody can sign in",
                       "start deskline serve once, then deskline staff password LOGIN")
    if without:
        return Finding("people", "yellow", f"no password yet: {', '.join(without)}",
                       "deskline staff password LOGIN")
    return good("people", f"{len(people)} can sign in")


# ── billing elsewhere ────────────────────────────────────────────────────────────────────────
async def sources(settings: Settings) -> AsyncIterator[Finding]:
    """Each source is asked for a key that nobody has: that it knows nothing is an answer."""
    for source in settings.source:
        yield await _source(source, settings)


async def _source(source: Source, settings: Settings) -> Finding:
    check, mend = f"source {source.id}", f"deskline sources test {source.id} KEY, with a real one"
    if others_can_read(source):
        return Finding(check, "red", f"others can read {source.secret_file}",
                       f"chmod 600 {source.secret_file}")
    try:
        line = line_of(source, settings, lambda: datetime.now(UTC))
    except SettingsError as exc:
        return Finding(check, "red", str(exc), "write the secret there")
    try:
        await line.ask(NOBODYS_KEY)
    except NothingKnown:
        return good(check, "answers")
    except Refused as exc:
        return Finding(check, "yellow", f"answers, but not as described: {exc}", mend)
    except SourceTrouble as exc:
        return Finding(check, "red", f"{exc} [{exc.reason}]", mend)
    finally:
        await line.close()
    return good(check, "answers")
