"""Logs: one JSON object per line on standard error, ours and the libraries' alike.

A sentence and machine-readable facts: `log.warning("link lost", pbx="main")`. Packages below
`workstation` use the standard `logging` with `extra={…}`; both end in the same stream.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from typing import Any

import structlog

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.EventRenamer("message"),
]
_NOISY = ("aiosqlite", "asyncio", "alembic", "aiohttp.access", "sqlalchemy.engine")

# What JSON lets through and a terminal, or who reads there, would obey: C1, directions, line ends.
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def line(facts: Any, **_: Any) -> str:
    """One line of JSON that can be read where it is followed, in any terminal."""
    said = json.dumps(facts, default=str, ensure_ascii=False)
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", said)


def set_up(level: str | None = None) -> None:
    """Level from the argument, else DESKLINE_LOG (default WARNING for commands)."""
    wanted = (level or os.environ.get("DESKLINE_LOG", "WARNING")).upper()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    structlog.processors.JSONRenderer(serializer=line)]))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(wanted if wanted in logging.getLevelNamesMapping() else "WARNING")
    for name in _NOISY:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger, cache_logger_on_first_use=True)
