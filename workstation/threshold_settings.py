"""`[[threshold]]`: when a figure of a queue turns amber and red, until a lead changes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Figure = Literal["waiting", "longest", "level", "abandoned", "ready", "signed_in"]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^$")]
Bound = Annotated[float, Field(ge=0, le=1_000_000)]


class Threshold(BaseModel):
    """`queue` "": all; `days` 1 is Monday; `longest` in seconds, `level` in percent."""
    model_config = ConfigDict(frozen=True, extra="forbid")
    figure: Figure
    queue: str = ""
    days: tuple[Annotated[int, Field(ge=1, le=7)], ...] = ()
    since: Clock = ""
    until: Clock = ""
    amber: Bound | None = None
    red: Bound | None = None
    sound: bool = False
    message: Annotated[str, Field(max_length=200)] = ""


DEFAULT = (
    Threshold(figure="level", amber=80, red=60),
    Threshold(figure="longest", amber=60, red=180, sound=True),
)
