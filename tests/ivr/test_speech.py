"""The voice, really spoken: kept by text and voice, checked, tried again, joined."""

from __future__ import annotations

import math
import os
import sys
from array import array
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import sound
from ivr.speech import (
    GAP_S,
    KEPT_JOINED,
    PAUSE_S,
    NotSpoken,
    PromptCache,
    SpeechFailed,
    Voice,
)
from ivr.wording import Wording, texts


def tone(hertz: float, rate: int, seconds: float = 0.5, loud: int = 10_000) -> array[int]:
    return array("h", [round(loud * math.sin(2 * math.pi * hertz * i / rate))
                       for i in range(round(rate * seconds))])


def length(path: Path, extension: str = ".wav") -> float:
    samples, rate = sound.read_wav(path.with_name(path.name + extension).read_bytes())
    return len(samples) / rate


async def test_a_text_is_spoken_once_at_both_rates(tmp_path: Path, espeak: Voice) -> None:
    cache = PromptCache(tmp_path, espeak)
    progress: list[tuple[int, int]] = []
    said = ["four thousand", "roubles", "four thousand"]
    assert await cache.build(said, progress=lambda *now: progress.append(now)) == 2
    assert progress == [(1, 2), (2, 2)]
    assert await cache.build(said) == 0
    path = cache.path_of("four thousand")
    for extension, rate in ((".wav", 8_000), (".wav16", 16_000)):
        samples, its_rate = sound.read_wav(path.with_name(path.name + extension).read_bytes())
        assert its_rate == rate
        assert sound.fault(samples, rate, "four thousand") is None
    assert length(path) == pytest.approx(length(path, ".wav16"), abs=0.001)


async def test_another_voice_has_its_own_sounds(tmp_path: Path, espeak: Voice) -> None:
    slow = PromptCache(tmp_path, replace(espeak, rate=90))
    usual = PromptCache(tmp_path, espeak)
    for cache in (slow, usual):
        await cache.build(["goodbye"])
    assert length(slow.path_of("goodbye")) > 1.1 * length(usual.path_of("goodbye"))


async def test_russian_is_spoken(tmp_path: Path, espeak: Voice) -> None:
    cache = PromptCache(tmp_path, replace(espeak, name="ru"))
    assert await cache.build(["двадцать одну", "тысячу", "рублей"]) == 3


async def test_a_voice_that_is_not_there_is_an_error_and_no_other_voice(
    tmp_path: Path, espeak: Voice,
) -> None:
    cache = PromptCache(tmp_path, replace(espeak, name="xx-none"))
    with pytest.raises(SpeechFailed, match="voice"):
        await cache.build(["goodbye"])
    assert cache.missing(["goodbye"])


async def test_a_text_without_words_is_an_error(tmp_path: Path, espeak: Voice) -> None:
    with pytest.raises(SpeechFailed, match="cannot be spoken"):
        await PromptCache(tmp_path, espeak).build(["..."])


async def test_where_the_library_fails_the_program_speaks(tmp_path: Path, espeak: Voice) -> None:
    """`pyttsx3` is made to crash its process, as it does with some texts."""
    (tmp_path / "crash").mkdir()
    (tmp_path / "crash" / "pyttsx3.py").write_text("import os; os.abort()\n")
    (tmp_path / "crash" / "sitecustomize.py").write_text(
        f"import sys; sys.path.insert(0, {str(tmp_path / 'crash')!r})\n")
    path = os.pathsep.join([str(tmp_path / "crash"), *sys.path])
    environment = (*espeak.environment, ("PYTHONSAFEPATH", "1"))
    old = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = path
    try:
        cache = PromptCache(tmp_path, replace(espeak, environment=environment))
        assert await cache.build(["goodbye"], workers=1) == 1
    finally:
        os.environ.pop("PYTHONPATH")
        if old is not None:
            os.environ["PYTHONPATH"] = old
    assert length(cache.path_of("goodbye")) > 0.3


def test_fragments_are_joined_with_their_pauses(
    prompts_dir: Path, espeak: Voice, english: Wording,
) -> None:
    cache = PromptCache(prompts_dir, espeak)
    fragments = ["four", "thousand", ",", "roubles"]
    path = cache.joined(fragments)
    spoken = sum(length(cache.path_of(text)) for text in fragments if text != ",")
    for extension in (".wav", ".wav16"):
        assert length(path, extension) == pytest.approx(
            spoken + PAUSE_S + 4 * GAP_S, abs=0.01)
    assert cache.joined(fragments) == path
    assert cache.joined(["four"]) == cache.path_of("four")


def test_what_was_not_spoken_ahead_is_never_spoken_in_a_call(
    prompts_dir: Path, espeak: Voice,
) -> None:
    cache = PromptCache(prompts_dir, espeak)
    for fragments in (["elephant"], ["four", "elephant"]):
        with pytest.raises(NotSpoken):
            cache.joined(fragments)


def test_the_whole_english_set_is_there(
    prompts_dir: Path, espeak: Voice, english: Wording,
) -> None:
    wanted = texts(english, "RUB")
    assert PromptCache(prompts_dir, espeak).missing(wanted) == []
    assert 100 < len(wanted) < 300


async def test_joined_sounds_of_old_calls_are_removed(tmp_path: Path, espeak: Voice) -> None:
    cache = PromptCache(tmp_path, espeak)
    await cache.build(["one"])
    folder = cache.joined(["one", "one"]).parent
    for number in range(2 * KEPT_JOINED + 20):
        old = folder / f"old{number}.wav"
        old.touch()
        os.utime(old, (0, 0))
    for times in range(3, 52):
        cache.joined(["one"] * times)
    assert len(list(folder.iterdir())) == 2 * KEPT_JOINED


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_resampling_keeps_a_tone_and_drops_what_the_telephone_cannot_carry(rate: int) -> None:
    kept = sound.resampled(tone(1_000, 22_050), 22_050, rate)
    expected = tone(1_000, rate)
    assert len(kept) == pytest.approx(len(expected), abs=1)
    worst = max(abs(a - b) for a, b in zip(kept[200:-200], expected[200:-201], strict=False))
    assert worst < 300
    gone = sound.resampled(tone(rate * 0.65, 22_050), 22_050, rate)
    assert max(map(abs, gone[200:-200])) < 300


@given(st.lists(st.integers(-32_768, 32_767), max_size=200))
def test_a_sound_survives_its_file(samples: list[int]) -> None:
    assert sound.read_wav(sound.wav(array("h", samples), 8_000)) == (array("h", samples), 8_000)


@given(st.lists(st.integers(-32_768, 32_767), max_size=300), st.sampled_from([8_000, 16_000]))
def test_no_sound_breaks_the_resampler(samples: list[int], rate: int) -> None:
    out = sound.resampled(array("h", samples), 22_050, rate)
    assert len(out) == len(samples) * rate // 22_050


@pytest.mark.parametrize(("samples", "text", "why"), [
    (array("h"), "goodbye", "too short"),
    (tone(500, 8_000, 0.05), "a", "too short"),
    (tone(500, 8_000, 30), "a", "too long"),
    (tone(500, 8_000, 1, loud=100), "goodbye", "silent"),
])
def test_a_sound_that_cannot_be_its_text_is_noticed(
    samples: array[int], text: str, why: str,
) -> None:
    assert why in (sound.fault(samples, 8_000, text) or "")


def test_silence_around_a_sound_is_cut() -> None:
    quiet = array("h", bytes(2 * 8_000))
    assert len(sound.trimmed(quiet + tone(500, 8_000) + quiet, 8_000)) == pytest.approx(
        4_000 + 2 * 240, abs=5)
    assert not sound.trimmed(quiet, 8_000)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"x" * 100])
def test_what_is_no_sound_is_refused(data: bytes) -> None:
    with pytest.raises(sound.BadSound):
        sound.read_wav(data)
