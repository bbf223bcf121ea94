"""The parent of every action's arguments."""

from __future__ import annotations

from typing import Annotated

import msgspec

RowId = Annotated[int, msgspec.Meta(ge=1, le=10**18)]


class Args(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Arguments of one action; the docstring says who may ask and what the reply's result is."""
