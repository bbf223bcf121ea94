"""`deskline duplicates`, as a person at a shell uses it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_store import clients
from crm_store.store import Store
from workstation.cli.main import run
from workstation.settings import load

Do = Callable[..., str]


@pytest.fixture
def do(tmp_path: Path, capsys: pytest.CaptureFixture[str],
       monkeypatch: pytest.MonkeyPatch) -> Do:
    """Runs a command on a base with two spellings of one man, and what it says."""
    monkeypatch.setattr("os.nice", lambda by: by)       # the test process stays as it is
    config = tmp_path / "deskline.toml"
    config.write_text(f'data_dir = "{tmp_path / "data"}"\n')
    assert run(["migrate", "--config", str(config)]) == 0
    asyncio.run(_fill(load(config).store_url))

    def say(*args: str, code: int = 0) -> str:
        capsys.readouterr()
        assert run(["duplicates", *args, "--config", str(config)]) == code
        told = capsys.readouterr()
        return told.out if code == 0 else told.err
    return say


async def _fill(url: str) -> None:
    store = Store(url)
    async with store.begin() as tx:
        for name in ("Иванов Иван", "Ivanov Ivan\x1b[2J"):
            await clients.create(tx, name=name, number="+79161234567", by="x",
                                 at=datetime.now(UTC))
    await store.close()


def test_found_decided_merged_and_parted(do: Do) -> None:
    report = json.loads(do("find", "--json"))
    assert (report["suspects"], report["resumed"]) == (1, False)
    assert {"took_s", "peak_mb"} <= set(report)
    listed = do("list")
    assert "#1 Иванов Иван  ~  #2 Ivanov Ivan" in listed
    assert "same phone" in listed
    assert "\x1b" not in listed
    assert "merge 1" in do("decide", "1", "same", "--keep", "2", "--take", "name")
    assert "→ #2 Иванов Иван" in do("merges", "--client", "1")
    assert "two again" in do("unmerge", "1")
    assert "undone" in do("merges")
    assert json.loads(do("list", "--json"))["pairs"] == []
    assert "#1" in do("list", "--state", "different")
    assert "0 rows" in do("gather")


def test_a_merge_by_number_says_how_to_undo_it(do: Do) -> None:
    assert "deskline duplicates unmerge 1" in do("merge", "1", "2", "--reason", "he said so")


@pytest.mark.parametrize(("args", "code", "says"), [
    (("merge", "1", "1"), 1, "himself"), (("merge", "1", "99"), 1, "no such row"),
    (("unmerge", "7"), 1, "merge 7"), (("decide", "9", "same"), 1, "pair 9"),
    (("decide", "1", "maybe"), 2, "maybe"), (("merge", "0", "1"), 2, "0"),
])
def test_what_cannot_be_done_is_one_line(do: Do, args: tuple[str, ...], code: int,
                                         says: str) -> None:
    told = do(*args, code=code)
    assert says in told
    assert len(told.strip().splitlines()) == 1
