"""From Asterisk's bare samples to a file that can be heard, and its waveform. Blocking: not for
the event loop.

Asterisk writes two files for a leg, 16 bits and 8,000 samples a second each. They need no header,
so that nothing has to be mended in them after a crash. A recording that was renewed goes on in
further pairs, named by the milliseconds at which they begin. What is kept is one WAV of two
channels, written aside and put in place whole; what was not to be recorded is silence in it
whatever Asterisk wrote.
"""

from __future__ import annotations

import base64
import contextlib
import glob
import itertools
import os
import shutil
import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from crm_store.recordings import Sound
from cti.apart import Apart
from cti.pbx.render_recording import INCOMING, LATER, OUTGOING

RATE = 8000
FRAME = 4                   # bytes: two samples
PEAKS = 800                 # of a waveform, at most
SHORTEST_PEAK = RATE // 50
_STRIDE = 4                 # every fourth sample tells as much of a peak
Marks: TypeAlias = "Sequence[tuple[float, float | None]]"


@dataclass(frozen=True, slots=True)
class Sources:
    """What Asterisk wrote for one leg."""
    client: Path
    others: Path

    @classmethod
    def of(cls, folder: Path, leg: str) -> Sources:
        """Each further Asterisk writes in a folder of its own, and does not know its mark."""
        known, _, name = leg.partition("@")
        return cls(folder / name / f"{known}{INCOMING}", folder / name / f"{known}{OUTGOING}")

    def parts(self) -> list[tuple[int, Path, Path]]:
        """Where each begins, in bytes, and its two files; the first at 0."""
        head = self.client.name.removesuffix(INCOMING) + LATER
        found = [(0, self.client, self.others)]
        for client in self.client.parent.glob(f"{glob.escape(head)}*{INCOMING}"):
            begin = client.name.removeprefix(head).removesuffix(INCOMING)
            if begin.isdecimal():
                others = client.with_name(f"{head}{begin}{OUTGOING}")
                found.append((int(begin) * RATE // 1000 * 2, client, others))
        return sorted(found)

    def join(self) -> None:
        """The further parts are put into the first files, each at its place. Raises OSError."""
        for begin, *pair in self.parts()[1:]:
            for whole, part in zip((self.client, self.others), pair, strict=True):
                _put_into(whole, part, begin)
                part.unlink(missing_ok=True)

    def sizes(self) -> tuple[int, int]:
        """Bytes, to the end of the last part; 0 for one that is not there."""
        parts = self.parts()
        return (max(_end(begin, client) for begin, client, _ in parts),
                max(_end(begin, others) for begin, _, others in parts))

    def seconds(self) -> float:
        return max(self.sizes()) / 2 / RATE

    def written_s(self) -> float:
        """How much of both is written: Asterisk closes one after the other."""
        return min(self.sizes()) / 2 / RATE

    def written_at(self) -> float:
        """Seconds since 1970; 0 when there is nothing."""
        return max((path.stat().st_mtime for _, *pair in self.parts() for path in pair
                    if path.exists()), default=0.0)

    def remove(self) -> None:
        for _, *pair in self.parts():
            for path in pair:
                path.unlink(missing_ok=True)


def written_below(folder: Path, apart: Apart) -> Path:
    """Where this Asterisk writes until recordings are finished."""
    return folder / "new" / ("" if apart.is_first else apart.name)


def stem_of(path: Path) -> str:
    """The leg's id, of the files of any part."""
    return path.name.removesuffix(INCOMING).partition(LATER)[0]


def _put_into(whole: Path, part: Path, begin: int) -> None:
    """Twice is as once: a crash may come between any two of these steps."""
    if not part.exists():
        return
    growing = whole.with_suffix(".joined")
    if whole.exists():
        shutil.copyfile(whole, growing)
    with open(growing, "r+b" if whole.exists() else "wb") as file, open(part, "rb") as more:
        file.seek(begin)
        shutil.copyfileobj(more, file)
    growing.replace(whole)


def _end(begin: int, path: Path) -> int:
    size = _size(path)
    return begin + size if size else 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def finish(sources: Sources, folder: Path, name: str, marks: Marks) -> Sound | None:
    """Make `folder/name` from the sources; None when nothing in it would sound. Raises OSError."""
    sources.join()
    total = max(sources.sizes()) // 2
    spans = [(int(begin * RATE), total if end is None else min(total, int(end * RATE)))
             for begin, end in marks]
    spans = [(begin, end) for begin, end in spans if begin < end]
    if not spans:
        return None
    first, frames = spans[0][0], spans[-1][1] - spans[0][0]
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    growing = target.with_suffix(".part")
    size = max(SHORTEST_PEAK, -(-frames // PEAKS))
    peaks: tuple[bytearray, bytearray] = bytearray(), bytearray()
    handle = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(header(frames))
        for pair in _blocks(sources, spans, size):
            for row, samples in zip(peaks, pair, strict=True):
                row.append(_peak(samples))
            file.write(_woven(*pair))
        file.flush()
        os.fsync(file.fileno())
    growing.replace(target)
    return Sound(
        file=name, rate=RATE, seconds=round(frames / RATE, 3), size=target.stat().st_size,
        marks=tuple(((begin - first) / RATE, (end - first) / RATE) for begin, end in spans),
        peaks=base64.b64encode(bytes(peaks[0] + peaks[1])).decode())


def header(frames: int) -> bytes:
    """Of a WAV with two channels of 16 bits; without one the file is dumb to every player."""
    data = frames * FRAME
    return (struct.pack("<4sI4s", b"RIFF", 36 + data, b"WAVE")
            + struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 2, RATE, RATE * FRAME, FRAME, 16)
            + struct.pack("<4sI", b"data", data))


def peaks_of(text: str | None) -> tuple[list[int], list[int]]:
    """The waveform of both channels, 0 to 255 each."""
    raw = base64.b64decode(text or "")
    return list(raw[:len(raw) // 2]), list(raw[len(raw) // 2:])


Samples: TypeAlias = "array[int]"


def _blocks(sources: Sources, spans: list[tuple[int, int]],
            size: int) -> Iterator[tuple[Samples, Samples]]:
    """Both channels from the first span to the last, silent between them."""
    first, last = spans[0][0], spans[-1][1]
    with _opened(sources.client, first) as client, _opened(sources.others, first) as others:
        for begin in range(first, last, size):
            count = min(size, last - begin)
            pair = _read(client, count), _read(others, count)
            for quiet_from, quiet_to in _quiet(spans, begin, begin + count):
                for samples in pair:
                    samples[quiet_from - begin:quiet_to - begin] = array(
                        "h", bytes(2 * (quiet_to - quiet_from)))
            yield pair


@contextlib.contextmanager
def _opened(path: Path, first: int) -> Iterator[BinaryIO]:
    with open(path if path.exists() else os.devnull, "rb") as file:
        if path.exists():
            file.seek(first * 2)
        yield file


def _read(file: BinaryIO, count: int) -> Samples:
    """So many samples; where the file ends too early, silence."""
    raw = file.read(count * 2)
    return array("h", raw[:len(raw) // 2 * 2].ljust(count * 2, b"\0"))


def _quiet(spans: list[tuple[int, int]], begin: int, end: int) -> Iterator[tuple[int, int]]:
    """What lies between the spans, of begin … end."""
    for (_, quiet_from), (quiet_to, _) in itertools.pairwise(spans):
        if max(quiet_from, begin) < min(quiet_to, end):
            yield max(quiet_from, begin), min(quiet_to, end)


def _peak(samples: Samples) -> int:
    some = samples[::_STRIDE]
    return min(255, max(max(some), -min(some)) >> 7)


def _woven(left: Samples, right: Samples) -> bytes:
    both = array("h", bytes(4 * len(left)))
    both[0::2], both[1::2] = left, right
    return both.tobytes()
