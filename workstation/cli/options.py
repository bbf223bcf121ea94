"""What every command has in common: `--config`, `--json`, and how it fails."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from workstation.settings import Settings, load

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

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


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int | None], None]]:
    """Yields `tell(done, of)`, a bar where standard output is a terminal; `of` may be None."""
    bars: list[ProgressBar[int]] = []

    def tell(done: int, of: int | None) -> None:
        if not sys.stdout.isatty():
            return
        if not bars:
            bars.append(click.progressbar(length=of or 0, label=label, show_pos=True))
            bars[0].length = of
        bars[0].update(done - bars[0].pos)
    try:
        yield tell
    finally:
        for bar in bars:
            bar.render_finish()


def print_json(facts: object) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2, default=str))


def leaves(group: BaseExceptionGroup[Exception]) -> Iterator[Exception]:
    """The exceptions themselves, however deep in groups of groups."""
    for item in group.exceptions:
        if isinstance(item, BaseExceptionGroup):
            yield from leaves(item)
        else:
            yield item
