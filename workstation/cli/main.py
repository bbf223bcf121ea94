"""The command `deskline`: its subcommands are imported only when they are run.

Exit codes: 0 done · 1 failed · 2 wrong use. An error is one line on standard error.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click

from workstation import logs
from workstation.build import VERSION
from workstation.cli.options import Failure
from workstation.errors import in_words
from workstation.settings import DataFolderUnusable, SettingsError

# name → (module below workstation.cli, its click command, one line of help)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "serve": ("serve", "command", "The workstation server: web, API, live stream, dialler."),
    "ivr": ("ivr", "command", "The voice menu server (FastAGI)."),
    "hours": ("hours", "command", "Opening hours: what would happen at …; close at once."),
    "pbx": ("pbx", "command", "The private Asterisk: up, down, status, config."),
    "terminal": ("terminal", "command", "The workplace in a terminal."),
    "migrate": ("migrate", "command", "The tables of this version, or of another one."),
    "backup": ("backup", "backup_command", "Keep everything in one file, while the server works."),
    "restore": ("backup", "restore_command", "Put back what a backup kept."),
    "copy": ("backup", "copy_command", "The base to another engine: SQLite, PostgreSQL."),
    "sample": ("store", "sample_command", "Fill the database with sample clients."),
    "client": ("clients", "command", "A client's card: show, add, change; who changed it."),
    "fields": ("fields", "command", "Fields of your own: list, add, change, retire."),
    "import": ("imports", "command", "Clients and their billing from a table; resume, undo."),
    "search": ("search", "command", "Find a client by whatever is known of him."),
    "duplicates": ("duplicates", "command", "Clients who may be one: find, decide, merge, part."),
    "routing": ("routing", "command", "Whom calls reach: check rules, try them on past calls."),
    "staff": ("staff", "command", "People who sign in: list them, set a password."),
    "campaign": ("campaign", "command", "Create, import, start, pause, stop, coverage."),
    "tasks": ("tasks", "command", "What somebody must do by when."),
    "sources": ("sources", "command", "Billing that lives elsewhere: list, test."),
    "audit": ("audit", "command", "Who saw and changed what; whether the chain is whole."),
    "person": ("person", "command", "All that is kept of a person: find, export, erase."),
    "retention": ("retention", "command", "What is kept how long; let go what is older."),
    "replay": ("replay", "command", "Recorded telephone events in, changes out."),
    "rebuild": ("rebuild", "command", "Interactions once more from the tapes: what differs."),
    "rehearse": ("rehearse", "command", "Synthetic traffic, with a report."),
    "demo": ("demo", "command", "A whole contact centre with sample data, on this machine."),
    "doctor": ("doctor", "command", "Check a set-up and say what to mend."),
}


class LazyGroup(click.Group):
    """Subcommands by name; a terminal user does not wait for the server's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        loaded = importlib.import_module(f"workstation.cli.{module}")
        command = getattr(loaded, attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"workstation.cli.{module}.{attribute} is no click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, message="deskline %(version)s")
def deskline() -> None:
    """Deskline: a contact centre's workplace on Asterisk."""


def main(args: Sequence[str] | None = None) -> None:
    """The console script; ends the process with the exit code of the module's docstring."""
    logs.set_up()
    sys.exit(run(args))


def run(args: Sequence[str] | None = None) -> int:
    try:
        code = deskline.main(args=args, prog_name="deskline", standalone_mode=False)
    except click.UsageError as exc:
        return _complain(exc.ctx, exc.format_message(), 2)
    except DataFolderUnusable as exc:
        return _complain(None, str(exc), 1)
    except SettingsError as exc:
        return _complain(None, str(exc), 2)
    except (Failure, click.ClickException) as exc:
        return _complain(None, exc.format_message(), 1)
    except OSError as exc:
        return _complain(None, str(exc), 1)
    except (click.Abort, KeyboardInterrupt):
        return _complain(None, "stopped", 1)
    return code if isinstance(code, int) else 0


def _complain(context: click.Context | None, message: str, code: int) -> int:
    name = context.command_path if context is not None else "deskline"
    hint = f" (see {name} --help)" if context is not None else ""
    click.echo(f"{name}: {' '.join(in_words(message).split())}{hint}", err=True)
    return code


if __name__ == "__main__":
    main()
