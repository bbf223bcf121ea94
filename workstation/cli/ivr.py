"""`deskline ivr`: the voice menu server, and looking after its menus and prompts."""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from crm_store.errors import StoreError
from cti.pbx.errors import PbxError
from cti.pbx.find import unpack_espeak
from ivr.house import house_of
from ivr.plan import IvrPlan
from ivr.server import run
from ivr.speaking import Speaker
from ivr.speech import Progress, SpeechFailed
from workstation.cli import ivr_menus
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.menu_plan import plan_of
from workstation.settings import Settings, load

OPEN_FILES = 65_536     # a connection per caller, and room for peers that only knock


@click.group(invoke_without_command=True)
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Settings file; default deskline.toml, if it is there.")
@click.pass_context
def command(context: click.Context, config: Path | None) -> None:
    """The voice menu server (FastAGI). Alone it serves, after speaking what is missing."""
    if context.invoked_subcommand is None:
        serve(load(config))
    elif config is not None:
        context.default_map = {name: {"config": config} for name in command.commands}


def serve(settings: Settings) -> None:
    """Until it is stopped by SIGTERM or SIGINT."""
    plan = spoken_plan(settings)
    _allow_open_files()
    with _failures(settings), _progress() as progress:
        asyncio.run(_serve(plan, progress))


async def _serve(plan: IvrPlan, progress: Progress) -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(run(plan, progress=progress, started=_tell), name="menu server")
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)


def _tell(port: int) -> None:
    click.echo(f"The voice menu answers on port {port}.")
    sys.stdout.flush()


@command.command("prompts")
@json_option
@with_settings
def prompts_command(settings: Settings, *, as_json: bool) -> None:
    """Speak every prompt that is missing, and stop."""
    plan = spoken_plan(settings)
    with _failures(settings), _progress() as progress:
        spoken = asyncio.run(_build(plan, progress))
    wanted = sum(len(speaker.texts(plan.currency)) for speaker in speakers_of(plan))
    if as_json:
        print_json({"prompts": wanted, "spoken": spoken, "folder": plan.prompts_dir})
    else:
        click.echo(f"{wanted} prompts are there, {spoken} of them new.")


def spoken_plan(settings: Settings) -> IvrPlan:
    """The plan with an espeak-ng to speak by. Where all is spoken it may as well be missing."""
    plan = plan_of(settings)
    try:
        found = unpack_espeak(plan.prompts_dir.parent)
    except (PbxError, OSError) as exc:
        if not missing(plan):
            return plan
        raise Failure(f"there is no voice to speak the prompts with: {exc}") from exc
    environment = {**found.environment, "DESKLINE_ESPEAK": found.command}
    return plan_of(settings, tuple(environment.items()))


def speakers_of(plan: IvrPlan) -> list[Speaker]:
    return list(house_of(plan).speakers.values())


def missing(plan: IvrPlan) -> int:
    """How many prompts are not spoken yet."""
    return sum(len(speaker.prompts.missing(speaker.texts(plan.currency)))
               for speaker in speakers_of(plan))


async def _build(plan: IvrPlan, progress: Progress) -> int:
    return sum([await speaker.prompts.build(speaker.texts(plan.currency), progress=progress)
                for speaker in speakers_of(plan)])


def _allow_open_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


@contextmanager
def _failures(settings: Settings) -> Iterator[None]:
    """What a person can mend, in one line; everything else stays what it is."""
    try:
        yield
    except (SpeechFailed, StoreError, OSError, ExceptionGroup) as exc:
        cause = _first(exc)
        if isinstance(cause, SpeechFailed):
            raise Failure(f"a prompt cannot be spoken: {cause}") from exc
        if isinstance(cause, StoreError):
            raise Failure(str(cause)) from exc
        if isinstance(cause, OSError):
            address = f"{settings.menu.host}:{settings.menu.port}"
            raise Failure(f"the menu server cannot run on {address}: {cause}") from exc
        raise


def _first(error: Exception) -> Exception:
    return _first(error.exceptions[0]) if isinstance(error, ExceptionGroup) else error


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar where standard output is a terminal; it appears with the first prompt."""
    if not sys.stdout.isatty():
        yield lambda done, total: None
        return

    def show(done: int, total: int) -> None:
        click.echo(f"\rSpeaking prompts {done}/{total}", nl=done == total)

    yield show


for _part in ivr_menus.COMMANDS:
    command.add_command(_part)
