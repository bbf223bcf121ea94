"""A source that answers over HTTP with JSON. What comes is hostile until it is read."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp

from crm_store.sources import reading
from crm_store.sources.values import (
    Document,
    Found,
    NoAnswer,
    NothingKnown,
    PartName,
    Refused,
    SourcePlan,
)
from workstation.sources.settings import KEY

CHUNK = 64 * 1024
_LONGEST_NUMBER = 40


class HttpSource:
    """One session to one server: no cookies, no redirects, no proxies, no compressed bombs."""

    def __init__(self, plan: SourcePlan, headers: Mapping[str, str]) -> None:
        self._plan = plan
        self._headers = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, key: str) -> Mapping[PartName, Sequence[Found]]:
        """Every part's rows. Raises NoAnswer, Refused, NothingKnown."""
        documents: dict[str, Document] = {}
        found: dict[PartName, Sequence[Found]] = {}
        for name, part in self._plan.parts.items():
            url = part.url or self._plan.url
            if url not in documents:
                documents[url] = await self._read(url.replace(KEY, quote(key, safe="")))
            found[name] = reading.rows_at(documents[url], part.rows)
        return found

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _read(self, url: str) -> Document:
        session = self._opened()
        try:
            async with session.get(url, allow_redirects=False, headers=self._headers) as answer:
                _check(answer)
                return parsed(await self._body(answer))
        except aiohttp.ClientError as exc:
            raise NoAnswer("unreachable", _in_words(exc)) from exc
        except TimeoutError as exc:
            raise NoAnswer("timeout", "it took too long") from exc
        except ValueError as exc:       # headers, an address nobody can resolve
            raise NoAnswer("unreachable", type(exc).__name__) from exc

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._plan.concurrency),
                cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=self._plan.limit_s))
        return self._session

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        """Read no further than is allowed; an endless body is hung up on."""
        body = bytearray()
        async for chunk in answer.content.iter_chunked(CHUNK):
            body += chunk
            if len(body) > self._plan.longest_answer:
                answer.close()
                raise Refused("too_long", f"more than {self._plan.longest_answer:,} bytes")
        return bytes(body)


def sign_in(kind: str, header: str, secret: str) -> dict[str, str]:
    """The headers that let us in."""
    match kind:
        case "bearer":
            return {"Authorization": f"Bearer {secret}"}
        case "basic":       # the secret is USER:PASSWORD
            return {"Authorization": f"Basic {b64encode(secret.encode()).decode()}"}
        case "header":
            return {header: secret}
    return {}


def _check(answer: aiohttp.ClientResponse) -> None:
    status = answer.status
    if 300 <= status < 400:
        host = urlsplit(answer.headers.get("Location", "")).hostname or "elsewhere"
        raise NoAnswer("redirect", f"it sends us to {host[:60]}; that is not followed")
    if status in (404, 410):
        raise NothingKnown("unknown", "it knows nothing of this client")
    if status in (401, 403):
        raise NoAnswer("sign_in", f"it does not let us in (HTTP {status})")
    if status != 200:
        raise NoAnswer("status", f"it answers HTTP {status}")
    kind = answer.content_type
    if kind != "application/json" and not kind.endswith("+json"):
        raise Refused("not_json", f"it sends {kind[:60]}, not JSON")
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused("not_json", "it sends compressed bytes that were not asked for")


def parsed(body: bytes) -> Document:
    """JSON with exact numbers. Raises Refused."""
    try:
        return json.loads(body, parse_float=_number, parse_int=_whole, parse_constant=_no_number)
    except RecursionError as exc:
        raise Refused("not_json", "it is nested too deeply") from exc
    except (ValueError, ArithmeticError) as exc:    # text that is no UTF-8, 1e9999…
        raise Refused("not_json", "it is no JSON") from exc


def _number(text: str) -> Decimal | str:
    return Decimal(text) if len(text) <= _LONGEST_NUMBER else text[:_LONGEST_NUMBER]


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= _LONGEST_NUMBER else text[:_LONGEST_NUMBER]


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _in_words(error: aiohttp.ClientError) -> str:
    """Without the address: it holds the client's account."""
    cause = getattr(error, "os_error", None)
    said = getattr(cause, "strerror", None) or type(error).__name__
    return " ".join(str(said).split())[:120]
