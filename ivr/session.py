"""One caller in a menu: its tasks carried out on his line, its results told to the floor."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cti.agi import SoundMissing
from cti.user_events import AttemptReported, DialStatus, MenuStepped
from ivr import enquiries_line, moments, recorded
from ivr.enquiry import ATTEMPT
from ivr.flows import Answer, Caller, Enquiries
from ivr.line import Line, Prompt
from ivr.menu import OPERATOR_KEY, advance, begin
from ivr.say import Unspeakable
from ivr.speaking import Speaker
from ivr.speech import NotSpoken
from ivr.steps import Menu
from ivr.tasks import (
    AwaitKey,
    CollectDigits,
    Digits,
    End,
    Failed,
    Find,
    Found,
    Heard,
    KeepAnswer,
    Key,
    Learn,
    Play,
    Played,
    PlayRecorded,
    Record,
    Silence,
    Speak,
    Task,
    ToMenu,
    ToNumber,
    ToOperator,
    ToQueue,
)
from ivr.wording import Value

NEXT = "DESKLINE_NEXT"      # what the dialplan does after us; set last, absent if we die
ALL_KEYS = "0123456789*#"
OUTCOME = "outcome"         # the fact that a campaign's message notes, and what it may be
OUTCOMES: Mapping[str, DialStatus] = {
    "heard": "HEARD", "promised": "PROMISED", "refused": "REFUSED", "stranger": "STRANGER"}
SECONDS = re.compile(r"[0-9]{9,11}")     # since 1970
UNTOLD = Find | Learn | Speak | KeepAnswer | ToMenu     # nothing that a caller notices
OF_QUEUES = {"waiting": "QUEUE_WAITING_COUNT({})", "free": "QUEUE_MEMBER({},free)"}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """What a call begins with; a later one may begin with other menus."""
    menus: Mapping[str, Menu]
    speakers: Mapping[str, Speaker]     # by language, the company's first

    def speaker(self, language: str) -> Speaker:
        return self.speakers.get(language) or next(iter(self.speakers.values()))


@dataclass
class MenuSession:
    """`values` is what the phrases may speak of, known so far. `is_chosen`: the language was."""
    line: Line
    house: House
    menu: Menu
    enquiries: Enquiries
    caller: Caller
    queue: str      # of the number dialled
    language: str
    values: dict[str, Value] = field(default_factory=dict)
    is_chosen: bool = False
    outcome: str = ""       # what the campaign was told last

    async def run(self) -> str:
        """The caller's way on, for the dialplan. Raises HungUp and other AgiErrors."""
        try:
            return await self._walk()
        except (SoundMissing, NotSpoken, Unspeakable) as exc:
            log.error("The menu had to give a caller to its queue: %s", exc,   # noqa: TRY400
                      extra={"action": "menu_prompt_missing", "menu": self.menu.id})
            return "hangup" if self.menu.is_survey else f"queue:{self.queue}"

    async def _walk(self) -> str:
        place, task = begin(self.menu)
        told = ""
        while True:
            await self._tell_outcome(place.facts.get(OUTCOME))
            if place.step != told and not isinstance(task, UNTOLD):
                told = place.step
                await self.line.tell(MenuStepped(self.menu.id, told))
            if (way := self._way(task)) is not None:
                return way
            if isinstance(task, ToMenu):
                self.menu, told = self.house.menus[task.menu], ""
                place, task = begin(self.menu, place.facts, place.steps)
            else:
                place, task = advance(self.menu, place, await self._carry_out(task))

    async def _tell_outcome(self, outcome: str | None) -> None:
        """What the menu of a campaign's message notes: told at once, as he may hang up."""
        attempt = self.caller.memory.get(ATTEMPT)
        if attempt is not None and outcome is not None and outcome != self.outcome:
            self.outcome = outcome
            if (status := OUTCOMES.get(outcome)) is not None:
                await self.line.tell(AttemptReported(attempt, status))

    def _way(self, task: Task) -> str | None:
        """Out of the menu; a menu that is no more leads to the queue."""
        match task:
            case ToQueue(queue):
                return f"queue:{queue or self.queue}"
            case ToOperator(operator):
                return f"operator:{operator}"
            case ToNumber(number):
                return f"number:{number}"
            case ToMenu(menu) if menu not in self.house.menus:
                return f"queue:{self.queue}"
            case End():
                return "hangup"
        return None

    async def _carry_out(self, task: Task) -> Heard:
        match task:
            case Play(phrases):
                key = await self.line.play(self._prompt(phrases), OPERATOR_KEY)
                return Key(key) if key else Played()
            case PlayRecorded(sound):
                key = await self.line.play(self._recorded(sound), OPERATOR_KEY)
                return Key(key) if key else Played()
            case AwaitKey(phrases, timeout_s):
                key = await self.line.play(self._prompt(phrases), ALL_KEYS)
                key = key or await self.line.wait_for_key(timeout_s)
                return Key(key) if key else Silence()
            case CollectDigits(phrases, most, timeout_s):
                return Digits(await self.line.get_digits(self._prompt(phrases), most, timeout_s))
            case Find(what, digits):
                return await self._find(what, digits)
            case Learn(fact):
                return await self._learn(fact)
        return await self._keep(task)

    async def _keep(self, task: Task) -> Heard:
        """What the caller leaves with us."""
        match task:
            case Speak(language):
                if language in self.house.speakers:
                    self.language, self.is_chosen = language, True
            case KeepAnswer(question, answer):
                call = await self.line.call_id()
                await self.enquiries.keep_answer(call, self.menu.id, question, int(answer))
            case Record(phrases, group, longest_s):
                await self.line.play(self._prompt(phrases), "")
                call = await self.line.call_id()        # who hangs up cannot be asked any more
                sound = await self.line.record(longest_s)
                if sound is not None:
                    await self.enquiries.keep_message(call, sound, group)
        return Played()

    async def _find(self, what: str, digits: str) -> Heard:
        answer = await self._asked(what, digits)
        self.values.update(answer.values)
        self.caller = replace(self.caller, memory={**self.caller.memory, **answer.remember})
        if answer.identified is not None:
            self.caller = replace(self.caller, client=answer.identified.client)
            await self.line.tell(answer.identified)
        if answer.language in self.house.speakers and not self.is_chosen:
            self.language = answer.language
        return answer.heard

    async def _asked(self, what: str, digits: str) -> Answer:
        """Of the base; of his place in line it is the telephone side that knows."""
        if what == "place_in_line":
            return enquiries_line.place_in_line({
                name: await self.line.ask_pbx(name) or "" for name in enquiries_line.TOLD})
        if what == "note_incident":
            self.caller = replace(self.caller, call=await self.line.call_id())
        if what == "keep_call_back":
            since = await self.line.ask_pbx("DESKLINE_SINCE") or ""
            self.caller = replace(
                self.caller, queue=self.queue, call=await self.line.call_id(),
                language=self.language, since=int(since) if SECONDS.fullmatch(since) else 0)
        return await self.enquiries.find(what, self.caller, digits)

    async def _learn(self, fact: str) -> Heard:
        kind, _, name = fact.partition(".")
        if kind in OF_QUEUES:
            found = await self.line.ask_pbx(OF_QUEUES[kind].format(name))
            return Found({fact: found}) if found and found.isdecimal() else Failed()
        if fact in ("open", "opens"):
            verdict, hours, now = await self.enquiries.opening(self.caller)
            value, values = moments.of_opening(fact, verdict, now, hours)
            self.values.update(values)
            return Found({fact: value})
        if fact == "language":
            return Found({fact: self.language})
        return await self.enquiries.learn(fact, self.caller)

    def _prompt(self, phrases: tuple[str, ...]) -> Prompt:
        speaker = self.house.speaker(self.language)
        return Prompt(speaker, speaker.fragments(self.menu.id, phrases, self.values))

    def _recorded(self, sound: str) -> Prompt:
        """In the caller's language, else in another that has it."""
        mine = self.house.speaker(self.language)
        for speaker in (mine, *self.house.speakers.values()):
            if sound in speaker.recorded:
                return Prompt(speaker, (recorded.fragment(speaker.recorded[sound]),))
        raise NotSpoken(sound)
