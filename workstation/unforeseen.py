"""What nobody foresaw must not end the server: it is logged, and the next event is served."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import structlog

log = structlog.get_logger()


@contextmanager
def logged(doing: str, **facts: object) -> Iterator[None]:
    """Log any error of the block and go on after it. Cancelling is no error and passes."""
    try:
        yield
    except Exception:
        log.exception("something nobody foresaw; going on", doing=doing, **facts)


async def outlived(doing: str, work: Coroutine[Any, Any, object]) -> None:
    """`work` as a task whose failure its group survives."""
    with logged(doing):
        await work
