"""The way of a request ○: where it may go from where it is."""

from __future__ import annotations

from workstation.requests.kinds import RequestType


class NoSuchStep(Exception):
    """A request of this type cannot go there from where it is."""


def ways(kind: RequestType | None, stage: str) -> tuple[str, ...]:
    return kind.stages.get(stage, ()) if kind is not None else ()


def is_closed(kind: RequestType | None, stage: str) -> bool:
    return not ways(kind, stage)


def step(kind: RequestType, stage: str, target: str) -> str:
    """`target`, if it may be reached from `stage`; raises NoSuchStep."""
    if target not in ways(kind, stage):
        raise NoSuchStep(f"{stage} → {target}")
    return target
