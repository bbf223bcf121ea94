"""How extensions.conf is written."""

from __future__ import annotations


def context(name: str, *extensions: str) -> str:
    return f"[{name}]\n" + "".join(extensions) + "\n"


def extension(pattern: str, *steps: str) -> str:
    """One extension; a step may carry a label: `(bye)Hangup()`."""
    lines = []
    for place, step in enumerate(steps):
        label, _, rest = step[1:].partition(")") if step.startswith("(") else ("", "", step)
        priority = ("1" if place == 0 else "n") + (f"({label})" if label else "")
        head = f"exten => {pattern}" if place == 0 else " same => "
        lines.append(f"{head}{',' if place == 0 else ''}{priority},{rest}\n")
    return "".join(lines)
