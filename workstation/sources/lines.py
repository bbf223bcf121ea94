"""The lines to the sources of the settings, with their secrets."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from datetime import datetime

from crm_store.sources.sql import SqlSource
from crm_store.sources.values import Asks
from workstation.settings import Settings, SettingsError
from workstation.sources.http import HttpSource, sign_in
from workstation.sources.line import Line
from workstation.sources.settings import Source, plan_of

LONGEST_SECRET = 4_096


class SecretMissing(SettingsError):
    """The secret of a source cannot be read."""


def lines_of(settings: Settings, clock: Callable[[], datetime]) -> dict[str, Line]:
    """Source id → line. Raises SecretMissing."""
    return {source.id: line_of(source, settings, clock) for source in settings.source}


def line_of(source: Source, settings: Settings, clock: Callable[[], datetime]) -> Line:
    plan = plan_of(source, settings.company.currency)
    secret = secret_of(source)
    asks: Asks = (SqlSource(plan, secret) if source.kind == "sql" else
                  HttpSource(plan, sign_in(source.sign_in, source.header, secret)))
    return Line(plan, asks, clock)


def secret_of(source: Source) -> str:
    """"" for a source without one. Raises SecretMissing."""
    if source.secret_env is not None:
        secret = os.environ.get(source.secret_env, "")
        where = f"the environment's {source.secret_env}"
    elif source.secret_file is not None:
        where = str(source.secret_file)
        try:
            secret = source.secret_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as exc:
            raise SecretMissing(f"source {source.id}: {where} cannot be read") from exc
    else:
        return ""
    secret = secret.strip()
    if not secret or len(secret) > LONGEST_SECRET or not secret.isprintable():
        raise SecretMissing(f"source {source.id}: {where} holds no secret of one line")
    return secret


def others_can_read(source: Source) -> bool:
    """Whether the secret's file is open to others than its owner."""
    if source.secret_file is None:
        return False
    try:
        return bool(stat.S_IMODE(source.secret_file.stat().st_mode) & 0o077)
    except OSError:
        return False
