"""Billing over HTTP, against a real server that is honest, slow, dead or hostile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm_store.sources.values import NoAnswer, NothingKnown, Refused, SourceTrouble
from tests.workstation.sources.billing import Billing, billing, described
from workstation.sources.http import HttpSource, sign_in
from workstation.sources.line import Line
from workstation.sources.settings import Source, plan_of

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def line(played: Billing, clock: Any = lambda: NOW, *, headers: dict[str, str] | None = None,
               **changes: Any) -> AsyncIterator[Line]:
    plan = plan_of(Source.model_validate(described(played.url, **changes)), "RUB")
    opened = Line(plan, HttpSource(plan, headers or {}), clock)
    try:
        yield opened
    finally:
        await opened.close()


async def test_figures_come_from_a_real_server() -> None:
    async with billing() as played, line(
            played, headers=sign_in("bearer", "", "letmein")) as asked:
        said = await asked.ask("400-1")
        assert [row.balance_minor for row in said.accounts] == [-481_250]
        assert [row.number for row in said.invoices] == ["A-2", "A-1"]
        assert [(row.amount_minor, row.account) for row in said.payments] == [(50_000, "400-1")]
        [(path, headers)] = played.asked        # one question for the three parts of one document
        assert (path, headers["Authorization"]) == ("/accounts/400-1", "Bearer letmein")
        assert "Cookie" not in headers


@pytest.mark.parametrize("key", ["../../admin", "400-1?x=1", "400-1#f", "ключ", "a b", "%2e%2e"])
async def test_a_key_stays_one_part_of_the_path(key: str) -> None:
    async with billing() as played, line(played) as asked:
        with pytest.raises((NothingKnown, NoAnswer)):
            await asked.ask(key)
        assert all(path.startswith("/accounts/") and path.count("/") == 2 and "?" not in path
                   for path, _ in played.asked)


@pytest.mark.parametrize(("mood", "kind", "reason"), [
    ("silent", NoAnswer, "timeout"), ("broken", NoAnswer, "status"),
    ("closed", NoAnswer, "sign_in"), ("redirects", NoAnswer, "redirect"),
    ("html", Refused, "not_json"), ("lies", Refused, "not_json"), ("deep", Refused, "not_json"),
    ("figures", Refused, "not_json"), ("bomb", Refused, "not_json"),
    ("dollars", Refused, "wrong_currency"), ("huge", Refused, "too_long"),
    ("endless", NoAnswer, "timeout")])
async def test_what_is_no_honest_answer_is_refused_with_a_reason(
    mood: str, kind: type[SourceTrouble], reason: str
) -> None:
    async with billing() as played, line(played, limit_s=0.5) as asked:
        played.mood = mood
        with pytest.raises(kind) as refused:
            async with asyncio.timeout(20):
                await asked.ask("400-1")
        assert refused.value.reason == reason
        assert "secrets" not in str(refused.value)
        assert "400-1" not in str(refused.value)


async def test_a_server_that_is_not_there_is_no_answer() -> None:
    async with line(Billing(url="http://127.0.0.1:1")) as asked:
        with pytest.raises(NoAnswer) as refused:
            await asked.ask("400-1")
        assert refused.value.reason == "unreachable"


async def test_a_failing_source_is_left_alone_and_tried_again_by_one_question() -> None:
    clock = Clock()
    async with billing() as played, line(played, clock, failures=2, pause_s=30) as asked:
        played.mood = "broken"
        for reason in ("status", "status", "resting", "resting"):
            with pytest.raises(NoAnswer) as refused:
                await asked.ask("400-1")
            assert refused.value.reason == reason
        assert len(played.asked) == 2
        assert asked.state.failing_since == NOW
        clock.now = NOW + timedelta(seconds=31)
        played.mood = "slow"
        async with asyncio.TaskGroup() as tasks:
            questions = [tasks.create_task(_reason(asked)) for _ in range(5)]
        assert sorted(question.result() for question in questions) == ["", *["resting"] * 4]
        assert asked.state.failing_since is None
        assert (await asked.ask("400-1")).accounts


async def _reason(asked: Line) -> str:
    try:
        await asked.ask("400-1")
    except SourceTrouble as trouble:
        return trouble.reason
    return ""


async def test_so_many_questions_go_out_at_once_and_no_more() -> None:
    async with billing() as played, line(played, concurrency=2, limit_s=10) as asked:
        played.mood = "slow"
        async with asyncio.TaskGroup() as tasks:
            for _ in range(8):
                tasks.create_task(asked.ask("400-1"))
        assert (len(played.asked), played.most_at_once) == (8, 2)


async def test_one_refused_answer_does_not_close_the_source_for_others() -> None:
    async with billing() as played, line(played, failures=1) as asked:
        played.accounts["bad"] = {"accounts": [{"number": None}]}
        with pytest.raises(Refused):
            await asked.ask("bad")
        assert (await asked.ask("400-1")).accounts
