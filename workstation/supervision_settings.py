"""`[supervision]`: what an operator learns of a supervisor who hears his call."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from cti.user_events import ListenMode


class TellOperator(BaseModel):
    """Whether he is told, by a mark on his screen, for each way of listening."""
    model_config = ConfigDict(frozen=True, extra="forbid")
    listen: bool = True
    whisper: bool = True
    barge: bool = True

    def of(self, mode: ListenMode) -> bool:
        match mode:
            case "listen":
                return self.listen
            case "whisper":
                return self.whisper
            case "barge":
                return self.barge


class Supervision(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    tell_operator: TellOperator = TellOperator()
