"""`deskline pbx up|down|status|config`: the private Asterisk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from cti.pbx.errors import NoAsterisk, PbxError
from cti.pbx.find import Program, find_asterisk
from cti.pbx.plan import OperatorPlan, PbxPlan
from cti.pbx.render_existing import render_for_existing
from cti.pbx.run import Instance, down, instances, pid_of, up
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.pbx_plan import colleagues_of, plan_of
from workstation.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


@click.group(name="pbx")
def command() -> None:
    """The private Asterisk: start, stop, look, or write its files for an Asterisk of yours.

    --config FILE and --json stand behind the subcommand.
    """


def _which(command: F) -> F:
    return click.option("--asterisk", "name", default="", metavar="NAME",
                        help="Which one, where there are several; default that of [pbx].")(command)


@command.command("up")
@_which
@click.option("--world", is_flag=True, help="Also start the Asterisk that plays the outside.")
@with_settings
def up_command(settings: Settings, name: str, world: bool) -> None:
    """Start it (fetching Asterisk on first use) and wait until it is ready."""
    plan = _plan(settings, world, name)
    program = _program(settings)
    try:
        up(plan, program, world=world)
    except PbxError as exc:
        raise Failure(str(exc)) from exc
    click.echo(f"Asterisk {program.version} is up: SIP {plan.host}:{plan.ports.sip}, "
               f"softphones ws://{plan.host}:{plan.ports.http}/ws")


@command.command("down")
@_which
@with_settings
def down_command(settings: Settings, name: str) -> None:
    """Stop it; calls in progress end."""
    try:
        down(_plan(settings, False, name), _program(settings, fetch=False))
    except PbxError as exc:
        raise Failure(str(exc)) from exc


@command.command("status")
@_which
@json_option
@with_settings
def status_command(settings: Settings, name: str, as_json: bool) -> None:
    """What runs, where it listens, and every operator's SIP name and password."""
    plan, program = _plan(settings, False, name), _unpacked(settings)
    if as_json:
        print_json(status(plan, program))
        return
    for instance in _instances(plan, program):
        up = f"up, process {instance['pid']}" if instance["up"] else "down"
        click.echo(f"{instance['name']}: {up}")
    if program is None:
        click.echo("There is no Asterisk here yet: deskline pbx up fetches it.")
    for operator in plan.operators:
        names = ", ".join(operator.endpoints)
        click.echo(f"{operator.id}  {operator.name}: phones {names} (passwords: --json)")


@command.command("config")
@_which
@click.option("--out", "folder", required=True, metavar="DIR", help="Folder to write to.",
              type=click.Path(file_okay=False, path_type=Path))
@with_settings
def config_command(settings: Settings, name: str, folder: Path) -> None:
    """Write the files that an existing Asterisk or FreePBX includes, and a README with each step.

    They hold passwords: mode 0600. Afterwards `deskline doctor` looks whether all of it took.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in render_for_existing(_plan(settings, False, name)).items():
            path = folder / file
            path.touch(mode=0o600)
            path.write_text(text)
            click.echo(path)
    except OSError as exc:
        raise Failure(f"{exc.filename}: {exc.strerror}") from exc


def status(plan: PbxPlan, program: Program | None) -> dict[str, object]:
    """What `status --json` prints; it holds passwords. Without an Asterisk, `asterisk` is None."""
    ports = plan.ports
    return {
        "asterisk": program.version if program else None,
        "instances": _instances(plan, program),
        "host": plan.host, "sip_port": ports.sip, "ami_port": ports.ami,
        "websocket": f"ws://{plan.host}:{ports.http}/ws", "rtp": list(ports.rtp),
        "trunk": f"{plan.trunk_host}:{plan.trunk_port}",
        "entries": [entry.number for entry in plan.entries],
        "operators": [_operator_facts(plan, operator) for operator in plan.operators],
    }


def _instances(plan: PbxPlan, program: Program | None) -> list[dict[str, object]]:
    if program is None:
        return [{"name": name, "up": False, "pid": None, "folder": str(plan.folder / name)}
                for name in ("main", "world")]
    return [_instance_facts(instance) for instance in instances(plan, program, world=True)]


def _instance_facts(instance: Instance) -> dict[str, object]:
    pid = pid_of(instance)
    return {"name": instance.name, "up": pid is not None, "pid": pid,
            "folder": str(instance.site.folder)}


def _operator_facts(plan: PbxPlan, operator: OperatorPlan) -> dict[str, object]:
    desk, web = operator.endpoints
    return {"id": operator.id, "name": operator.name, "sip_name": desk,
            "sip_password": plan.password(f"sip:{desk}"), "web_sip_name": web,
            "web_sip_password": plan.password(f"sip:{web}")}


def _plan(settings: Settings, world: bool, name: str) -> PbxPlan:
    try:
        return plan_of(settings, world=colleagues_of(settings) if world else None, name=name)
    except LookupError as exc:
        raise Failure(str(exc)) from exc


def _unpacked(settings: Settings) -> Program | None:
    """The Asterisk there is, without fetching one."""
    try:
        return find_asterisk(settings.data_dir, fetch=False)
    except NoAsterisk:
        return None


def _program(settings: Settings, *, fetch: bool = True) -> Program:
    try:
        return find_asterisk(settings.data_dir, fetch=fetch,
                             say=lambda text: click.echo(text, err=True))
    except PbxError as exc:
        raise Failure(str(exc)) from exc
