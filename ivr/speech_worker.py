"""The voice, in a process of its own: it may crash, hang or leak without touching a call.

    python -m ivr.speech_worker

One job per line of standard input, as JSON: `{"text", "voice", "rate", "by", "path"}`; one answer
per line of standard output: `{"seconds"}` or `{"error"}`. `path` is without its extension:
`.wav` (8 kHz) and `.wav16` (16 kHz) are written beside each other, each whole or not at all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, TextIO

from ivr import sound

RATES = {".wav": 8_000, ".wav16": 16_000}
SPEAK_LIMIT_S = 20


class CannotSpeak(Exception):
    """The voice did not give a usable sound."""


def main() -> None:
    """Answers go to the real standard output; pyttsx3 prints to what it takes for it."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    with answers, tempfile.TemporaryDirectory(prefix="deskline-voice-") as folder:
        serve(answers, Path(folder) / "spoken.wav")


def serve(answers: TextIO, scratch: Path) -> None:
    voices: dict[str, Pyttsx3 | EspeakCommand] = {
        "pyttsx3": Pyttsx3(), "espeak-ng": EspeakCommand()}
    for line in sys.stdin:
        job = json.loads(line)
        scratch.unlink(missing_ok=True)
        try:
            voices[job["by"]].speak(job["text"], job["voice"], job["rate"], scratch)
            answer: dict[str, Any] = {"seconds": keep(scratch, job["text"], Path(job["path"]))}
        except (CannotSpeak, sound.BadSound, OSError) as exc:
            answer = {"error": str(exc)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def keep(spoken: Path, text: str, path: Path) -> float:
    """Check what was spoken and write it at both rates; its length in seconds."""
    if not spoken.exists():
        raise CannotSpeak("no file was written")
    samples, rate = sound.read_wav(spoken.read_bytes())
    samples = sound.trimmed(samples, rate)
    if why := sound.fault(samples, rate, text):
        raise CannotSpeak(why)
    for extension, wanted in RATES.items():
        write_whole(path.with_name(path.name + extension),
                    sound.wav(sound.resampled(samples, rate, wanted), wanted))
    return round(len(samples) / rate, 3)


def write_whole(path: Path, data: bytes) -> None:
    half = path.with_name(f"{path.name}.{os.getpid()}.half")
    half.write_bytes(data)
    half.replace(path)


class Pyttsx3:
    """pyttsx3 on espeak-ng: loaded with the first job, one sentence at a time."""

    def __init__(self) -> None:
        self._engine: Any = None
        self._known: set[str] = set()
        self._voice: tuple[str, int] | None = None
        self._finished: list[bool] = []

    def speak(self, text: str, voice: str, rate: int, path: Path) -> None:
        """Returns when the engine says it is done, which its `runAndWait` alone does not mean."""
        engine = self._engine or self._load()
        if self._voice != (voice, rate):
            self._choose(engine, voice, rate)
            self._say(engine, "a", path)        # may still come at the rate of before
        if not self._say(engine, text, path):
            raise CannotSpeak("the engine did not finish")

    def _say(self, engine: Any, text: str, path: Path) -> bool:
        """Whether it was said to the end."""
        self._finished.clear()
        path.unlink(missing_ok=True)
        engine.save_to_file(text, str(path))
        engine.runAndWait()
        return self._finished == [True]

    def _load(self) -> Any:
        try:
            import pyttsx3  # only here: it loads the voice into the process

            self._engine = pyttsx3.init("espeak")
        except (ImportError, OSError, RuntimeError, KeyError) as exc:
            raise CannotSpeak(f"pyttsx3 finds no espeak-ng: {exc}") from exc
        self._engine.connect("finished-utterance", self._note)
        for voice in self._engine.getProperty("voices"):
            self._known |= {voice.id, voice.id.rpartition("/")[2], *voice.languages}
        return self._engine

    def _note(self, name: object, completed: bool) -> None:
        self._finished.append(completed)

    def _choose(self, engine: Any, voice: str, rate: int) -> None:
        if voice.lower() not in self._known:    # espeak would take another one silently
            raise CannotSpeak(f"there is no voice {voice!r}")
        engine.setProperty("voice", voice)
        engine.setProperty("rate", rate)
        self._voice = (voice, rate)


class EspeakCommand:
    """The espeak-ng program, where pyttsx3 fails."""

    def speak(self, text: str, voice: str, rate: int, path: Path) -> None:
        program = os.environ.get("DESKLINE_ESPEAK", "espeak-ng")
        command = [program, "-v", voice, "-s", str(rate), "-w", str(path), "--stdin"]
        try:
            subprocess.run(     # noqa: S603 - our own words, the text by standard input
                command, input=text.encode(), timeout=SPEAK_LIMIT_S, check=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        except subprocess.CalledProcessError as exc:
            said = exc.stderr.decode(errors="replace").strip().splitlines()
            raise CannotSpeak(said[-1] if said else f"espeak-ng: {exc.returncode}") from exc
        except (FileNotFoundError, subprocess.TimeoutExpired) as exc:
            raise CannotSpeak(f"espeak-ng: {exc}") from exc


if __name__ == "__main__":
    main()
