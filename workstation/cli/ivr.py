"""`deskline ivr`: the voice menu server, and looking after its menus and prompts."""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from crm_store.errors import StoreError
from cti.pbx.errors import PbxError
from cti.pbx.find import unpack_espeak
from ivr import menu_file, wording
from ivr.flows import FACTS, LOOK_UPS
from ivr.menu import Menu
from ivr.plan import Entry, IvrPlan, shipped_menu, shipped_wording
from ivr.server import run
from ivr.speech import Progress, PromptCache, SpeechFailed, Voice
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.settings import Settings, SettingsError, load

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
    plan = with_voice(plan_of(settings))
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
    plan = with_voice(plan_of(settings))
    cache, wanted = PromptCache(plan.prompts_dir, plan.voice), _texts(plan)
    with _failures(settings), _progress() as progress:
        spoken = asyncio.run(cache.build(wanted, progress=progress))
    if as_json:
        print_json({"prompts": len(wanted), "spoken": spoken, "folder": plan.prompts_dir})
    else:
        click.echo(f"{len(wanted)} prompts are there, {spoken} of them new.")


@command.command("check")
@json_option
@with_settings
def check_command(settings: Settings, *, as_json: bool) -> None:
    """Check menus, wording and prompts."""
    plan = plan_of(settings)
    missing = PromptCache(plan.prompts_dir, plan.voice).missing(_texts(plan))
    facts = {
        "menus": {name: sorted(menu.steps) for name, menu in plan.menus.items()},
        "language": plan.wording.language, "phrases": len(plan.wording.phrases),
        "entries": {number: entry.queue for number, entry in plan.entries.items()},
        "prompts": len(_texts(plan)), "prompts_missing": len(missing)}
    if as_json:
        print_json(facts)
        return
    click.echo(f"Menus: {', '.join(plan.menus)}. Language: {plan.wording.language}. "
               f"Prompts: {facts['prompts']}, {len(missing)} not spoken yet.")


def plan_of(settings: Settings) -> IvrPlan:
    """The menu server's plan. Raises SettingsError naming file and place of every fault."""
    spoken = _wording(settings)
    known = menu_file.Known(spoken.phrases, [queue.id for queue in settings.queue],
                            LOOK_UPS.keys(), FACTS.keys())
    menu = _menu(settings, known)
    entries = {entry.number.removeprefix("+"): Entry(entry.menu, entry.queue, entry.region)
               for entry in settings.entry}
    for number, entry in entries.items():
        if entry.menu != menu.id:
            raise SettingsError(f"entry {number}: there is no menu {entry.menu!r}")
    return IvrPlan(
        host=settings.menu.host, port=settings.menu.port, store_url=settings.store_url,
        prompts_dir=settings.data_dir.absolute() / "prompts", menus={menu.id: menu},
        wording=spoken, voice=Voice(spoken.voice, spoken.rate), entries=entries,
        currency=settings.company.currency, region=settings.company.region,
        time_zone=ZoneInfo(settings.company.time_zone))


def _wording(settings: Settings) -> wording.Wording:
    language = settings.menu.language
    try:
        return wording.parse(shipped_wording(language), company=settings.company.name,
                             file=f"{language}.toml")
    except (wording.WordingInvalid, FileNotFoundError) as exc:
        raise SettingsError(str(exc)) from exc


def _menu(settings: Settings, known: menu_file.Known) -> Menu:
    file = settings.menu.file
    try:
        text = Path(file).read_text("utf-8") if file else shipped_menu()
        return menu_file.parse(text, known, file=file or "main.toml")
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"the menu {file} cannot be read: {exc}") from exc
    except menu_file.MenuInvalid as exc:
        raise SettingsError(str(exc)) from exc


def with_voice(plan: IvrPlan) -> IvrPlan:
    """The plan with an espeak-ng to speak by; looked for only where a prompt is missing."""
    if not PromptCache(plan.prompts_dir, plan.voice).missing(_texts(plan)):
        return plan
    try:
        found = unpack_espeak(plan.prompts_dir.parent)
    except (PbxError, OSError) as exc:
        raise Failure(f"there is no voice to speak the prompts with: {exc}") from exc
    environment = {**found.environment, "DESKLINE_ESPEAK": found.command}
    return replace(plan, voice=replace(plan.voice, environment=tuple(environment.items())))


def _texts(plan: IvrPlan) -> frozenset[str]:
    return wording.texts(plan.wording, plan.currency)


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
