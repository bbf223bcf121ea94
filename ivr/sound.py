"""Sound as 16-bit samples: trimmed, resampled, joined, judged. Pure."""

from __future__ import annotations

import io
import math
import sys
import wave
from array import array
from collections.abc import Iterable
from functools import cache
from operator import mul

Samples = array      # typecode "h"

QUIET = 120             # below this a sample belongs to the silence at the edges
EDGE_S = 0.03           # how much of that silence stays
CROSSINGS = 4           # zero crossings of the low-pass filter on each side
FULL = 32_767


class BadSound(ValueError):
    """These bytes are no sound that we can use."""


def read_wav(data: bytes) -> tuple[Samples[int], int]:
    """Samples and their rate, of a mono 16-bit file. Raises BadSound."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            kind = (file.getnchannels(), file.getsampwidth())
            rate, frames = file.getframerate(), file.readframes(file.getnframes())
    except (wave.Error, EOFError) as exc:
        raise BadSound(f"no wav file: {exc}") from exc
    if kind != (1, 2):
        raise BadSound(f"{kind[0]} channels of {kind[1]} bytes, and not one of two")
    samples = array("h", frames[:len(frames) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples, rate


def wav(samples: Samples[int], rate: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        frames = samples[:]
        if sys.byteorder == "big":
            frames.byteswap()
        file.writeframes(frames.tobytes())
    return out.getvalue()


def trimmed(samples: Samples[int], rate: int) -> Samples[int]:
    """Without the silence before and after, but for a little."""
    loud = [place for place, sample in enumerate(samples) if abs(sample) > QUIET]
    if not loud:
        return array("h")
    edge = round(EDGE_S * rate)
    return samples[max(0, loud[0] - edge):loud[-1] + 1 + edge]


def resampled(samples: Samples[int], rate: int, wanted: int) -> Samples[int]:
    """At another rate, by a windowed-sinc filter per phase."""
    if rate == wanted:
        return samples[:]
    common = math.gcd(rate, wanted)
    step, phases = rate // common, wanted // common
    filters = _filters(step, phases)
    taps = len(filters[0])
    edge = [0.0] * (taps // 2)
    padded = [*edge, *map(float, samples), *edge, 0.0]
    places = (divmod(place * step, phases) for place in range(len(samples) * phases // step))
    values = [sum(map(mul, filters[phase], padded[start:start + taps]))
              for start, phase in places]
    if values and max(map(abs, values)) > FULL:
        values = [max(-FULL, min(FULL, value)) for value in values]
    return array("h", map(round, values))


@cache
def _filters(step: int, phases: int) -> list[list[float]]:
    """For each fraction of a sample the weights of its neighbours; their sum is 1."""
    cutoff = min(1.0, phases / step) * 0.92
    half = math.ceil(CROSSINGS * max(1.0, step / phases))
    return [_filter(phase / phases, cutoff, half) for phase in range(phases)]


def _filter(fraction: float, cutoff: float, half: int) -> list[float]:
    distances = [tap - half - fraction for tap in range(2 * half)]
    weights = [_sinc(cutoff * distance) * (1 + math.cos(math.pi * distance / (half + 1)))
               for distance in distances]
    return [weight / sum(weights) for weight in weights]


def _sinc(x: float) -> float:
    return math.sin(math.pi * x) / (math.pi * x) if x else 1.0


def joined(parts: Iterable[Samples[int]]) -> Samples[int]:
    whole = array("h")
    for part in parts:
        whole.extend(part)
    return whole


def silence(seconds: float, rate: int) -> Samples[int]:
    return array("h", bytes(2 * round(seconds * rate)))


def fault(samples: Samples[int], rate: int, text: str) -> str | None:
    """Why these (trimmed) samples cannot be `text` as somebody says it, or None."""
    seconds = len(samples) / rate
    signs = sum(sign.isalnum() for sign in text)
    if seconds < max(0.08, 0.012 * signs):
        return f"{seconds:.2f} s are too short for {signs} letters"
    if seconds > 2.0 + 0.6 * signs:
        return f"{seconds:.2f} s are too long for {signs} letters"
    if max(map(abs, samples)) < 1_000:
        return "it is all but silent"
    return None
