"""What may be done with a call right now ○: one table for screens and for the actions themselves.

Pure: from the call as the floor has it, who looks at it, and as what.
"""

from __future__ import annotations

from typing import Literal

from cti.floor import Call

Role = Literal["operator", "supervisor"]    # of this call: who talks in it, or who oversees it


def can(call: Call, operator: str, role: Role) -> tuple[str, ...]:
    """The verbs of protocol/controls.py that `operator` may use on `call` now, in their order."""
    return ()
