"""Settings of what a call opens on its operator's screen, and of calls dialled by hand."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Number = Annotated[str, Field(pattern=r"^\+?[0-9]{3,15}$")]
Tab = Literal["request", "script", "offers"]


class Opening(BaseModel):
    """What a call shows at once when it fits all that is named here; the first rule that names a
    form, a script or a tab decides it. `menu`: a step on the caller's way, `main:figures`, or a
    menu, `main`. `campaign`: its name, `*` is any."""
    model_config = ConfigDict(frozen=True, extra="forbid")
    queue: Slug | None = None
    entry: Number | None = None
    menu: Annotated[str, Field(pattern=r"^[a-z0-9_]+(:[a-z0-9_]+)?$")] | None = None
    campaign: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    form: Slug | None = None
    script: Slug | None = None
    tab: Tab | None = None


class Guidance(BaseModel):
    """Folders with scripts and proposals of one's own, beside those that come with us."""
    model_config = ConfigDict(frozen=True, extra="forbid")
    scripts: str = ""
    proposals: str = ""


class Dialling(BaseModel):
    """`retype`: which numbers are typed a second time before they are dialled. `law`: the rules
    that every call by hand obeys. `shown`: queue → the number that the client sees.
    `answers_dialler`: pages that are telephones take a campaign's calls by themselves."""
    model_config = ConfigDict(frozen=True, extra="forbid")
    retype: Literal["unknown", "always", "never"] = "unknown"
    law: tuple[str, ...] = ()
    shown: dict[Slug, Number] = {}
    answers_dialler: bool = False


OPENINGS = (
    Opening(queue="collection", script="debt_reminder", tab="script"),
    Opening(queue="billing", script="meter_dispute"),
)
