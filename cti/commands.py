"""What we ask of Asterisk. A command never touches the floor: it moves when Asterisk says so."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cti.ami import Reply, Session
from cti.errors import CommandRefused, LinkDown, NotSendable

PATTERNS: dict[str, re.Pattern[str]] = {
    "queue": re.compile(r"[a-z][a-z0-9_-]{0,63}"),
    "interface": re.compile(r"(PJSIP|SIP)/[A-Za-z0-9_.-]{1,64}"),
    "operator": re.compile(r"[A-Za-z0-9_.-]{1,32}"),
    "reason": re.compile(r"[A-Za-z0-9_.:-]{0,64}"),     # Asterisk has some of its own: Auto-Pause
    "channel": re.compile(r"[A-Za-z]{2,16}/[A-Za-z0-9_.@;:+*#-]{1,120}"),
    "context": re.compile(r"[a-z0-9_-]{1,64}"),
    "exten": re.compile(r"[+]?[A-Za-z0-9_*#-]{1,40}"),
    "number": re.compile(r"\+?[0-9]{3,15}"),
    "caller_id": re.compile(r"\+?[0-9]{2,15}"),
    "phone": re.compile(r"[0-9a-z-]{0,32}"),
    "digits": re.compile(r"[0-9*#A-D]{1,32}"),
    "variable": re.compile(r"DESKLINE_[A-Z]{1,32}"),
    "channel_id": re.compile(r"deskline-[a-z0-9.-]{1,64}"),
}
ORIGINATE_LIMIT_MS = 120_000    # longer than any ring time: the dialplan ends the ringing
OWN_PHONE_LIMIT_MS = 20_000
DIGIT_GAP_S = 0.25
LISTENERS_PHONE = "PJSIP_HEADER(add,Call-Info)=<sip:deskline-listen>;answer-after=0"
MUTED = "DESKLINE_MUTED"
HEARING = "deskline-listen"                     # its extensions are the modes
TAKING_OVER = ("deskline-take-over", "s")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a listener's leg goes in the dialplan, and the channel it is to look at there."""
    context: str
    exten: str
    variables: Mapping[str, str]        # name of ours → channel


@dataclass(frozen=True, slots=True)
class Move:
    """A leg, and where in the dialplan it goes."""
    channel: str
    context: str
    exten: str = "s"


class Commands:
    """Each raises CommandRefused, CommandTimedOut, LinkDown or NotSendable (cti.errors).

    Nothing is ever sent twice, and nothing waits for the link to come back.
    """

    def __init__(self, session: Callable[[], Session | None] = lambda: None) -> None:
        self._session = session

    async def add_member(self, queue: str, interface: str, operator: str, *, paused: bool,
                         reason: str = "", penalty: int = 0) -> None:
        """A phone joins a queue; one that is there already only gets its pause."""
        reason = fit("reason", reason)
        try:
            await self._send("QueueAdd", {
                "Queue": fit("queue", queue), "Interface": fit("interface", interface),
                "MemberName": fit("operator", operator), "Penalty": f"{penalty:d}",
                "Paused": _yes(paused)})
        except CommandRefused as error:
            if "Already there" not in error.reason:
                raise
        if paused and reason:
            await self._send("QueuePause", {
                "Queue": queue, "Interface": interface, "Paused": "true", "Reason": reason})

    async def remove_member(self, queue: str, interface: str) -> None:
        """A phone leaves a queue; one that is not in it stays so."""
        try:
            await self._send("QueueRemove", {
                "Queue": fit("queue", queue), "Interface": fit("interface", interface)})
        except CommandRefused as error:
            if "Not there" not in error.reason:
                raise

    async def set_penalty(self, queue: str, interface: str, penalty: int) -> None:
        """The lowest of those who are free is rung first."""
        await self._send("QueuePenalty", {
            "Queue": fit("queue", queue), "Interface": fit("interface", interface),
            "Penalty": f"{penalty:d}"})

    async def pause_in(self, queue: str, interface: str, *, paused: bool, reason: str) -> None:
        """In one queue alone, to make it equal to the others."""
        await self._send("QueuePause", {
            "Queue": fit("queue", queue), "Interface": fit("interface", interface),
            "Paused": _yes(paused), "Reason": fit("reason", reason)})

    async def pause_member(self, interface: str, *, paused: bool, reason: str = "") -> None:
        """In all queues at once."""
        await self._send("QueuePause", {
            "Interface": fit("interface", interface), "Paused": _yes(paused),
            "Reason": fit("reason", reason)})

    async def hang_up(self, channel: str) -> None:
        await self._send("Hangup", {"Channel": fit("channel", channel), "Cause": "16"})

    async def redirect(self, channel: str, context: str, exten: str) -> None:
        await self._send("Redirect", {
            "Channel": fit("channel", channel), "Context": fit("context", context),
            "Exten": fit("exten", exten), "Priority": "1"})

    async def transfer(self, channel: str, context: str, exten: str) -> None:
        """Blind: the other party of `channel`, which must be in a bridge, goes to the extension;
        `channel` itself is let go."""
        await self._send("BlindTransfer", {
            "Channel": fit("channel", channel), "Context": fit("context", context),
            "Exten": fit("exten", exten)})

    async def allow_recording(self, until_s: int) -> None:
        """The dialplan may have recordings ready up to then, seconds since 1970."""
        await self._send("Setvar", {"Variable": "DESKLINE_RECORD_UNTIL", "Value": f"{until_s:d}"})

    async def mute_recording(self, channel: str, *, on: bool) -> None:
        """Both directions of this leg's recording become silence, or sound again."""
        await self._send("MixMonitorMute", {
            "Channel": fit("channel", channel), "Direction": "both", "State": f"{on:d}"})

    async def stop_recording(self, channel: str) -> None:
        await self._send("StopMixMonitor", {"Channel": fit("channel", channel)})

    async def dial_callback(self, dial: int, channel_id: str) -> None:
        """Originate `Local/<dial>@deskline-callback`; returning only says that it was queued."""
        await self._send("Originate", {
            "Channel": f"Local/{dial:d}@deskline-callback/n",
            "OtherChannelId": f"{channel_id}-half",
            "ChannelId": fit("channel_id", channel_id),
            "Context": "deskline-idle", "Exten": "s", "Priority": "1",
            "Timeout": f"{ORIGINATE_LIMIT_MS}", "Async": "true"})

    async def dial_attempt(self, attempt: int, channel_id: str) -> None:
        """Originate `Local/<attempt>@deskline-dial`; returning only says that it was queued."""
        await self._send("Originate", {
            "Channel": f"Local/{attempt:d}@deskline-dial/n",
            "OtherChannelId": f"{channel_id}-half",
            "ChannelId": fit("channel_id", channel_id),
            "Context": "deskline-idle", "Exten": "s", "Priority": "1",
            "Timeout": f"{ORIGINATE_LIMIT_MS}", "Async": "true"})

    async def dial_card(self, interface: str, attempt: int, channel_id: str,
                        number: str) -> None:
        """Ring the operator's own phone (auto-answer); the dialplan then asks the claim gate and
        dials the attempt from it. The call goes by our channel id."""
        await self._send("Originate", {
            "Channel": fit("interface", interface), "ChannelId": fit("channel_id", channel_id),
            "Context": "deskline-card", "Exten": f"{attempt:d}", "Priority": "1",
            "Account": fit("number", number), "Timeout": f"{OWN_PHONE_LIMIT_MS}",
            "Async": "true",
            "Variable": "PJSIP_HEADER(add,Call-Info)=<sip:deskline>;answer-after=0"})

    async def click_to_call(self, interface: str, number: str, *, caller_id: str) -> None:
        """Ring the operator's own phone (auto-answer), then dial `number` from it."""
        await self._send("Originate", {
            "Channel": fit("interface", interface),
            "Context": "deskline-out", "Exten": fit("number", number), "Priority": "1",
            "CallerID": fit("caller_id", caller_id), "Account": number,
            "Timeout": f"{OWN_PHONE_LIMIT_MS}", "Async": "true",
            "Variable": "PJSIP_HEADER(add,Call-Info)=<sip:deskline>;answer-after=0"})

    async def call_listener(self, interface: str, place: Place, channel_id: str) -> None:
        """Ring a supervisor's own phone (auto-answer), for a call that he is no party of."""
        given = [f"{fit('variable', name)}={fit('channel', channel)}"
                 for name, channel in place.variables.items()]
        await self._send("Originate", {
            "Channel": fit("interface", interface), "ChannelId": fit("channel_id", channel_id),
            "Context": fit("context", place.context), "Exten": fit("exten", place.exten),
            "Priority": "1", "Timeout": f"{OWN_PHONE_LIMIT_MS}", "Async": "true",
            "Variable": ",".join([*given, LISTENERS_PHONE])})

    async def move_listener(self, channel: str, place: Place) -> None:
        """The phone stays connected; what it hears is another."""
        for name, value in place.variables.items():
            await self._send("Setvar", {
                "Channel": fit("channel", channel), "Variable": fit("variable", name),
                "Value": fit("channel", value)})
        await self.redirect(channel, place.context, place.exten)

    async def move(self, first: Move, second: Move | None = None) -> None:
        """One leg, or two at once: of a bridge of two neither is then left alone."""
        headers = {"Channel": fit("channel", first.channel),
                   "Context": fit("context", first.context), "Exten": fit("exten", first.exten),
                   "Priority": "1"}
        if second is not None:
            headers |= {"ExtraChannel": fit("channel", second.channel),
                        "ExtraContext": fit("context", second.context),
                        "ExtraExten": fit("exten", second.exten), "ExtraPriority": "1"}
        await self._send("Redirect", headers)

    async def tell_channel(self, channel: str, name: str, value: str) -> None:
        """What our dialplan is to know: another channel, or "" for none."""
        await self._set(channel, name, fit("channel", value) if value else "")

    async def tell_phone(self, channel: str, name: str, phone: str) -> None:
        await self._set(channel, name, fit("phone", phone))

    async def _set(self, channel: str, name: str, value: str) -> None:
        await self._send("Setvar", {"Channel": fit("channel", channel),
                                    "Variable": fit("variable", name), "Value": value})

    async def mute(self, channel: str, *, on: bool) -> None:
        """What this leg's party says is not heard; Asterisk tells nobody, so that a mark on the
        channel says it (`is_muted`). By the function of res_mutestream: its action wants the
        right to command the system."""
        if on:
            await self._set(channel, MUTED, "yes")
        await self._send("Setvar", {"Channel": fit("channel", channel),
                                    "Variable": "MUTEAUDIO(in)", "Value": "on" if on else "off"})
        if not on:
            await self._set(channel, MUTED, "")

    async def is_muted(self, channel: str) -> bool:
        """Whether we muted it, before a restart of ours as well."""
        reply = await self._ask("Getvar", {"Channel": fit("channel", channel), "Variable": MUTED})
        return reply.headers.get("Value") == "yes"

    async def play_digits(self, channel: str, digits: str) -> None:
        """To the party of this leg, one after the other."""
        for digit in fit("digits", digits):
            await self._send("PlayDTMF", {"Channel": fit("channel", channel), "Digit": digit})
            await asyncio.sleep(DIGIT_GAP_S)

    async def _send(self, action: str, headers: Mapping[str, str]) -> None:
        await self._ask(action, headers)

    async def _ask(self, action: str, headers: Mapping[str, str]) -> Reply:
        session = self._session()
        if session is None:
            raise LinkDown("there is no link to Asterisk")
        filled = {key: value for key, value in headers.items() if value != ""}
        return await session.ask({"Action": action, **filled})


def fit(field: str, value: str) -> str:
    """`value` when it matches the pattern of its field whole; raises NotSendable otherwise."""
    if PATTERNS[field].fullmatch(value) is None:
        raise NotSendable(field, value)
    return value


def _yes(is_so: bool) -> str:
    return "true" if is_so else "false"
