"""Short words to the leads' screens, of what they should know now."""

from __future__ import annotations

from collections.abc import Collection

import structlog

from workstation.board import Board, TooManyAnswers
from workstation.protocol import Notice

log = structlog.get_logger()


def tell_all_leads(board: Board, code: str) -> None:
    """A notice that the texts have words for."""
    for screen in board.screens():
        if screen.person.oversees:
            try:
                screen.say(Notice(seq=0, code=code, text=""))
            except TooManyAnswers:
                log.debug("a lead was not told", login=screen.person.login)


def tell(board: Board, code: str, text: str, operators: Collection[str] = ()) -> None:
    """To these operators' screens; nobody named: to all leads'."""
    for screen in board.screens():
        if screen.person.operator in operators or (not operators and screen.person.oversees):
            try:
                screen.say(Notice(seq=0, code=code, text=text))
            except TooManyAnswers:
                log.debug("somebody was not told", login=screen.person.login)


def tell_leads(board: Board, who: str, figures: str) -> None:
    """Somebody wants to open more cards than he may; `figures` are those of the hour and day."""
    for screen in board.screens():
        if screen.person.oversees:
            try:
                screen.say(Notice(seq=0, code="view_limit", text=f"{who}: {figures}"))
            except TooManyAnswers:
                log.debug("a lead was not told", login=screen.person.login)
