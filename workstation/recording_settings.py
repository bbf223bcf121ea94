"""`[recording]`: what is recorded beside the queues' own `record`. How long: `[retention]`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Policy = Literal["always", "on_demand", "never"]
Sound = Annotated[str, Field(pattern=r"^[\w./+@-]{0,200}$")]    # as Asterisk wants it: no ending


class Recording(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    folder: str = ""                # empty: `recordings` in data_dir; on Asterisk's machine
    announcement: Sound = ""        # what callers hear before they wait in a recorded queue
    outbound: Policy = "never"      # calls dialled by hand, which have no queue
    campaigns: dict[str, Policy] = {}           # by a campaign's name; else as its queue
    pause_limit_s: Annotated[int, Field(ge=1, le=3600)] = 120     # then it resumes by itself
    min_free_mb: Annotated[int, Field(ge=0, le=1_000_000)] = 500  # with less nothing is begun
