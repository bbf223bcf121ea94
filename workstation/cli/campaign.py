"""`deskline campaign`: make a list of debtors, dial it, and ask whether everybody was reached.

Works on the database alone; a running `deskline serve` notices within a second.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import click

from campaigns import debtor_rows, importer, lawful, night, plans, steering
from campaigns.coverage import LedgerError
from campaigns.importer import Imported
from campaigns.pacing import Pacing
from campaigns.rule_files import DEFAULT, REHEARSAL, RuleFileError, rule_ids, rule_set
from campaigns.steering import CampaignView, EntryView
from crm_store import campaigns as rows
from crm_store.base import Tx
from crm_store.campaigns import CampaignRow
from crm_store.errors import StoreError
from crm_store.store import Store
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.rehearsal.marker import rehearses
from workstation.rehearsal.server import is_ready
from workstation.settings import Settings

T = TypeVar("T")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC")
_MAX_FILE = 50 * 1024 * 1024
_FIRST_STEP = timedelta(seconds=4)      # within it a running server has looked at a campaign


@click.group(name="campaign")
def command() -> None:
    """Campaigns: a frozen list of debtors, dialled lawfully until everybody has an outcome.

    --config FILE and --json stand behind the subcommand.
    """


def _run(settings: Settings, wish: Callable[[Store], Awaitable[T]]) -> T:
    """One wish on the store; errors become one line."""
    async def on_store() -> T:
        store = Store(settings.store_url)
        try:
            await store.migrate()
            return await wish(store)
        finally:
            await store.close()
    try:
        return asyncio.run(on_store())
    except (StoreError, LedgerError, RuleFileError, steering.SteeringError,
            lawful.RehearsalRefused, debtor_rows.UnreadableList) as exc:
        raise Failure(str(exc)) from exc


async def _named(tx: Tx, name: str) -> int:
    """A campaign's id from its id or its name."""
    found = await rows.by_name(tx, name)
    if found is not None:
        return found.id
    if name.isascii() and name.isdecimal() and len(name) < 19:
        return (await rows.get(tx, int(name))).id
    raise steering.SteeringError(f"there is no campaign {name!r}")


@command.command()
@click.argument("name")
@click.option("--queue", default="collection", show_default=True,
              help="Whose ready operators take the calls.")
@click.option("--law", multiple=True, metavar="RULE",
              help=f"Rule of law, may be repeated; all apply. Default {DEFAULT[0]}; "
                   f"beside a running demo {REHEARSAL}.")
@click.option("--retries", type=click.Choice(sorted(plans.NAMED)), default="calm",
              show_default=True, help="How soon busy and silent ones are tried again.")
@click.option("--attempts", type=click.IntRange(1, 20), help="At most so many dials an entry.")
@click.option("--ring", "ring_s", type=click.IntRange(10, 90), default=30, show_default=True,
              help="Seconds to let it ring.")
@click.option("--caller-id", help="Number shown; default that of the trunk.")
@json_option
@with_settings
def create(settings: Settings, *, name: str, queue: str, law: tuple[str, ...], retries: str,
           attempts: int | None, ring_s: int, caller_id: str | None, as_json: bool) -> None:
    """Make a draft with an empty list."""
    if queue not in {item.id for item in settings.queue}:
        raise click.BadParameter(f"there is no queue {queue!r}", param_hint="--queue")
    plan = plans.NAMED[retries]
    if attempts is not None:
        plan = plans.with_attempts(plan, attempts)
    rules, because = (law, "as you chose") if law else _usual_law(settings)
    _check_law(settings, rules)

    async def wish(store: Store) -> int:
        async with store.begin() as tx:
            return await steering.create(
                tx, name, queue=queue, law=rules, plan=plan, ring_s=ring_s,
                caller_id=caller_id, by="command line", at=datetime.now(UTC))
    campaign_id = _run(settings, wish)
    if as_json:
        print_json({"id": campaign_id, "name": name, "law": rules})
    else:
        click.echo(f"campaign {campaign_id}: {name}\nlaw: {', '.join(rules)}, {because}")


def _usual_law(settings: Settings) -> tuple[tuple[str, ...], str]:
    """The rules where none is named, and the reason for them."""
    trunk = settings.pbx.trunk
    if rehearses(settings) and lawful.is_loopback(trunk.rpartition(":")[0]):
        return (REHEARSAL,), f"because only synthetic debtors are behind the trunk {trunk}"
    return DEFAULT, "because none was named (--law)"


def _check_law(settings: Settings, law: tuple[str, ...]) -> None:
    try:
        lawful.check_trunk(rule_set(law), settings.pbx.trunk.rpartition(":")[0],
                           rehearses=rehearses(settings))
    except (RuleFileError, lawful.RehearsalRefused) as exc:
        raise Failure(str(exc)) from exc


@command.command(name="import")
@click.argument("campaign")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unknown", type=click.Choice(["create", "refuse"]), default="create",
              show_default=True, help="People who are not in the base.")
@json_option
@with_settings
def import_(settings: Settings, *, campaign: str, file: Path, unknown: str,
            as_json: bool) -> None:
    """Put the people of a CSV file on a draft's list.

    Exit code 0 also when rows were left out; they are reported with line and reason.
    """
    if file.stat().st_size > _MAX_FILE:
        raise Failure(f"{file} is larger than {_MAX_FILE // 2**20} MB")
    data = file.read_bytes()
    plan = importer.ImportPlan(
        region=settings.company.region, time_zone=settings.company.time_zone,
        currency=settings.company.currency, source=f"import:{file.name}",
        unknown="refuse" if unknown == "refuse" else "create")

    async def wish(store: Store) -> Imported:
        sheet = debtor_rows.read(data)
        async with store.read() as tx:
            campaign_id = await _named(tx, campaign)
        return await importer.import_sheet(
            store, campaign_id, sheet, plan, by="command line", at=datetime.now(UTC),
            progress=_progress)
    done = _run(settings, wish)
    if as_json:
        print_json(asdict(done))
        return
    click.echo(f"{done.listed} listed, {done.joined} joined with somebody listed, "
               f"{done.clients_made} new clients, {len(done.problems)} rows to look at")
    for problem in done.problems:
        click.echo(f"line {problem.line}: {problem.reason}", err=True)


def _progress(done: int, of: int) -> None:
    if sys.stdout.isatty():
        click.echo(f"\r{done}/{of}", nl=done == of)


def _steer(settings: Settings, campaign: str, verb: str) -> None:
    wishes = {"start": steering.start, "pause": steering.pause, "stop": steering.stop}

    async def wish(store: Store) -> CampaignView:
        async with store.begin() as tx:
            campaign_id = await _named(tx, campaign)
            if verb == "start":
                _check_law(settings, (await rows.get(tx, campaign_id)).law)
            await wishes[verb](tx, campaign_id, by="command line", at=datetime.now(UTC))
            return await steering.campaign(tx, campaign_id)
    view = _run(settings, wish)
    click.echo(f"{view.name}: {view.state}, {view.size} on the list")
    if verb == "start":
        click.echo(_why_now(settings, view.id))


def _why_now(settings: Settings, campaign_id: int) -> str:
    """Why it dials or does not: what the server decided, which is given a moment for it."""
    async def wish(store: Store) -> CampaignRow:
        async with store.read() as tx:
            return await rows.get(tx, campaign_id)

    async def sentence(store: Store) -> str:
        async with store.read() as tx:
            return await steering.why_not_dialling(tx, campaign_id)
    asked_at = datetime.now(UTC)
    campaign = _run(settings, wish)
    url = f"http://{settings.server.host}:{settings.server.port}"     # not by way of a proxy
    if campaign.state == "running" and not is_ready(url):
        return (f"Nothing is dialled because no server answers at {url}: "
                "start `deskline serve`.")
    while (campaign.state == "running" and campaign.step_at is None
           and datetime.now(UTC) - asked_at < _FIRST_STEP):
        time.sleep(0.2)
        campaign = _run(settings, wish)
    return _run(settings, sentence)


@command.command()
@click.argument("campaign")
@with_settings
def start(settings: Settings, *, campaign: str) -> None:
    """Freeze the list and dial, or go on after a pause."""
    _steer(settings, campaign, "start")


@command.command()
@click.argument("campaign")
@with_settings
def pause(settings: Settings, *, campaign: str) -> None:
    """No further dial; calls that ring or talk go on."""
    _steer(settings, campaign, "pause")


@command.command()
@click.argument("campaign")
@with_settings
def stop(settings: Settings, *, campaign: str) -> None:
    """End it for good."""
    _steer(settings, campaign, "stop")


@command.command(name="list")
@json_option
@with_settings
def list_(settings: Settings, *, as_json: bool) -> None:
    """Every campaign, newest first."""
    async def wish(store: Store) -> list[CampaignView]:
        async with store.read() as tx:
            return await steering.campaigns(tx)
    views = _run(settings, wish)
    if as_json:
        print_json([_as_json(view) for view in views])
        return
    for view in views:
        click.echo(f"{view.id:4} {view.state:8} {view.coverage.reached:6} of {view.size:6} "
                   f"reached  {view.name}")


@command.command()
@click.argument("campaign")
@click.option("--unreached", is_flag=True, help="Name everybody not reached, with the reason.")
@json_option
@with_settings
def coverage(settings: Settings, *, campaign: str, unreached: bool, as_json: bool) -> None:
    """The ledger: each state with its count; they add up to the list."""
    async def wish(store: Store) -> tuple[CampaignView, list[EntryView]]:
        async with store.read() as tx:
            campaign_id = await _named(tx, campaign)
            left = await steering.unreached(tx, campaign_id) if unreached else []
            return await steering.campaign(tx, campaign_id), left
    view, left = _run(settings, wish)
    if as_json:
        named = {"unreached": [asdict(entry) for entry in left]} if unreached else {}
        print_json({**_as_json(view), **named})
        return
    zone = ZoneInfo(settings.company.time_zone)
    for state, count in view.coverage.counts.items():
        click.echo(f"{count:6}  {_in_words(str(state))}")
    click.echo(f"{view.size:6}  on the list; {view.coverage.reached} reached in person")
    for entry in left:
        click.echo(f"{entry.client_name} ({', '.join(entry.numbers) or 'no number'}): "
                   f"{_in_words(str(entry.state))}. {_local(entry.sentence, zone)}")


@command.command()
@click.argument("campaign")
@with_settings
def why(settings: Settings, *, campaign: str) -> None:
    """Why it dials, or does not: one sentence."""
    async def wish(store: Store) -> int:
        async with store.read() as tx:
            return await _named(tx, campaign)
    said = _why_now(settings, _run(settings, wish))
    click.echo(_local(said, ZoneInfo(settings.company.time_zone)))


@command.command()
@click.argument("campaign")
@click.argument("name")
@with_settings
def again(settings: Settings, *, campaign: str, name: str) -> None:
    """Make a draft NAME with only the unreached of CAMPAIGN."""
    async def wish(store: Store) -> CampaignView:
        async with store.begin() as tx:
            made = await steering.again(tx, await _named(tx, campaign), name, by="command line",
                                        at=datetime.now(UTC))
            return await steering.campaign(tx, made)
    view = _run(settings, wish)
    click.echo(f"campaign {view.id}: {view.name}, {view.size} on the list")


@command.command()
@click.argument("campaign")
@click.argument("mode", type=click.Choice([one.value for one in Pacing]))
@click.option("--lines", "lines_max", type=click.IntRange(1, 10_000),
              help="At most so many lines at once; the others are left to callers.")
@with_settings
def pace(settings: Settings, *, campaign: str, mode: str, lines_max: int | None) -> None:
    """How it dials from now on: preview, progressive or predictive."""
    async def wish(store: Store) -> CampaignView:
        async with store.begin() as tx:
            campaign_id = await _named(tx, campaign)
            await steering.set_pace(tx, campaign_id, Pacing(mode), lines_max=lines_max,
                                    by="command line", at=datetime.now(UTC))
            return await steering.campaign(tx, campaign_id)
    view = _run(settings, wish)
    click.echo(f"{view.name}: {view.pacing}")


@command.command()
@click.option("--days", type=click.IntRange(1, 92), default=1, show_default=True,
              help="Attempts of so many days.")
@json_option
@with_settings
def audit(settings: Settings, *, days: int, as_json: bool) -> None:
    """Check every attempt against the law once more, by other code than the dialler's.

    Exit code 1 when anything is found.
    """
    async def wish(store: Store) -> night.Pass:
        async with store.read() as tx:
            return await night.check(tx, since=datetime.now(UTC) - timedelta(days=days),
                                     zone=ZoneInfo(settings.company.time_zone))
    done = _run(settings, wish)
    if as_json:
        print_json(asdict(done))
    else:
        for one in done.findings:
            click.echo(f"{one.at:%Y-%m-%d %H:%M:%S} campaign {one.campaign_id} attempt "
                       f"{one.attempt_id or '-'} {one.rule}: {one.what}")
        click.echo(f"{done.attempts} attempts checked, {len(done.findings)} findings")
    if done.findings:
        sys.exit(1)


@command.command()
@json_option
@with_settings
def laws(_: Settings, *, as_json: bool) -> None:
    """The rules of law that a campaign can name."""
    if as_json:
        print_json(rule_ids())
        return
    for rule in rule_set(rule_ids()).rules:
        click.echo(f"{rule.id:16} {rule.mark:6} verified {rule.verified}  {rule.source}")


def _in_words(state: str) -> str:
    return state.replace("_", " ")


def _local(sentence: str, zone: ZoneInfo) -> str:
    """The moments of a sentence in the company's time."""
    def told(found: re.Match[str]) -> str:
        at = datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
    return _MOMENT.sub(told, sentence)


def _as_json(view: CampaignView) -> dict[str, object]:
    return {**asdict(view), "coverage": dict(view.coverage.counts)}
