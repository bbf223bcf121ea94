"""One bar after another, for work that has stages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import click

from workstation.cli.options import progress_bar

Tell = Callable[[int, int | None], None]
_WORDS = {
    "reading": "reading the base", "copying": "copying", "checking": "checking every row",
    "integrity": "checking the structure …", "indexes": "making the indexes …",
    "migrating": "bringing it to this version …",
}


@contextmanager
def stages() -> Iterator[Callable[[str, int, int | None], None]]:
    """Yields `tell(stage, done, of)`; silent where standard output is no terminal."""
    with ExitStack() as bars:
        current: dict[str, Tell] = {}

        def tell(stage: str, done: int, of: int | None) -> None:
            if not sys.stdout.isatty():
                return
            if stage not in current:
                bars.close()
                current.clear()
                current[stage] = bars.enter_context(progress_bar(f"{_WORDS[stage]:<24}"))
                if of is None:
                    click.echo(_WORDS[stage])
            if of:
                current[stage](done, of)
        yield tell
