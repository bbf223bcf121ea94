"""What others may read of a floor, and the floors of several Asterisks read as one."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from cti.calls import Call, Leg
from cti.live import Floor
from cti.operators import Operator
from cti.queues import Queue

V = TypeVar("V")


class FloorView(Protocol):
    """Live calls, legs, operators and queues by id; frozen values."""
    @property
    def calls(self) -> Mapping[str, Call]: ...
    @property
    def legs(self) -> Mapping[str, Leg]: ...
    @property
    def operators(self) -> Mapping[str, Operator]: ...
    @property
    def queues(self) -> Mapping[str, Queue]: ...
    @property
    def phones(self) -> Mapping[str, Mapping[str, bool]]: ...
    def call_of(self, leg: Leg) -> Call | None: ...
    def legs_of(self, call_id: str) -> list[Leg]: ...
    def legs_of_operator(self, operator: str) -> Iterator[Leg]: ...


class MergedFloor:
    """Several floors, told apart (`cti.apart`): of calls, legs and operators each has its own.
    A queue that is on several of them is one line."""

    def __init__(self, floors: Sequence[Floor]) -> None:
        self._floors = tuple(floors)
        self.calls: Mapping[str, Call] = _one([floor.calls for floor in floors])
        self.legs: Mapping[str, Leg] = _one([floor.legs for floor in floors])
        self.operators: Mapping[str, Operator] = _one([floor.operators for floor in floors])
        self.phones: Mapping[str, Mapping[str, bool]] = _one([floor.phones for floor in floors])

    @property
    def queues(self) -> Mapping[str, Queue]:
        found: dict[str, Queue] = {}
        for floor in self._floors:
            for name, queue in floor.queues.items():
                before = found.get(name)
                found[name] = queue if before is None else Queue(
                    name, (*before.waiting, *queue.waiting))
        return found

    def call_of(self, leg: Leg) -> Call | None:
        return self.calls.get(leg.call)

    def legs_of(self, call_id: str) -> list[Leg]:
        return next((found for floor in self._floors if (found := floor.legs_of(call_id))), [])

    def legs_of_operator(self, operator: str) -> Iterator[Leg]:
        for floor in self._floors:
            yield from floor.legs_of_operator(operator)


def _one(parts: Sequence[Mapping[str, V]]) -> Mapping[str, V]:
    """Read only; it follows its parts."""
    mappings: list[Any] = list(parts)
    return MappingProxyType(ChainMap(*mappings))
