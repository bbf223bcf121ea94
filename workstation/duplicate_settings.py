"""`[duplicates]`: when the base is searched for clients who may be one."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Duplicates(BaseModel):
    """`at`: once a day, the company's time; "" for never."""
    model_config = ConfigDict(frozen=True, extra="forbid")
    at: Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$")] = "02:30"
