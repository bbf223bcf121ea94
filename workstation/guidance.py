"""Scripts and proposals, read once at start, and the rules of what a call opens."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from workstation.proposals import files as proposals
from workstation.proposals.files import Proposal
from workstation.scripts import files as scripts
from workstation.scripts.files import Script
from workstation.settings import Settings, SettingsError
from workstation.toml_places import TomlWrong


@dataclass(frozen=True, slots=True)
class Guidance:
    scripts: Mapping[str, Script]
    proposals: Mapping[str, Proposal]


def load(settings: Settings, forms: Collection[str]) -> Guidance:
    """`forms`: the request types there are.

    Raises SettingsError: a file is wrong, or a rule opens what is not there."""
    own = settings.guidance
    try:
        found = Guidance(scripts.load(*_folder(own.scripts)),
                         proposals.load(*_folder(own.proposals)))
    except (TomlWrong, OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"guidance: {exc}") from exc
    for rule in settings.opening:
        if rule.script is not None and rule.script not in found.scripts:
            raise SettingsError(f"opening: there is no script {rule.script!r}")
        if rule.form is not None and rule.form not in forms:
            raise SettingsError(f"opening: there is no request type {rule.form!r}")
    return found


def _folder(name: str) -> tuple[Path, ...]:
    if not name:
        return ()
    folder = Path(name)
    if not folder.is_dir():
        raise SettingsError(f"guidance: there is no folder {folder}")
    return (folder,)
