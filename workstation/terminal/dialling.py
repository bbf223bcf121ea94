"""Dialling by hand: number, a second typing where it is asked for, the reason where it is not
allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workstation.protocol import Dial, Problem
from workstation.terminal.dialogs import Question
from workstation.terminal.formats import when

if TYPE_CHECKING:
    from workstation.terminal.app import Terminal


def ask_number(app: Terminal, number: str, client_id: int | None,
               conversation: int | None) -> None:
    """The question; `number` is filled in, and only then it is the client's."""
    words = app.desk.words

    def go(typed: str | None) -> None:
        if typed:
            whose = client_id if typed == number else None
            dial(app, Dial(number=typed, client_id=whose, conversation=conversation))
    app.push_screen(Question(words("terminal.dial_number"), words("terminal.dial_hint"), number),
                    go)


def dial(app: Terminal, wish: Dial) -> None:
    app.run_worker(_dial(app, wish), group="do")


async def _dial(app: Terminal, wish: Dial) -> None:
    result = await app.ask("call.dial", wish, told=lambda problem: _told(app, wish, problem))
    if result is not None:
        app.say(app.desk.words("terminal.dialling", number=wish.number))


def _told(app: Terminal, wish: Dial, problem: Problem) -> bool:
    if problem.code in ("retype_needed", "retype_differs"):
        _ask_again(app, wish)
        return True
    why = str(problem.facts.get("why", ""))
    if why:
        app.say(in_words(app, why, problem), "warning")
    return bool(why)


def _ask_again(app: Terminal, wish: Dial) -> None:
    words = app.desk.words

    def go(typed: str | None) -> None:
        if typed:
            dial(app, Dial(number=wish.number, client_id=wish.client_id, retyped=typed,
                           queue=wish.queue, conversation=wish.conversation))
    app.push_screen(Question(words("terminal.dial_again", number=wish.number),
                             words("terminal.dial_hint")), go)


def in_words(app: Terminal, why: str, problem: Problem) -> str:
    desk, facts = app.desk, problem.facts
    because = str(facts.get("because") or facts.get("flag") or "")
    text = desk.words(f"dial.why.{why}", rule=facts.get("rule", ""),
                      because=desk.coded("flag", because), maximum=facts.get("maximum", ""),
                      counted=facts.get("counted", ""))
    until = facts.get("until")
    if not isinstance(until, str):
        return text
    at = when(until, desk.locale, desk.now(), desk.zone)
    return f"{text} {desk.words('dial.allowed_from', at=at)}"
