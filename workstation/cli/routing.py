"""`deskline routing`: the rules by which calls find their people, and what others would change."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from crm_store import call_routes
from crm_store.call_routes import Route
from crm_store.errors import StoreError
from crm_store.store import Store
from ivr.routing.rules_file import FACTS, RulesInvalid
from ivr.routing.trying import Tried
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.kept_texts import used
from workstation.routing_desk import NAME, RoutingTexts, try_rules
from workstation.settings import Settings

FILE = click.Path(dir_okay=False, path_type=Path)
SINCE = re.compile(r"([0-9]{1,4})([hd])")


@click.group()
def command() -> None:
    """Whom calls reach after the menu."""


@command.command("check")
@click.argument("file", type=FILE, required=False)
@json_option
@with_settings
@click.pass_context
def check_command(context: click.Context, settings: Settings, *, file: Path | None,
                  as_json: bool) -> None:
    """Check FILE, or the rules of the settings. Exit code 1: faults, each with its line."""
    texts = RoutingTexts(settings)
    name = str(file) if file is not None else "the rules of the settings"
    try:
        rules = texts.rules(_text(file) if file is not None else texts.shipped(NAME))
    except RulesInvalid as exc:
        if as_json:
            print_json({"ok": False, "faults": [
                {"line": one.line, "place": one.place, "why": one.why} for one in exc.at]})
        else:
            click.echo("\n".join(f"{name}:{one.line}: {one.place} {one.why}" for one in exc.at),
                       err=True)
        context.exit(1)
    if as_json:
        print_json({"ok": True, "rules": [rule.id for rule in rules], "faults": []})
    else:
        click.echo(f"{name}: {len(rules)} rules can be used.")


@command.command("facts")
@json_option
@with_settings
def facts_command(settings: Settings, *, as_json: bool) -> None:
    """What rules may ask about."""
    if as_json:
        print_json(dict(FACTS))
        return
    for name, says in FACTS.items():
        click.echo(f"{name:<16} {says}")


@command.command("try")
@click.argument("file", type=FILE, required=False)
@click.option("--since", default="7d", show_default=True, metavar="7d|48h|2026-11-16",
              help="The calls from then on.")
@json_option
@with_settings
def try_command(settings: Settings, *, file: Path | None, since: str, as_json: bool) -> None:
    """What FILE (else the rules in use) would have changed for past calls."""
    now = datetime.now(UTC)
    try:
        found, past = asyncio.run(_try(settings, file, _moment(since, now, settings), now))
    except StoreError as exc:
        raise Failure(str(exc)) from exc
    if as_json:
        print_json(_facts(found, past))
        return
    click.echo(f"{found.calls} calls, {found.changed} would have gone another way.")
    for what, calls in sorted(found.changes.items(), key=lambda one: -one[1]):
        click.echo(f"  {what}: {calls}")
    for (before, after), calls in sorted(found.moves.items(), key=lambda one: -one[1]):
        click.echo(f"  {before} → {after}: {calls}")
    for fact, calls in sorted(found.unknown.items()):
        click.echo(f"  {fact} was not noted of {calls}")
    for one in found.shown[:20]:
        then = past[one.call_id]
        because = "; ".join(reason.rule for reason in one.now.reasons) or "no rule"
        click.echo(f"  {then.at:%Y-%m-%d %H:%M} {then.call_id}: {_way(then)} → {_way(one.now)} "
                   f"({because})")


@command.command("why")
@click.argument("contact", type=int)
@json_option
@with_settings
def why_command(settings: Settings, *, contact: int, as_json: bool) -> None:
    """Why the call of a CONTACT went where it did."""
    try:
        route, talked = asyncio.run(_why(settings, contact))
    except StoreError as exc:
        raise Failure(str(exc)) from exc
    if route is None:
        raise Failure(f"no decision of routing is kept of contact {contact}")
    if as_json:
        print_json({"queue": route.queue, "priority": route.priority, "operator": route.operator,
                    "level": route.level, "version": route.version, "talked": talked,
                    "facts": dict(route.facts), "reasons": list(route.reasons)})
        return
    click.echo(f"{_way(route)}; answered by {talked or 'nobody'}")
    for one in route.reasons:
        facts = ", ".join(f"{name} = {value}" for name, value in one["because"].items())
        click.echo(f"  {one['what']} {one['value']}: {one['rule']} ({facts}) {one['says']}")


async def _try(settings: Settings, file: Path | None, since: datetime,
               until: datetime) -> tuple[Tried, dict[str, Route]]:
    store, texts = Store(settings.store_url), RoutingTexts(settings)
    try:
        text = _text(file) if file is not None else (await used(store, texts, NAME))[0]
        try:
            texts.rules(text)
        except RulesInvalid as exc:
            raise Failure(str(exc)) from exc
        return await try_rules(store, texts, text, since, until)
    finally:
        await store.close()


async def _why(settings: Settings, contact: int) -> tuple[Route | None, str | None]:
    store = Store(settings.store_url)
    try:
        async with store.read() as tx:
            return await call_routes.of_interaction(tx, contact)
    finally:
        await store.close()


def _moment(text: str, now: datetime, settings: Settings) -> datetime:
    if match := SINCE.fullmatch(text):
        unit = "hours" if match[2] == "h" else "days"
        return now - timedelta(**{unit: int(match[1])})
    try:
        at = datetime.fromisoformat(text)
    except ValueError as exc:
        raise Failure(f"{text!r} is no time: 7d, 48h or 2026-11-16") from exc
    return at if at.tzinfo is not None else at.replace(
        tzinfo=ZoneInfo(settings.company.time_zone))


def _facts(found: Tried, past: dict[str, Route]) -> dict[str, Any]:
    return {"calls": found.calls, "changed": found.changed, "changes": dict(found.changes),
            "moves": [{"before": before, "after": after, "calls": calls}
                      for (before, after), calls in found.moves.items()],
            "by_rule": dict(found.by_rule), "unknown": dict(found.unknown),
            "shown": [{"call_id": one.call_id, "at": past[one.call_id].at,
                       "then": _way(past[one.call_id]), "now": _way(one.now),
                       "rules": [reason.rule for reason in one.now.reasons]}
                      for one in found.shown]}


def _way(one: Any) -> str:
    parts = [one.queue]
    if one.operator:
        parts.insert(0, f"{one.operator}, then")
    if one.priority:
        parts.append(f"priority {one.priority}")
    if one.level is not None:
        parts.append(f"level {one.level}")
    return " ".join(parts)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise Failure(f"the rules {file} cannot be read: {exc}") from exc
