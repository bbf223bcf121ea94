"""`deskline terminal`: the workplace of operator and supervisor in a terminal."""

from __future__ import annotations

import os
import sys

import click

from workstation import texts
from workstation.cli.options import Failure, with_settings
from workstation.settings import Settings

# BDSM (ECMA-48): the terminal shall not reorder letters by itself, or columns would change places
KEEP_ORDER, REORDER = "\x1b[8l", "\x1b[8h"


@click.command()
@click.option("--server", metavar="URL", envvar="DESKLINE_URL",
              help="The workstation server; default that of the settings.")
@click.option("--login", default="", metavar="NAME", help="Who signs in; the password is asked.")
@with_settings
def command(settings: Settings, *, server: str | None, login: str) -> None:
    """The workplace in a terminal, at 100 x 30 characters and up.

    The password is asked on the screen, or taken from DESKLINE_PASSWORD; it is never an argument.
    """
    from workstation.protocol import SignIn
    from workstation.terminal.app import Terminal
    from workstation.terminal.link import UnusableUrl
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise Failure("needs a terminal to draw in")
    password = os.environ.pop("DESKLINE_PASSWORD", "") if login else ""
    try:
        app = Terminal(server or settings.server.url, locale=_locale(),
                       entry=SignIn(login=login, password=password))
    except UnusableUrl as exc:
        raise click.BadParameter(str(exc), param_hint="--server") from exc
    for size in ("COLUMNS", "LINES"):   # of another window, left by a shell or by readline
        os.environ.pop(size, None)
    click.echo(KEEP_ORDER, nl=False)
    try:
        app.run()
    finally:
        click.echo(REORDER, nl=False)
    if app.return_code:
        raise Failure("the terminal ended unexpectedly")


def _locale() -> str:
    """The language until somebody is signed in."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    language = (wanted or "en")[:2].lower()
    return language if language in texts.LOCALES else texts.FALLBACK
