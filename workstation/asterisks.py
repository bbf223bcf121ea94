"""The Asterisks of the settings, by name: `[pbx]` is the first, `""` stands for it as well."""

from __future__ import annotations

from pathlib import Path

from cti.apart import Apart
from cti.secrets import derive
from workstation.settings import OperatorSettings, Pbx, Settings


def pbx_of(settings: Settings, name: str) -> Pbx:
    """Raises LookupError: there is none of that name."""
    found = next((pbx for pbx in settings.asterisks if name in ("", pbx.name)), None)
    if found is None:
        raise LookupError(f"there is no Asterisk {name!r}")
    return found


def name_in(settings: Settings, call: str) -> str:
    """Of the Asterisk that a call's id tells of."""
    return call.partition("@")[2] or settings.pbx.name


def is_first(settings: Settings, name: str) -> bool:
    return name in ("", settings.pbx.name)


def home(settings: Settings, operator: OperatorSettings) -> str:
    """The name of the Asterisk that has his phones."""
    return operator.asterisk or settings.pbx.name


def operators_of(settings: Settings, name: str) -> tuple[OperatorSettings, ...]:
    asked = name or settings.pbx.name
    return tuple(one for one in settings.operator if home(settings, one) == asked)


def apart_of(settings: Settings, name: str) -> Apart:
    own = {one.id for one in operators_of(settings, name)}
    return Apart(name or settings.pbx.name, is_first(settings, name),
                 frozenset(one.id for one in settings.operator if one.id not in own))


def own_secret(settings: Settings, secret: bytes, name: str) -> bytes:
    """What its passwords are derived from: none of them is known to another Asterisk."""
    return secret if is_first(settings, name) else derive(secret, f"asterisk:{name}").encode()


def folder_of(settings: Settings, name: str) -> Path:
    """Of the private Asterisk."""
    whose = "pbx" if is_first(settings, name) else f"pbx-{name}"
    return settings.data_dir.absolute() / whose
