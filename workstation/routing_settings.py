"""`[routing]`: whom calls reach after the menu."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Routing(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    file: str = ""                  # the rules; empty: those shipped with ivr
