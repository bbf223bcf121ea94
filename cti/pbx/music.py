"""Music for callers who wait, made here: Debian's minimal packages bring none."""

from __future__ import annotations

import math
import struct
import wave
from pathlib import Path

RATE_HZ = 8000
BEAT_S = 0.6
LOUDNESS = 2600         # of 32767: under a voice, above a telephone's noise
# Four bars of broken chords (MIDI notes), slow and soft; then again, an octave's fifth apart.
CHORDS = ((60, 64, 67, 72), (57, 60, 64, 69), (53, 57, 60, 65), (55, 59, 62, 67))
PATTERN = (0, 1, 2, 3, 2, 1, 2, 1)


def write_music(path: Path) -> None:
    """A loop of about 19 s, 8 kHz mono PCM, replaced in one step; done once per instance."""
    part = path.with_suffix(".part")
    with wave.open(str(part), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        samples = melody()
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    part.replace(path)


def melody() -> list[int]:
    """Plucked notes that ring for two beats and overlap the next one."""
    notes = [chord[step] for chord in CHORDS for step in PATTERN]
    beat = int(BEAT_S * RATE_HZ)
    total = len(notes) * beat
    heard = [0.0] * total
    for place, note in enumerate(notes):
        for offset, value in enumerate(pluck(note, 2 * beat)):
            heard[(place * beat + offset) % total] += value     # the loop closes without a click
    return [int(LOUDNESS * value) for value in heard]


def pluck(note: int, length: int) -> list[float]:
    """One decaying note: a fundamental and a quiet second harmonic."""
    pitch = 2 * math.pi * 440 * 2 ** ((note - 69) / 12) / RATE_HZ
    fade_in = RATE_HZ // 100
    return [min(1.0, i / fade_in) * math.exp(-4 * i / length)
            * (math.sin(pitch * i) + 0.25 * math.sin(2 * pitch * i)) for i in range(length)]
