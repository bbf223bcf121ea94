"""`deskline ivr check`, `map`, `try`, `pin`: looking at menus without a telephone."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from crm_store import clients, menu_identity, menus
from crm_store.errors import StoreError
from crm_store.store import Store
from cti.user_events import AttemptReported, ClientIdentified, MenuStepped
from ivr import drawing, menu_file
from ivr.flows import Enquiries
from ivr.house import house_of, with_sounds
from ivr.line import Prompt, ToldByMenu, spoken_text
from ivr.menu_file import MenuInvalid
from ivr.plan import IvrPlan
from ivr.session import House
from ivr.steps import Menu
from ivr.trial import session
from workstation.cli.moment import Moment, local
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.menu_plan import plan_of
from workstation.settings import Settings

FILE = click.Path(dir_okay=False, path_type=Path)
PIN_DIGITS = 6


@click.command("check")
@click.argument("file", type=FILE, required=False)
@json_option
@with_settings
@click.pass_context
def check_command(context: click.Context, settings: Settings, *, file: Path | None,
                  as_json: bool) -> None:
    """Check a menu's FILE, or all that the settings name: menus, wording and prompts.

    Exit code 0: it can be used. 1: faults, each with its line.
    """
    plan = plan_of(settings)
    if file is not None:
        _check_file(context, plan, file, as_json=as_json)
        return
    speakers = house_of(plan).speakers
    prompts = {language: len(one.texts(plan.currency)) for language, one in speakers.items()}
    missing = sum(len(one.prompts.missing(one.texts(plan.currency))) for one in speakers.values())
    facts = {
        "menus": {name: sorted(menu.steps) for name, menu in plan.menus.items()},
        "language": next(iter(speakers)), "languages": list(speakers),
        "entries": {number: entry.queue for number, entry in plan.entries.items()},
        "prompts": sum(prompts.values()), "prompts_missing": missing}
    if as_json:
        print_json(facts)
        return
    click.echo(f"Menus: {', '.join(plan.menus)}. Languages: {', '.join(speakers)}. "
               f"Prompts: {facts['prompts']}, {missing} not spoken yet.")


def _check_file(context: click.Context, plan: IvrPlan, file: Path, *, as_json: bool) -> None:
    try:
        menu = menu_file.parse(_text(file), with_sounds(plan), file=str(file))
    except MenuInvalid as exc:
        if as_json:
            print_json({"ok": False, "faults": [
                {"line": one.line, "place": one.place, "why": one.why} for one in exc.at]})
        else:
            click.echo("\n".join(exc.faults), err=True)
        context.exit(1)
    if as_json:
        print_json({"ok": True, "menu": menu.id, "steps": sorted(menu.steps), "faults": []})
    else:
        click.echo(f"{file}: the menu {menu.id!r} with {len(menu.steps)} steps can be used.")


@click.command("map")
@click.argument("file", type=FILE, required=False)
@click.option("--menu", "name", default="main", show_default=True,
              help="Which menu, where no FILE is named.")
@click.option("--svg", is_flag=True, help="A picture in place of text.")
@with_settings
def map_command(settings: Settings, *, file: Path | None, name: str, svg: bool) -> None:
    """Draw a menu: FILE's, or one of those that the settings name."""
    plan = plan_of(settings)
    menu = _menu(plan, file, name)
    click.echo(drawing.as_svg(menu) if svg else drawing.as_text(menu), nl=svg)


@click.command("try")
@click.argument("file", type=FILE, required=False)
@click.option("--menu", "name", default="main", show_default=True,
              help="Which menu, where no FILE is named.")
@click.option("--number", default="", help="Who calls; empty: a hidden number.")
@click.option("--client", type=int, default=None, help="Known from the start: a client's id.")
@click.option("--language", default="", help="In place of the company's.")
@click.option("--entry", default="", help="The number that is dialled.")
@click.option("--at", type=Moment(), default=None, metavar="WHEN",
              help="As if it were then: 2026-12-31T18:00, the company's time.")
@with_settings
def try_command(settings: Settings, *, file: Path | None, name: str, number: str,
                client: int | None, language: str, entry: str, at: datetime | None) -> None:
    """Walk a menu here: what callers hear is written, keys are typed. Nothing is stored.

    An empty line is silence, `q` hangs up.
    """
    plan = plan_of(settings)
    at = local(settings, at)
    entry = entry.removeprefix("+")
    menu = _menu(plan, file, name)
    house = house_of(replace(plan, menus={**plan.menus, menu.id: menu}))
    try:
        way = asyncio.run(_try(plan, house, menu, number, client, language, entry, at))
        click.echo(f"→ {way}")
    except (KeyboardInterrupt, EOFError, _HungUp):
        click.echo("→ the caller hung up")
    except StoreError as exc:
        raise Failure(str(exc)) from exc


class _HungUp(Exception):
    """The caller typed `q`."""


async def _try(plan: IvrPlan, house: House, menu: Menu, number: str, client: int | None,
               language: str, entry: str, at: datetime | None) -> str:
    store = Store(plan.store_url)
    try:
        async with Enquiries(store, region=plan.region, time_zone=plan.time_zone,
                             office=plan.office, hours=plan.hours, is_trial=True,
                             clock=lambda: at or datetime.now(UTC)) as enquiries:
            caller = replace(enquiries.caller(number or None, entry=entry), client=client)
            walked = session(plan, house, menu.id, enquiries, caller, Typed(), language, entry)
            return await walked.run()
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    finally:
        await store.close()


@dataclass
class Typed:
    """A line whose keys are typed here. Asterisk is not asked: no queue has anybody."""
    told: list[str] = field(default_factory=list)

    async def play(self, prompt: Prompt, keys: str) -> str | None:
        click.echo(f"  “{spoken_text(prompt.fragments)}”")
        return None

    async def wait_for_key(self, timeout_s: float) -> str | None:
        return (await self._typed())[:1] or None

    async def get_digits(self, prompt: Prompt, most: int, timeout_s: float) -> str:
        await self.play(prompt, "")
        return (await self._typed()).rstrip("#")[:most]

    async def tell(self, event: ToldByMenu) -> None:
        match event:
            case MenuStepped(step=step):
                click.echo(f"[{step}]")
            case ClientIdentified(client, how):
                click.echo(f"[client {client}, by {how}]")
            case AttemptReported(status=status):
                click.echo(f"[campaign: {status}]")

    async def ask_pbx(self, what: str) -> str | None:
        return "0"

    async def call_id(self) -> str:
        return ""

    async def record(self, longest_s: int) -> str | None:
        click.echo(f"  (a message of up to {longest_s} s)")
        return None

    async def _typed(self) -> str:
        typed = str(click.prompt("keys", default="", show_default=False, prompt_suffix="> "))
        if typed.strip() == "q":
            raise _HungUp
        return "".join(key for key in typed if key in "0123456789*#")


@click.command("pin")
@click.argument("account")
@with_settings
def pin_command(settings: Settings, *, account: str) -> None:
    """Give the client of an ACCOUNT a new PIN for the menu, and print it. He is asked for it
    where his number is not known to be his."""
    pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))
    try:
        asyncio.run(_set_pin(settings, account, pin))
    except StoreError as exc:
        raise Failure(str(exc)) from exc
    click.echo(pin)


async def _set_pin(settings: Settings, account: str, pin: str) -> None:
    store = Store(settings.store_url)
    try:
        async with store.begin() as tx:
            client = await clients.by_account(tx, account)
            if client is None:
                raise Failure(f"there is no account {account}")
            await menu_identity.set_pin(tx, client, menu_identity.hashed(pin), by="cli",
                                        at=datetime.now(UTC))
    finally:
        await store.close()


@click.command("use")
@click.argument("file", type=FILE)
@click.option("--note", default="", help="What is new.")
@with_settings
def use_command(settings: Settings, *, file: Path, note: str) -> None:
    """Check FILE, keep it as a version, and take it into use; calls under way are not touched."""
    text = _text(file)
    try:
        menu = menu_file.parse(text, with_sounds(plan_of(settings)), file=str(file))
    except MenuInvalid as exc:
        raise Failure("; ".join(exc.faults)) from exc
    try:
        version = asyncio.run(_use(settings, menu.id, text, note))
    except StoreError as exc:
        raise Failure(str(exc)) from exc
    click.echo(f"Version {version} of the menu {menu.id!r} is in use.")


async def _use(settings: Settings, menu: str, text: str, note: str) -> int:
    store, now = Store(settings.store_url), datetime.now(UTC)
    try:
        async with store.begin() as tx:
            version = await menus.save(tx, menu, text, note=note, by="cli", at=now)
            await menus.use(tx, menu, version, by="cli", at=now)
            return version
    finally:
        await store.close()


def _menu(plan: IvrPlan, file: Path | None, name: str) -> Menu:
    if file is None:
        if name not in plan.menus:
            raise Failure(f"there is no menu {name!r}; there are {', '.join(plan.menus)}")
        return plan.menus[name]
    try:
        return menu_file.parse(_text(file), with_sounds(plan), file=str(file))
    except MenuInvalid as exc:
        raise Failure("; ".join(exc.faults)) from exc


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise Failure(f"the menu {file} cannot be read: {exc}") from exc


COMMANDS = (check_command, map_command, try_command, pin_command, use_command)

