"""`[[source]]`: where billing lives that is not ours, and how to read it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from crm_store.sources import reading, sql
from crm_store.sources.values import KeyKind, PartName, PartPlan, SourcePlan

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
FieldPath = Annotated[str, Field(pattern=r"^\^{0,3}[A-Za-z0-9_@$-]+(\.[A-Za-z0-9_@$-]+){0,9}$")]
KEY = "{key}"


class SourcePart(BaseModel):
    """Accounts, invoices or payments: where the rows are, and which field is which.

    HTTP: `rows` is the path of the list ("" the answer itself, `*` each element of a list),
    `fields` paths in a row (`^` the object around it), `url` if it is another than the source's.
    SQL: `rows` is one SELECT with the bound value :key, `fields` are its columns.
    """
    model_config = ConfigDict(frozen=True, extra="forbid")
    rows: Annotated[str, Field(max_length=10_000)] = ""
    fields: dict[str, FieldPath]
    url: str = ""


class Source(BaseModel):
    """One source. At least `account`, `invoice` or `payment` must be described."""
    model_config = ConfigDict(frozen=True, extra="forbid")
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    name: Annotated[str, Field(min_length=1, max_length=40)]
    kind: Literal["http", "sql"]
    url: str
    key: KeyKind = "account"
    secret_file: Path | None = None
    secret_env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")] | None = None
    sign_in: Literal["none", "bearer", "basic", "header"] = "none"
    header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")] = "X-Api-Key"
    money: Literal["minor", "decimal"] = "decimal"
    currency: Currency | None = None            # None: the company's
    currencies: tuple[Currency, ...] = ()       # those allowed beside it
    limit_s: Annotated[float, Field(gt=0, le=30)] = 2.0
    cache_s: Seconds = 300.0
    concurrency: Annotated[int, Field(ge=1, le=50)] = 4
    failures: Annotated[int, Field(ge=1, le=100)] = 3
    pause_s: Seconds = 30.0
    account: SourcePart | None = None
    invoice: SourcePart | None = None
    payment: SourcePart | None = None

    @property
    def parts(self) -> dict[PartName, SourcePart]:
        named: dict[PartName, SourcePart | None] = {
            "account": self.account, "invoice": self.invoice, "payment": self.payment}
        return {name: part for name, part in named.items() if part is not None}

    @model_validator(mode="after")
    def _can_be_asked(self) -> Source:
        if not self.parts:
            raise ValueError("describe at least one of account, invoice, payment")
        if self.secret_file is not None and self.secret_env is not None:
            raise ValueError("the secret comes from secret_file or from secret_env, not both")
        if self.kind == "sql":
            sql.checked_url(self.url)
        elif self.sign_in != "none" and self.secret_file is None and self.secret_env is None:
            raise ValueError(f"sign_in = {self.sign_in!r} needs secret_file or secret_env")
        for name, part in self.parts.items():
            self._check_part(name, part)
        return self

    def _check_part(self, name: PartName, part: SourcePart) -> None:
        needed, possible = reading.FIELDS[name]
        if missing := needed - part.fields.keys():
            raise ValueError(f"{name}.fields: {', '.join(sorted(missing))} missing")
        if unknown := part.fields.keys() - needed - possible:
            raise ValueError(f"{name}.fields: {', '.join(sorted(unknown))} unknown")
        if self.kind == "sql":
            try:
                sql.check_statement(part.rows)
            except sql.StatementUnusable as exc:
                raise ValueError(f"{name}.rows: {exc}") from exc
            return
        check_url(part.url or self.url)
        if not reading.is_path(part.rows):
            raise ValueError(f"{name}.rows: {part.rows[:40]!r} is no path")


def check_url(url: str) -> None:
    """Raises ValueError: an HTTP address with {key} behind the host, and no password in it."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("url must begin with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("url: put the password into secret_file or secret_env")
    if KEY in parts.netloc or KEY not in f"{parts.path}?{parts.query}":
        raise ValueError(f"url must hold {KEY} in its path or query")


def plan_of(source: Source, currency: str) -> SourcePlan:
    """As the source is asked; `currency` is the company's."""
    own = source.currency or currency
    return SourcePlan(
        id=source.id, name=source.name, kind=source.kind, url=source.url, key=source.key,
        parts={name: PartPlan(rows=part.rows, fields=dict(part.fields), url=part.url)
               for name, part in source.parts.items()},
        money=source.money, currency=own, currencies=frozenset({own, *source.currencies}),
        limit_s=source.limit_s, cache_s=source.cache_s, concurrency=source.concurrency,
        failures=source.failures, pause_s=source.pause_s)
