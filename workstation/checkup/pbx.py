"""Checks of Asterisk: accounts, version, clock, dialplan, queues, phones, sounds, records."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cti import probe
from cti.ami import Account, Session, connect
from cti.errors import CommandRefused, CommandTimedOut, LinkDown, LoginRefused
from cti.pbx.find import OLDEST_MAJOR
from cti.pbx.plan import PbxPlan
from cti.secrets import derive
from workstation.asterisks import own_secret
from workstation.checkup.finding import Finding, good
from workstation.checkup.house import secret
from workstation.errors import in_words
from workstation.pbx_plan import plan_of
from workstation.settings import Pbx, Settings, SettingsError

CONTEXTS = ("deskline-from-trunk", "deskline-phones", "deskline-in", "deskline-queue",
            "deskline-dial", "deskline-out", "deskline-answered", "deskline-offer")
ASK_LIMIT_S = 10.0
CLOCK_GOOD_S, CLOCK_BAD_S = 1.0, 5.0
SOUNDS = ("one-moment-please", "im-sorry", "tt-allbusy")   # what the dialplan itself plays
WEB_CODECS = {"opus", "ulaw", "alaw", "g722"}               # one of them a page must be offered
WRITE_FILES = "deskline pbx config --out DIR, include the files, reload"
UNANSWERED = (CommandRefused, CommandTimedOut, LinkDown)


async def asterisks(settings: Settings) -> AsyncIterator[Finding]:
    """Each one, under its name where it is a further one."""
    for pbx in settings.asterisks:
        async for finding in _asterisk(settings, pbx):
            yield finding if pbx is settings.pbx else replace(
                finding, check=f"{pbx.name}: {finding.check}")


async def _asterisk(settings: Settings, pbx: Pbx) -> AsyncIterator[Finding]:
    async with AsyncExitStack() as stack:
        sessions: dict[str, Session] = {}
        for name in ("observer", "control"):
            finding, session = await _log_in(settings, pbx, name, stack)
            yield finding
            if session is not None:
                sessions[name] = session
                yield await _rights(session)
        if "observer" in sessions:
            async for finding in _looked_at(sessions["observer"], settings, pbx):
                yield finding


async def _looked_at(session: Session, settings: Settings, pbx: Pbx) -> AsyncIterator[Finding]:
    yield await _version(session)
    yield await _clock(session)
    yield await _dialplan(session)
    yield await _queues(session, settings)
    try:
        plan = plan_of(settings, name=pbx.name)
    except SettingsError:
        return              # said by the house's own check
    yield await _events(session, plan)
    yield await _endpoints(session, plan)
    yield sounds(await _variable(session, "ASTDATADIR"))
    yield records(await _variable(session, "ASTLOGDIR"))


async def _log_in(settings: Settings, pbx: Pbx, name: str,
                  stack: AsyncExitStack) -> tuple[Finding, Session | None]:
    check = f"manager account {name}"
    mine = secret(settings)
    if mine is None:
        return Finding(check, "red", "there is no secret to make its password of",
                       "mend the data folder and the secret, then deskline pbx up"), None
    own = own_secret(settings, mine, pbx.name)
    account = Account(host=pbx.host, port=pbx.ami_port, name=name,
                      secret=derive(own, f"ami:{name}"), wants_events=False)
    try:
        session = await stack.enter_async_context(connect(account))
    except LoginRefused as exc:
        return Finding(check, "red", str(exc), "write its password into Asterisk's manager.conf: "
                       "deskline pbx config --out DIR"), None
    except LinkDown as exc:
        return Finding(check, "red", in_words(exc),
                       f"start Asterisk (deskline pbx up{_named(settings, pbx)}), or set its host "
                       "and ami_port"), None
    return good(check, "logged in"), session


def _named(settings: Settings, pbx: Pbx) -> str:
    return "" if pbx is settings.pbx else f" --asterisk {pbx.name}"


async def _rights(session: Session) -> Finding:
    """Tried, as the server does at every start; without it nothing is dialled."""
    account = session.account.name
    check = f"rights of {account}"
    try:
        mighty = await probe.too_mighty(session, may_call=account == "control")
    except (CommandTimedOut, LinkDown) as exc:
        return Finding(check, "yellow", str(exc), "ask again when Asterisk is less busy")
    if mighty:
        return Finding(check, "red", probe.in_words(account, mighty),
                       f"{WRITE_FILES} manager: write= as in deskline-manager.conf")
    return good(check, "refused what it must not do")


async def _version(session: Session) -> Finding:
    try:
        reply = await session.ask({"Action": "CoreSettings"}, timeout_s=ASK_LIMIT_S)
    except UNANSWERED as exc:
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
                       f"{WRITE_FILES} the dialplan")
    return good("dialplan", f"all {len(CONTEXTS)} contexts are there")


async def _has_context(session: Session, context: str) -> bool:
    try:
        reply = await session.ask({"Action": "ShowDialPlan", "Context": context},
                                  timeout_s=ASK_LIMIT_S, is_list=True)
    except UNANSWERED:
        return False
    return len(reply.items) > 0


async def _queues(session: Session, settings: Settings) -> Finding:
    try:
        reply = await session.ask({"Action": "QueueSummary"}, timeout_s=ASK_LIMIT_S, is_list=True)
    except UNANSWERED as exc:
        return Finding("queues", "red", str(exc), "load app_queue")
    known = {str(event.get("Queue", "")) for event in reply.items}
    missing = [queue.id for queue in settings.queue if queue.id not in known]
    if missing:
        return Finding("queues", "red", f"Asterisk lacks: {', '.join(missing)}",
                       f"{WRITE_FILES} app_queue")
    return good("queues", ", ".join(sorted(known & {queue.id for queue in settings.queue})))


async def _clock(session: Session) -> Finding:
    """Its clock stands in every moment that we store."""
    try:
        reply = await session.ask({"Action": "Ping"}, timeout_s=ASK_LIMIT_S)
        apart = abs(float(str(reply.headers["Timestamp"])) - datetime.now(UTC).timestamp())
    except (*UNANSWERED, KeyError, ValueError) as exc:
        return Finding("clock", "yellow", f"Asterisk did not say its time: {exc}", "look again")
    says = f"{apart:.1f} s between Asterisk's clock and this machine's"
    if apart <= CLOCK_GOOD_S:
        return good("clock", says)
    return Finding("clock", "yellow" if apart <= CLOCK_BAD_S else "red", says,
                   "let both follow one time server (NTP)")


async def _events(session: Session, plan: PbxPlan) -> Finding:
    """Events are believed only when they carry the system name of ours."""
    name = await _variable(session, "SYSTEMNAME")
    if name == plan.system_name:
        return good("events", "carry our system name")
    return Finding("events", "red", f"Asterisk's system name is {name or 'empty'}: no event of "
                   "it will be believed", f"asterisk.conf, [options]: systemname = "
                   f"{plan.system_name}, then restart Asterisk")


async def _endpoints(session: Session, plan: PbxPlan) -> Finding:
    """Every phone and the way out, with sound that both ends can understand."""
    wanted = [name for one in plan.operators for name in one.endpoints
              if plan.has_desk_phones or name.endswith("-web")]
    missing, mute = [], []
    for name in [*wanted, plan.way_out]:
        allowed = await _variable(session, f"PJSIP_ENDPOINT({name},allow)")
        if allowed is None:
            return Finding("endpoints", "yellow", "Asterisk does not say which it has",
                           "load func_pjsip_endpoint")
        codecs = set(allowed.strip("()").split("|")) - {""}
        if not codecs:
            missing.append(name)
        elif not codecs & WEB_CODECS:
            mute.append(name)
    if missing:
        return Finding("endpoints", "red", f"Asterisk lacks: {', '.join(missing)}",
                       f"{WRITE_FILES} res_pjsip.so")
    if mute:
        return Finding("endpoints", "red", f"no common codec: {', '.join(mute)}",
                       f"allow one of {', '.join(sorted(WEB_CODECS))}")
    return good("endpoints", f"{len(wanted)} phones and the way out {plan.way_out}")


def sounds(folder: str | None) -> Finding:
    """Can be looked at only where Asterisk runs on this machine."""
    if not folder or not Path(folder).is_dir():
        return Finding("sounds", "yellow", "Asterisk's sounds are on another machine",
                       f"see there that it has {', '.join(SOUNDS)}")
    here = Path(folder) / "sounds" / "en"
    missing = [name for name in SOUNDS if not any(here.glob(f"{name}.*"))]
    if missing:
        return Finding("sounds", "red", f"{here} lacks {', '.join(missing)}",
                       "install Asterisk's core sounds in English")
    return good("sounds", f"what the dialplan plays is in {here}")


def records(folder: str | None) -> Finding:
    """CEL and queue_log tell what happened while we were not looking."""
    if not folder or not Path(folder).is_dir():
        return Finding("records", "yellow", "Asterisk's CEL and queue_log are on another machine",
                       "calls in a gap of the link cannot be mended from here")
    cel, queue_log = Path(folder) / "cel-custom", Path(folder) / "queue_log"
    unreadable = [str(path) for path in (cel, queue_log) if not os.access(path, os.R_OK)]
    if unreadable:
        return Finding("records", "yellow", f"cannot be read: {', '.join(unreadable)}",
                       "include deskline-cel.conf and deskline-cel_custom.conf, and let this "
                       "user read Asterisk's log folder")
    return good("records", f"CEL and queue_log in {folder}")


async def _variable(session: Session, name: str) -> str | None:
    """What Asterisk answers; None where it does not."""
    try:
        reply = await session.ask({"Action": "Getvar", "Variable": name}, timeout_s=ASK_LIMIT_S)
    except UNANSWERED:
        return None
    return str(reply.headers.get("Value", ""))
