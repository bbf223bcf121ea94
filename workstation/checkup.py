"""What `deskline doctor` looks at: one small check each, with what to mend."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from crm_store import clients, staff
from crm_store.errors import NotMigrated, StoreError
from crm_store.sources.values import NothingKnown, Refused, SourceTrouble
from crm_store.store import Store
from cti.ami import Account, Session, connect
from cti.errors import CommandRefused, CommandTimedOut, LinkDown, LoginRefused
from cti.pbx.find import OLDEST_MAJOR
from cti.secrets import derive, load
from workstation.errors import in_words
from workstation.pbx_plan import plan_of
from workstation.settings import Settings, SettingsError
from workstation.sources.lines import line_of, others_can_read
from workstation.sources.settings import Source

Colour = Literal["green", "yellow", "red"]
CONTEXTS = ("deskline-from-trunk", "deskline-phones", "deskline-in", "deskline-queue",
            "deskline-dial", "deskline-out", "deskline-answered", "deskline-offer")
PORT_LIMIT_S = 2.0
NOBODYS_KEY = "0"           # an account's number, a client's id or a phone that is none
ASK_LIMIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw. `mend` says what to do, "" when nothing is to be done."""
    check: str
    colour: Colour
    says: str
    mend: str = ""

    def facts(self) -> dict[str, str]:
        return asdict(self)


def good(check: str, says: str) -> Finding:
    return Finding(check, "green", says)


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Every check, one after the other; none of them changes anything that lasts."""
    yield data_folder(settings)
    yield secret_file(settings)
    yield plan(settings)
    async for finding in database(settings):
        yield finding
    async for finding in sources(settings):
        yield finding
    async for finding in asterisk(settings):
        yield finding
    async for finding in ports(settings):
        yield finding
    yield prompts(settings)
    yield voices()


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
    if _secret(settings) is None:
        return Finding("secret", "red", f"{settings.secret_file} cannot be read or is cut short",
                       "restore it from a copy; a new one changes every password of Asterisk")
    return good("secret", "only its owner can read it")


def _secret(settings: Settings) -> bytes | None:
    try:
        return load(settings.secret_file)
    except (OSError, ValueError):
        return None


def plan(settings: Settings) -> Finding:
    """Whether Asterisk's configuration can be made of the settings."""
    if _secret(settings) is None:
        return Finding("settings", "yellow", "not checked, for there is no secret yet",
                       "mend the secret first")
    try:
        plan_of(settings)
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


# ── Asterisk ─────────────────────────────────────────────────────────────────────────────────
async def asterisk(settings: Settings) -> AsyncIterator[Finding]:
    async with AsyncExitStack() as stack:
        sessions: dict[str, Session] = {}
        for name in ("observer", "control"):
            finding, session = await _log_in(settings, name, stack)
            yield finding
            if session is not None:
                sessions[name] = session
        if "observer" in sessions:
            yield await _version(sessions["observer"])
            yield await _dialplan(sessions["observer"])
            yield await _queues(sessions["observer"], settings)


async def _log_in(settings: Settings, name: str,
                  stack: AsyncExitStack) -> tuple[Finding, Session | None]:
    check = f"manager account {name}"
    secret = _secret(settings)
    if secret is None:
        return Finding(check, "red", "there is no secret to make its password of",
                       "mend the data folder and the secret, then deskline pbx up"), None
    account = Account(host=settings.pbx.host, port=settings.pbx.ami_port, name=name,
                      secret=derive(secret, f"ami:{name}"), wants_events=False)
    try:
        session = await stack.enter_async_context(connect(account))
    except LoginRefused as exc:
        return Finding(check, "red", str(exc), "write its password into Asterisk's manager.conf: "
                       "deskline pbx config --out DIR"), None
    except LinkDown as exc:
        return Finding(check, "red", in_words(exc),
                       "start Asterisk (deskline pbx up), or set pbx.host and pbx.ami_port"), None
    return good(check, "logged in"), session


async def _version(session: Session) -> Finding:
    try:
        reply = await session.ask({"Action": "CoreSettings"}, timeout_s=ASK_LIMIT_S)
    except (CommandRefused, CommandTimedOut, LinkDown) as exc:
        return Finding("Asterisk version", "yellow", str(exc), "let the account read `system`")
    version = str(reply.headers.get("AsteriskVersion", ""))
    major = version.partition(".")[0]
    if not major.isdecimal() or int(major) < OLDEST_MAJOR:
        return Finding("Asterisk version", "red", f"it is {version or 'unknown'}",
                       f"Deskline needs Asterisk {OLDEST_MAJOR} or newer")
    return good("Asterisk version", version)


async def _dialplan(session: Session) -> Finding:
    missing = [context for context in CONTEXTS if not await _has_context(session, context)]
    if missing:
        return Finding("dialplan", "red", f"these contexts are missing: {', '.join(missing)}",
                       "deskline pbx config --out DIR, include the files, reload the dialplan")
    return good("dialplan", f"all {len(CONTEXTS)} contexts are there")


async def _has_context(session: Session, context: str) -> bool:
    try:
        reply = await session.ask({"Action": "ShowDialPlan", "Context": context},
                                  timeout_s=ASK_LIMIT_S, is_list=True)
    except (CommandRefused, CommandTimedOut, LinkDown):
        return False
    return len(reply.items) > 0


async def _queues(session: Session, settings: Settings) -> Finding:
    try:
        reply = await session.ask({"Action": "QueueSummary"}, timeout_s=ASK_LIMIT_S, is_list=True)
    except (CommandRefused, CommandTimedOut, LinkDown) as exc:
        return Finding("queues", "red", str(exc), "load app_queue")
    known = {str(event.get("Queue", "")) for event in reply.items}
    missing = [queue.id for queue in settings.queue if queue.id not in known]
    if missing:
        return Finding("queues", "red", f"Asterisk lacks: {', '.join(missing)}",
                       "deskline pbx config --out DIR, include the files, reload app_queue")
    return good("queues", ", ".join(sorted(known & {queue.id for queue in settings.queue})))


# ── ports, sounds ────────────────────────────────────────────────────────────────────────────
async def ports(settings: Settings) -> AsyncIterator[Finding]:
    wanted = (("softphones", settings.pbx.host, settings.pbx.http_port, "red",
               "load res_http_websocket and enable Asterisk's HTTP server"),
              ("menu server", settings.menu.host, settings.menu.port, "red",
               "start deskline ivr; until then callers go straight to their queue"),
              ("claim gate", settings.menu.host, settings.menu.gate_port, "yellow",
               "it opens with deskline serve; until then nothing is dialled"),
              ("workstation", settings.server.host, settings.server.port, "yellow",
               "start deskline serve"))
    for name, host, port, colour, mend in wanted:
        if await _answers(host, port):
            yield good(name, f"answers on {host}:{port}")
        else:
            yield Finding(name, "red" if colour == "red" else "yellow",
                          f"nobody answers on {host}:{port}", mend)


async def _answers(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(PORT_LIMIT_S):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            await writer.wait_closed()
    except (OSError, TimeoutError):
        return False
    return True


def prompts(settings: Settings) -> Finding:
    folder = Path(settings.data_dir) / "prompts"
    try:
        spoken = sum(1 for _ in folder.rglob("*.wav")) if folder.is_dir() else 0
    except OSError:
        spoken = 0
    if not spoken:
        return Finding("prompts", "red", f"none are spoken yet in {folder}",
                       "deskline ivr prompts")
    return good("prompts", f"{spoken} are spoken")


def voices() -> Finding:
    if shutil.which("espeak-ng") is None:
        return Finding("voices", "green", "no espeak-ng of the system: the unpacked one speaks")
    return good("voices", "espeak-ng of the system")
