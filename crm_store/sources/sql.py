"""A source that is a PostgreSQL: statements of the settings, one bound value, only reading."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence

from sqlalchemy import BigInteger, Text, bindparam, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from crm_store.sources.values import Found, NoAnswer, PartName, Refused, SourcePlan

_BOUND = re.compile(r"(?<![:\w]):(\w+)")
_BEGINS = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_REST_S = 1.0       # what the server may take beyond our own limit before it gives up too


class StatementUnusable(ValueError):
    """A source's SQL must be one SELECT with the bound value :key and no other."""


class UrlUnusable(ValueError):
    """A source's URL must be postgresql://USER@HOST/DATABASE, without the password."""


def check_statement(sql: str) -> None:
    """Raises StatementUnusable."""
    if not _BEGINS.match(sql):
        raise StatementUnusable("it must begin with SELECT or WITH")
    if ";" in sql:
        raise StatementUnusable("it must be one statement, without ';'")
    if set(_BOUND.findall(sql)) != {"key"}:
        raise StatementUnusable("it must take the bound value :key, and no other")


def checked_url(written: str) -> URL:
    """Raises UrlUnusable."""
    try:
        url = make_url(written)
    except SQLAlchemyError as exc:
        raise UrlUnusable("this is no URL of a database") from exc
    if url.get_backend_name() != "postgresql" or not url.host or not url.database:
        raise UrlUnusable("it must be postgresql://USER@HOST/DATABASE")
    if url.password:
        raise UrlUnusable("put the password into secret_file or secret_env")
    return url.set(drivername="postgresql+asyncpg")


class SqlSource:
    """Connections to one database. Every transaction is read-only, whatever the statement says."""

    def __init__(self, plan: SourcePlan, secret: str) -> None:
        url = checked_url(plan.url)
        limit_ms = int((plan.limit_s + _REST_S) * 1000)
        settings = {"default_transaction_read_only": "on", "statement_timeout": str(limit_ms),
                    "application_name": "deskline", "timezone": "UTC"}
        self._plan = plan
        self._engine = create_async_engine(
            url.set(password=secret) if secret else url, pool_size=plan.concurrency,
            max_overflow=0, pool_pre_ping=True, hide_parameters=True,
            connect_args={"server_settings": settings, "timeout": plan.limit_s})

    async def ask(self, key: str) -> Mapping[PartName, Sequence[Found]]:
        """Every part's rows. Raises NoAnswer, Refused."""
        try:
            async with self._engine.connect() as connection:
                return {name: await self._rows(connection, part.rows, key)
                        for name, part in self._plan.parts.items()}
        except SQLAlchemyError as exc:
            raise _in_words(exc) from exc
        except OSError as exc:
            raise NoAnswer("unreachable", exc.strerror or "it cannot be reached") from exc

    async def close(self) -> None:
        async with asyncio.timeout(self._plan.limit_s + _REST_S):
            await self._engine.dispose()

    async def _rows(self, connection: AsyncConnection, sql: str, key: str) -> list[Found]:
        """As many as are shown, and one more; within a SELECT, so that nothing can be written."""
        kind = BigInteger() if self._plan.key == "client" else Text()
        written = f"select * from (\n{sql}\n) as answer limit :at_most"   # noqa: S608 of settings
        limited = text(written).bindparams(
            bindparam("key", type_=kind), bindparam("at_most", type_=BigInteger()))
        rows = await connection.execute(
            limited, {"key": self._value(key), "at_most": self._plan.most_rows + 1})
        return [Found({str(name): value for name, value in row._mapping.items()}) for row in rows]

    def _value(self, key: str) -> int | str:
        return int(key) if self._plan.key == "client" else key


def _in_words(error: SQLAlchemyError) -> NoAnswer | Refused:
    """Without the statement and its values. What the server says of itself is for the logs of
    whoever set it up: `deskline sources test`."""
    cause = getattr(error, "orig", None) or error
    said = " ".join(str(cause).split())[:200]
    name = type(getattr(cause, "__cause__", None) or cause).__name__
    if "QueryCanceled" in name:
        return NoAnswer("timeout", "it took too long")
    if "Password" in name or "Authorization" in name:
        return NoAnswer("sign_in", "it does not let us in")
    if name.endswith(("UndefinedTableError", "UndefinedColumnError", "SyntaxError",
                      "PrivilegeError", "DatatypeMismatchError", "UndefinedFunctionError",
                      "FeatureNotSupportedError", "ReadOnlySQLTransactionError")):
        return NoAnswer("statement", said)
    return NoAnswer("unreachable", said)
