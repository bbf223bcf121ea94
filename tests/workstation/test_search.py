"""Search by socket, API and command: the same hits, with what matched."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_store.clients import create
from crm_store.store import Store
from tests.workstation.office import Office, add_client
from workstation import protocol
from workstation.cli.main import run
from workstation.settings import load


async def test_hits_say_what_matched_and_tell_two_of_a_name_apart(office: Office) -> None:
    await add_client(office, "Смирнова Вера", "+79161112233")
    await add_client(office, "Smirnova Vera", "+79165556677")
    async with office.screen("anna") as anna:
        hits = (await anna.ask("client.search", text="смирн вера")).result["hits"]
        assert sorted(hit["number"] for hit in hits) == ["+79161112233", "+79165556677"]
        assert {tuple(map(tuple, hit["marks"])) for hit in hits} == {((0, 5), (9, 13))}
        by_number, = (await anna.ask("client.search", text="555-66")).result["hits"]
        assert (by_number["why"], by_number["marked"], by_number["marks"]) == (
            "phone", "+79165556677", [[5, 10]])


async def test_every_letter_gets_one_answer_and_the_last_one_counts(office: Office) -> None:
    await add_client(office, "Смирнова Вера", "+79161112233")
    async with office.screen("anna") as anna:
        for length in range(1, 9):
            await anna.socket.send_str(json.dumps({
                "type": "do", "n": 100 + length, "action": "client.search",
                "args": {"text": "смирнова"[:length]}}))
        replies: dict[int, protocol.Reply] = {}
        while len(replies) < 8:
            message = await anna.hear()
            if isinstance(message, protocol.Reply):
                replies[message.n] = message
        assert all(reply.problem is None for reply in replies.values())
        assert [hit["name"] for hit in replies[108].result["hits"]] == ["Смирнова Вера"]
        assert all(reply.result is None or "hits" in reply.result for reply in replies.values())


async def test_the_command_finds_what_the_screens_find(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "deskline.toml"
    path.write_text(f'data_dir = "{tmp_path / "data"}"\n')
    store = Store(load(path).store_url)
    await store.migrate()
    async with store.begin() as tx:
        await create(tx, name="Иванов Иван", number="+79161234567", by="101",
                     at=datetime(2026, 11, 22, tzinfo=UTC))
        await create(tx, name="Evil \x1b[31mIvanov", by="101",
                     at=datetime(2026, 11, 22, tzinfo=UTC))
    await store.close()

    def told(*args: str) -> str:
        assert run(["search", "--config", str(path), *args]) == 0
        return capsys.readouterr().out
    assert "Иванов Иван  +79161234567" in await asyncio.to_thread(told, "iwanow", "iwan")
    assert "\x1b[31m" not in await asyncio.to_thread(told, "evil")
    assert "phone: +79161234567" in await asyncio.to_thread(told, "123-45")
    hit, = json.loads(await asyncio.to_thread(told, "ivanov ivan", "--json"))
    assert (hit["by"], hit["marks"]) == ("name", [[0, 6], [7, 11]])
    assert "Nobody" in await asyncio.to_thread(told, "кракозябра")
    assert await asyncio.to_thread(run, ["search", "--config", str(path), " "]) == 2
