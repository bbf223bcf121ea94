"""The demo's recorded queue: who brings settings of his own is not overruled."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.pbx.find import Espeak
from workstation.demo.recorded import environment, with_recording
from workstation.settings import Queue, Settings, load

NO_VOICE = Espeak(command="/nowhere/espeak-ng", environment={})


def said(found: list[str]) -> str:
    return " ".join(found)


@pytest.mark.parametrize("changes", [
    {"queue": tuple(Queue(id=name, name="Ours") for name in ("billing", "outages", "collection"))},
    {"recording": {"outbound": "always"}}])
async def test_settings_of_ones_own_stay_as_they_are(
        tmp_path: Path, changes: dict[str, object]) -> None:
    settings = load(None, data_dir=tmp_path, **changes)
    told: list[str] = []
    assert await with_recording(settings, NO_VOICE, told.append) == settings
    assert environment(settings) == {}
    assert not told


async def test_without_a_voice_to_announce_it_nothing_is_recorded(tmp_path: Path) -> None:
    settings = load(None, data_dir=tmp_path / "a folder that no sound may lie in, for its comma")
    told: list[str] = []
    assert await with_recording(settings, NO_VOICE, told.append) == settings
    assert "no queue is recorded" in said(told)


async def test_the_demos_servers_read_what_the_demo_decided(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = load(None, data_dir=tmp_path)
    first, *others = plain.queue
    decided: Settings = plain.model_copy(update={
        "queue": (first.model_copy(update={"record": "always"}), *others),
        "recording": plain.recording.model_copy(update={"announcement": "/data/prompts/told"})})
    for name, value in environment(decided).items():
        monkeypatch.setenv(name, value)
    read = load(None, data_dir=tmp_path)
    assert (read.queue, read.recording) == (decided.queue, decided.recording)
