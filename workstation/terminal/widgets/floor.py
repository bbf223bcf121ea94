"""The supervisor's tables: queues, operators, calls."""

from __future__ import annotations

from typing import Any

from workstation.protocol import CallView, OperatorView, QueueView
from workstation.terminal import alarms
from workstation.terminal.formats import duration, moment, ticking
from workstation.terminal.pictures import floor
from workstation.terminal.theme import colour, shape
from workstation.terminal.widgets.tables import Cell, Table
from workstation.terminal.workplace import Workplace

SCALE = 24              # signs of a call's picture


class QueueTable(Table):
    def __init__(self, desk: Workplace, **kwargs: Any) -> None:
        heads = [("queue", 13), ("waiting", 8), ("longest", 8), ("ready", 6), ("talking", 7),
                 ("signed_in", 9), ("answered", 8), ("abandoned", 7), ("in_time", 13)]
        super().__init__([(desk.words(f"terminal.column.{key}"), width) for key, width in heads],
                         **kwargs)
        self.desk = desk

    def paint(self) -> None:
        found = sorted(self.desk.shelves.queues.values(), key=lambda item: item.name)
        self.show({item.id: self._row(item) for item in found})

    def _row(self, item: QueueView) -> list[Cell]:
        longest, mark, style = "", "", ""
        if item.waiting:
            waited = (self.desk.now() - moment(item.waiting[0].since)).total_seconds()
            is_late = waited > item.service_level_s
            mark = " !" if is_late else ""
            style = "bold $state-breach" if is_late else "bold $state-offered"
            longest = duration(waited)
        offered = item.answered_today + item.abandoned_today
        share = f"{100 * item.in_time_today / offered:.0f} %" if offered else "–"
        away = any(part.away for part in item.parts)
        name = self.desk.say(item.name)
        within = self.desk.words("terminal.within", share=share, seconds=item.service_level_s)
        named: Cell = (f"{name} !", "bold $state-breach") if away else self._named(name, item)
        return [named, self._figure(item, "waiting", (str(len(item.waiting)), style)),
                self._figure(item, "longest", (f"{longest}{mark}", style)),
                self._figure(item, "ready", str(item.ready)), str(item.talking),
                self._figure(item, "signed_in", str(item.signed_in)), str(item.answered_today),
                self._figure(item, "abandoned", str(item.abandoned_today)),
                self._figure(item, "level", within)]

    def _named(self, name: str, item: QueueView) -> Cell:
        worst = alarms.worst(item)
        if worst is None:
            return name
        return f"{alarms.SIGNS[worst.level]} {name}", alarms.STYLES[worst.level]

    def _figure(self, item: QueueView, figure: str, cell: Cell) -> Cell:
        """Past a threshold it has a sign and a colour; the strip above says which."""
        alarm = alarms.of(item, figure)
        if alarm is None:
            return cell
        text = cell if isinstance(cell, str) else cell[0]
        return f"{alarms.SIGNS[alarm.level]}{text}", alarms.STYLES[alarm.level]


class OperatorTable(Table):
    def __init__(self, desk: Workplace, **kwargs: Any) -> None:
        heads = [("operator", 18), ("state", 17), ("since", 7), ("with_whom", 20), ("phone", 6),
                 ("calls_today", 5), ("talked_today", 8)]
        super().__init__([(desk.words(f"terminal.column.{key}"), width) for key, width in heads],
                         **kwargs)
        self.desk = desk

    def paint(self) -> None:
        found = sorted(self.desk.shelves.operators.values(), key=lambda item: item.id)
        self.show({item.id: self._row(item) for item in found})

    def _row(self, item: OperatorView) -> list[Cell]:
        desk = self.desk
        since = "" if item.state == "offline" else ticking(item.since, desk.now())
        phone = desk.words(f"terminal.phone_short.{item.phone or 'none'}")
        if item.phone and not item.registered:
            phone += " !"
        style = "bold $state-breach" if item.over == "red" else (
            "bold $state-offered" if item.over else colour(item.state))
        at = f"{item.id}@{item.pbx}" if item.pbx else item.id
        state: Cell = (floor.state_word(desk, item), style)
        if item.away:
            state = (desk.words("floor.away", pbx=item.pbx), "bold $state-breach")
        asks = any(one.operator == item.id for one in desk.shelves.helps.values())
        whom: Cell = (f"? {desk.words('help.tile')}", "bold $state-breach")
        return [f"{at} {item.name}", state,
                since, whom if asks else item.with_whom, phone, str(item.calls_today),
                duration(item.talked_today_s)]


class CallTable(Table):
    def __init__(self, desk: Workplace, **kwargs: Any) -> None:
        heads = [("since", 7), ("state", 13), ("who", 20), ("queue", 12), ("operator", 12),
                 ("course", SCALE)]
        super().__init__([(desk.words(f"terminal.column.{key}"), width) for key, width in heads],
                         **kwargs)
        self.desk = desk

    def paint(self) -> None:
        found = sorted(self.desk.shelves.calls.values(),
                       key=lambda item: (item.started_at, item.id))
        longest = floor.longest(found, self.desk.now())
        self.show({item.id: self._row(item, longest) for item in found})

    def _row(self, item: CallView, longest: float) -> list[Cell]:
        desk = self.desk
        word = desk.state(item.state)
        operator = desk.shelves.operators.get(item.operator or "")
        who = item.client_name or item.name or item.number or desk.words("terminal.number_hidden")
        course = floor.segments(item, desk.now(), SCALE, longest)
        return [ticking(item.started_at, desk.now()),
                (f"{shape(item.state)} {word}", colour(item.state)), who,
                item.campaign or desk.queue_name(item.queue),
                operator.name if operator is not None else (item.operator or ""), course]
