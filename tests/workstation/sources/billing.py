"""A real HTTP server that plays the billing: honest, slow, dead, or hostile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

ACCOUNTS: dict[str, Any] = {"400-1": {
    "accounts": [{"number": "400-1", "balance": "-4812.50", "since": "2026-09-09"}],
    "invoices": [{"number": "A-2", "amount": "1300.10", "on": "2026-11-01", "due": "2026-11-25"},
                 {"number": "A-1", "amount": "1240.00", "on": "2026-10-01", "due": None}],
    "payments": [{"amount": "500.00", "on": "2026-10-15", "how": "card"}]}}


@dataclass
class Billing:
    """`mood` decides what is answered; `asked` keeps every path and its headers."""
    url: str = ""
    mood: str = "honest"
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    accounts: dict[str, Any] = field(default_factory=lambda: json.loads(json.dumps(ACCOUNTS)))
    released: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    most_at_once: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path_qs, dict(request.headers)))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._answer(request)
        finally:
            self.at_once -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        number = request.match_info["number"]
        match self.mood:
            case "silent":
                await self.released.wait()
            case "slow":
                await asyncio.sleep(0.1)
            case "broken":
                return web.Response(status=500, text="stack trace with secrets")
            case "closed":
                return web.Response(status=401)
            case "redirects":
                raise web.HTTPFound("http://evil.example/steal")
            case "html":
                return web.Response(text="<html><script>alert(1)</script>",
                                    content_type="text/html")
            case "lies":
                return web.Response(text="<html>", content_type="application/json")
            case "deep":
                return web.Response(text="[" * 200_000, content_type="application/json")
            case "figures":
                return web.Response(text='{"accounts": [{"number": "1", "balance": 1e9999999999999'
                                    '99999999}]}', content_type="application/json")
            case "dollars":
                return web.json_response({"invoices": [], "payments": [], "accounts": [
                    {"number": "400-1", "balance": "1", "currency": "USD"}]})
            case "endless" | "huge":
                return await self._endless(request)
            case "bomb":
                return web.Response(body=b"x" * 100, content_type="application/json",
                                    headers={"Content-Encoding": "gzip"})
        if number not in self.accounts:
            raise web.HTTPNotFound
        return web.json_response({"invoices": [], "payments": [], **self.accounts[number]})

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        while True:
            await answer.write(b" " * 65_536)
            if self.mood == "endless":
                await asyncio.sleep(0.05)


@asynccontextmanager
async def billing() -> AsyncIterator[Billing]:
    """The server on a free port of 127.0.0.1."""
    played = Billing()
    app = web.Application()
    app.router.add_get("/accounts/{number}", played.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    played.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield played
    finally:
        played.released.set()
        await runner.cleanup()


def described(url: str, **changes: Any) -> dict[str, Any]:
    """The `[[source]]` that reads it."""
    return {
        "id": "billing", "name": "Billing", "kind": "http", "url": f"{url}/accounts/{{key}}",
        "money": "decimal", "limit_s": 1.0,
        "account": {"rows": "accounts", "fields": {
            "number": "number", "balance": "balance", "debt_since": "since",
            "currency": "currency"}},
        "invoice": {"rows": "invoices", "fields": {
            "number": "number", "amount": "amount", "issued_on": "on", "due_on": "due"}},
        "payment": {"rows": "payments", "fields": {
            "amount": "amount", "paid_on": "on", "method": "how"}},
        **changes}
