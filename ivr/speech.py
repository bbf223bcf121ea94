"""Prompts on disk: spoken ahead of time, found by the hash of text and voice, joined in a call.

No call ever waits for the voice. What a call needs that was not spoken ahead is an error of the
set, found by `deskline ivr check`, not a reason to speak while somebody listens.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr import sound
from ivr.recorded import FOLDER, MARK
from ivr.say import PAUSE
from ivr.speech_worker import RATES, write_whole

FORMAT = "1"                # a change of how sounds are made makes all of them anew
PAUSE_S = 0.22
GAP_S = 0.04                # between fragments
JOB_LIMIT_S = 30.0
# What is tried for one text, in this order: the library, again in a fresh process, the program.
ATTEMPTS = ("pyttsx3", "pyttsx3", "espeak-ng", "espeak-ng")
KEPT_JOINED = 500
JOINED_SAFE_S = 600         # a joined sound younger than this may be playing

Progress = Callable[[int, int], None]       # texts done, of how many
log = logging.getLogger(__name__)


class SpeechFailed(Exception):
    """A text could not be spoken."""


class NotSpoken(Exception):
    """A fragment was needed in a call and is not on disk."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of espeak-ng and its words a minute. `environment` is for an unpacked espeak-ng:
    LD_LIBRARY_PATH, ESPEAK_DATA_PATH, and DESKLINE_ESPEAK, the program."""
    name: str
    rate: int
    environment: tuple[tuple[str, str], ...] = ()


class PromptCache:
    """The prompts of one voice below one folder."""

    def __init__(self, folder: Path, voice: Voice) -> None:
        self._voice = voice
        self._folder = folder.absolute() / f"{voice.name}-{voice.rate}"
        self._recorded = folder.absolute() / FOLDER
        self._joined_since_tidy = 0

    def path_of(self, text: str) -> Path:
        """Where its sound is, without the extension, as Asterisk wants it."""
        if text.startswith(MARK):
            return self._recorded / text.removeprefix(MARK)
        return self._folder / _name(text)

    def missing(self, texts: Iterable[str]) -> list[str]:
        return [text for text in sorted(set(texts)) if not _is_there(self.path_of(text))]

    async def build(
        self, texts: Iterable[str], *, workers: int = 2, progress: Progress | None = None,
    ) -> int:
        """Speak what is missing; how many that was. Raises SpeechFailed, OSError."""
        missing = await asyncio.to_thread(self.missing, texts)
        if not missing:
            return 0
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        jobs = _Jobs(missing, progress)
        try:
            async with asyncio.TaskGroup() as group:
                for number in range(min(workers, len(missing))):
                    group.create_task(self._work(jobs), name=f"voice {number}")
        except* SpeechFailed as failures:
            raise failures.exceptions[0] from None
        return len(missing)

    async def _work(self, jobs: _Jobs) -> None:
        worker = _Worker(self._voice)
        try:
            while (text := jobs.take()) is not None:
                await self._speak(worker, text)
                jobs.note_done()
        finally:
            await worker.stop()

    async def _speak(self, worker: _Worker, text: str) -> None:
        why = ""
        for by in ATTEMPTS:
            try:
                return await worker.speak(text, by, self.path_of(text))
            except SpeechFailed as exc:
                why = str(exc)
                log.info("A text was not spoken: %s", why, extra={"action": "voice_failed",
                                                                  "by": by, "text": text})
        raise SpeechFailed(f"{text!r} cannot be spoken: {why}")

    def joined(self, fragments: Sequence[str]) -> Path:
        """One sound of the fragments; blocks for some milliseconds. Raises NotSpoken."""
        if len(fragments) == 1:
            path = self.path_of(fragments[0])
            if not _is_there(path):
                raise NotSpoken(fragments[0])
            return path
        path = self._folder / "joined" / _name("\0".join(fragments))
        if not _is_there(path):
            self._join(fragments, path)
        return path

    def _join(self, fragments: Sequence[str], path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        for extension, rate in RATES.items():
            parts: list[sound.Samples[int]] = []
            for fragment in fragments:
                parts += [self._sound(fragment, extension, rate), sound.silence(GAP_S, rate)]
            data = sound.wav(sound.joined(parts), rate)
            write_whole(path.with_name(path.name + extension), data)
        self._tidy(path.parent)

    def _sound(self, fragment: str, extension: str, rate: int) -> sound.Samples[int]:
        if fragment == PAUSE:
            return sound.silence(PAUSE_S, rate)
        path = self.path_of(fragment)
        try:
            return sound.read_wav(path.with_name(path.name + extension).read_bytes())[0]
        except FileNotFoundError as exc:
            raise NotSpoken(fragment) from exc

    def _tidy(self, folder: Path) -> None:
        """Joined sounds hold clients' figures: the oldest go, but none that may be playing."""
        self._joined_since_tidy += 1
        if self._joined_since_tidy % 50:
            return
        files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
        oldest = time.time() - JOINED_SAFE_S
        for file in files[KEPT_JOINED * len(RATES):]:
            if file.stat().st_mtime < oldest:
                file.unlink(missing_ok=True)


def _name(text: str) -> str:
    return hashlib.sha256(f"{FORMAT}\0{text}".encode()).hexdigest()[:24]


def _is_there(path: Path) -> bool:
    return all(path.with_name(path.name + extension).is_file() for extension in RATES)


class _Jobs:
    """What is left to be spoken, shared by the workers."""

    def __init__(self, texts: Sequence[str], progress: Progress | None) -> None:
        self._waiting = list(reversed(texts))
        self._progress = progress
        self._total, self._done = len(texts), 0

    def take(self) -> str | None:
        return self._waiting.pop() if self._waiting else None

    def note_done(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total)


class _Worker:
    """One `ivr.speech_worker`, started when needed and again after a crash."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._process: Process | None = None

    async def speak(self, text: str, by: str, path: Path) -> None:
        """Raises SpeechFailed; a worker that crashed or hung is replaced by the next call."""
        job = {"text": text, "voice": self._voice.name, "rate": self._voice.rate, "by": by,
               "path": str(path)}
        try:
            async with asyncio.timeout(JOB_LIMIT_S):
                answer = await self._answer(json.dumps(job).encode() + b"\n")
        except (OSError, ValueError, TimeoutError) as exc:
            await self.stop()
            raise SpeechFailed(f"the voice crashed or hung ({exc})") from exc
        if "error" in answer:
            raise SpeechFailed(answer["error"])

    async def _answer(self, job: bytes) -> Any:
        if self._process is None:
            self._process = await self._start()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(job)
        await self._process.stdin.drain()
        return json.loads(await self._process.stdout.readline())

    async def _start(self) -> Process:
        root = str(Path(__file__).parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        environment: Mapping[str, str] = {
            **os.environ, **dict(self._voice.environment), "PYTHONPATH": path}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ivr.speech_worker", env=environment,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
