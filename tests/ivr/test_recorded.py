"""Recorded prompts: what is taken, what is refused and why, and what callers then hear."""

from __future__ import annotations

import math
from array import array
from pathlib import Path

import pytest

from ivr import recorded, sound
from ivr.say import PAUSE
from ivr.speech import PromptCache, Voice


def tone(seconds: float, *, level: float = 0.3, rate: int = 16_000, channels: int = 1) -> bytes:
    samples = array("h", (round(32_767 * level * math.sin(place / 9))
                          for place in range(round(seconds * rate))))
    data = sound.wav(samples, rate)
    return data if channels == 1 else data[:22] + bytes([2, 0]) + data[24:]


@pytest.mark.parametrize(("data", "code"), [
    (b"no sound", "format"), (b"", "format"), (tone(1, channels=2), "format"),
    (tone(0.1), "length"), (tone(125, rate=8_000), "length"), (tone(1, level=0.004), "quiet"),
    (tone(1, level=1.0), "clipped"), (tone(1, rate=4_000), "rate"),
    (bytes(recorded.MOST_BYTES + 1), "too_big"),
])
def test_what_cannot_be_used_is_refused_with_the_reason(data: bytes, code: str) -> None:
    with pytest.raises(recorded.NotUsable) as caught:
        recorded.taken(data)
    assert caught.value.code == code


def test_a_recording_is_played_at_both_rates_and_a_new_one_takes_its_place(
    tmp_path: Path,
) -> None:
    recorded.keep(tmp_path, "en", "greeting", recorded.taken(tone(1.0)))
    first = recorded.there(tmp_path, "en")["greeting"]
    recorded.keep(tmp_path, "en", "greeting", recorded.taken(tone(1.5)))
    second = recorded.there(tmp_path, "en")["greeting"]
    assert first != second
    assert not first.with_name(f"{first.name}.wav").exists()
    cache = PromptCache(tmp_path, Voice("en-us", 155))
    joined = cache.joined((recorded.fragment(second), PAUSE, recorded.fragment(second)))
    for extension, rate in ((".wav", 8_000), (".wav16", 16_000)):
        samples, its_rate = sound.read_wav(
            joined.with_name(joined.name + extension).read_bytes())
        assert its_rate == rate
        assert 3.1 < len(samples) / rate < 3.5
    assert cache.joined((recorded.fragment(second),)) == second
    assert recorded.remove(tmp_path, "en", "greeting")
    assert recorded.there(tmp_path, "en") == {}
    assert not recorded.remove(tmp_path, "en", "greeting")


@pytest.mark.parametrize("name", ["../x", "a/b", "", "A", "x" * 40, "a.b"])
def test_a_name_is_never_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(recorded.NotUsable):
        recorded.keep(tmp_path, "en", name, recorded.taken(tone(1.0)))
    assert not recorded.remove(tmp_path, name, "greeting")
