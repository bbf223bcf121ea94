"""What is told once, wherever its reader is just now: what fell due, what leads and operators say,
a threshold that was crossed. The bell is the terminal's: who wants none silences it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workstation.protocol import QueueView
from workstation.terminal import alarms, day
from workstation.terminal.clean import clean
from workstation.terminal.pictures import tasks

if TYPE_CHECKING:
    from workstation.terminal.app import Terminal

ALERTS_AT_ONCE, ALERT_SHOWN_S = 3, 30.0


def tell_crossings(app: Terminal, before: Mapping[str, QueueView]) -> None:
    for queue, one in alarms.news(app.desk, before):
        app.say(f"{queue} · {alarms.words(app.desk, one)}",
                "error" if one.level == "red" else "warning")
        if one.sound:
            app.bell()


def tell_alerts(app: Terminal) -> None:
    """What came due of tasks, messages, help: each once; after an absence how many it is."""
    found = {**tasks.alerts(app.desk), **day.alerts(app.desk)}
    new = [found[key] for key in found.keys() - app.alerted]
    app.alerted |= found.keys()
    if new:
        app.bell()
    if len(new) > ALERTS_AT_ONCE:
        new = [app.desk.words("terminal.alerts", n=len(new))]
    for text in new:
        app.notify(clean(text), severity="warning", markup=False, timeout=ALERT_SHOWN_S)
