"""What every command has in common: `--config`, `--json`, and how it fails."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from workstation.settings import Settings, load

P = ParamSpec("P")
R = TypeVar("R")


class Failure(click.ClickException):
    """The command could not do it; the message is one line for the person (exit code 1)."""


def with_settings(function: Callable[Concatenate[Settings, P], R]) -> Callable[P, R]:
    """Adds `--config FILE` and hands the settings over as first argument.

    Put it directly above the function, below `@click.command`. SettingsError (exit code 2)
    is translated by `main`.
    """
    @click.option("--config", "config", type=click.Path(dir_okay=False, path_type=Path),
                  metavar="FILE", help="Settings file; default deskline.toml, if it is there.")
    @functools.wraps(function)
    def wrapped(*args: Any, config: Path | None, **kwargs: Any) -> R:
        return function(load(config), *args, **kwargs)
    return wrapped  # type: ignore[return-value]


def json_option(function: Callable[P, R]) -> Callable[P, R]:
    """Adds `--json`, the parameter `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")(function)


def print_json(facts: object) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2, default=str))
