"""What nobody foresaw must not end the server: it is logged, and the next event is served."""

from __future__ import annotations

from collections.abc import Coroutine
from types import TracebackType
from typing import Any

import structlog

log = structlog.get_logger()


class logged:  # noqa: N801 - used as the function it looks like, some hundred times a second
    """Log any error of the block and go on after it. Cancelling is no error and passes."""

    __slots__ = ("_doing", "_facts")

    def __init__(self, doing: str, **facts: object) -> None:
        self._doing, self._facts = doing, facts

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> bool:
        if not isinstance(error, Exception):
            return False
        log.exception("something nobody foresaw; going on", doing=self._doing, **self._facts,
                      exc_info=error)
        return True


async def outlived(doing: str, work: Coroutine[Any, Any, object]) -> None:
    """`work` as a task whose failure its group survives."""
    with logged(doing):
        await work
