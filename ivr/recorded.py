"""Prompts that somebody recorded: they come before spoken ones.

    recorded/en/greeting.3f2a9c01.wav    and .wav16 beside it, checked and made by `taken`

The name holds a part of the content's hash, so a new recording never changes a sound that plays.
"""

from __future__ import annotations

import hashlib
import math
import re
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ivr import sound
from ivr.speech_worker import RATES, write_whole

FOLDER = "recorded"
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
FILE = re.compile(r"([a-z][a-z0-9_]{0,31})\.([0-9a-f]{8})\.wav")
MOST_BYTES = 20_000_000
LONGEST_S, SHORTEST_S = 120.0, 0.3
QUIETEST_DB, LOUDEST_PEAK = -35.0, 32_700
CLIPPED_SHARE = 0.001
MARK = "\x01"       # begins a fragment that is a recording and no text


class NotUsable(ValueError):
    """The recording cannot be used; the message says why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class Taken:
    """A recording as callers will hear it: at both rates, and what was measured."""
    sounds: Mapping[str, bytes]         # by extension
    seconds: float
    level_db: float                     # of its loud parts, 0 is the loudest there can be
    rate: int                           # as it came


def taken(data: bytes) -> Taken:
    """Check a WAV file and make of it what Asterisk plays. Blocking. Raises NotUsable."""
    if len(data) > MOST_BYTES:
        raise NotUsable("too_big", f"it has more than {MOST_BYTES // 1_000_000} MB")
    try:
        samples, rate = sound.read_wav(data)
    except sound.BadSound as exc:
        raise NotUsable("format", f"it must be a WAV file of one channel and 16 bits: {exc}"
                        ) from exc
    if not 8_000 <= rate <= 48_000:
        raise NotUsable("rate", f"{rate} samples a second; 8,000 to 48,000 are possible")
    samples = sound.trimmed(samples, rate)
    seconds = len(samples) / rate
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise NotUsable("length", f"{seconds:.1f} s of sound; {SHORTEST_S} to {LONGEST_S:.0f} "
                                  "are possible")
    level = level_db(samples, rate)
    if level < QUIETEST_DB:
        raise NotUsable("quiet", f"{level:.0f} dB is too quiet; {QUIETEST_DB:.0f} at least")
    if sum(abs(one) >= LOUDEST_PEAK for one in samples) > CLIPPED_SHARE * len(samples):
        raise NotUsable("clipped", "it is too loud: its peaks are cut off")
    return Taken({extension: sound.wav(sound.resampled(samples, rate, wanted), wanted)
                  for extension, wanted in RATES.items()}, round(seconds, 2), round(level, 1),
                 rate)


def level_db(samples: array[int], rate: int) -> float:
    """The loudest half of its pieces of 50 ms, against the loudest there can be."""
    size = max(1, rate // 20)
    pieces = sorted(sum(one * one for one in samples[at:at + size]) / size
                    for at in range(0, max(1, len(samples) - size), size))
    loud = pieces[len(pieces) // 2:]
    mean = sum(loud) / len(loud) if loud else 0.0
    return 10 * math.log10(max(mean, 1.0) / 32_768**2)


def keep(folder: Path, language: str, name: str, one: Taken) -> None:
    """Put it in use under a phrase's name; the one before goes. `folder` is that of prompts."""
    if not NAME.fullmatch(name) or not NAME.fullmatch(language):
        raise NotUsable("name", "must be a short lower-case name")
    place = folder / FOLDER / language
    place.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(one.sounds[".wav"]).hexdigest()[:8]
    for extension in reversed(RATES):           # the plain one, by which it is found, is last
        write_whole(place / f"{name}.{digest}{extension}", one.sounds[extension])
    for path in place.glob(f"{name}.*.wav*"):
        if not path.name.startswith(f"{name}.{digest}."):
            path.unlink(missing_ok=True)


def remove(folder: Path, language: str, name: str) -> bool:
    """Whether there was one."""
    if not NAME.fullmatch(name) or not NAME.fullmatch(language):
        return False
    found = [*(folder / FOLDER / language).glob(f"{name}.????????.wav*")]
    for path in found:
        path.unlink(missing_ok=True)
    return bool(found)


def there(folder: Path, language: str) -> dict[str, Path]:
    """What is recorded in a language: name → where, without the extension."""
    found = {}
    for path in sorted((folder / FOLDER / language).glob("*.wav")):
        if match := FILE.fullmatch(path.name):
            found[match[1]] = path.with_suffix("")
    return found


def fragment(path: Path) -> str:
    """How a joined prompt names it."""
    return f"{MARK}{path.parent.name}/{path.name}"
