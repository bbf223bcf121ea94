"""An operator's page in a real Chromium: a tone for a voice, and ears that measure."""

from __future__ import annotations

import math
import struct
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.acceptance.conftest import Demo
from tests.browser.conftest import FLAGS, chromium

VOICE_HZ = 1000
RATE = 48_000
# The page's peers are kept where a test can reach them; the page itself is not touched.
KEEP_PEERS = """
window.peers = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...facts) { super(...facts); window.peers.push(this); }
};
"""
LOUD_HZ = """
async (seconds) => {
  const track = window.peers.at(-1).getReceivers()[0].track;
  const context = new AudioContext();
  await context.resume();
  const ear = context.createAnalyser();
  ear.fftSize = 8192;
  context.createMediaStreamSource(new MediaStream([track])).connect(ear);
  const sum = new Float32Array(ear.frequencyBinCount), now = new Float32Array(sum.length);
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    await new Promise((again) => setTimeout(again, 60));
    ear.getFloatFrequencyData(now);
    now.forEach((decibel, bin) => { sum[bin] += 10 ** (decibel / 10); });
  }
  const loudest = Math.max(...sum);
  const loud = [...sum.keys()].filter((bin) => sum[bin] > Math.max(1e-9, loudest / 100));
  const hertz = context.sampleRate / ear.fftSize;
  await context.close();
  return loud.sort((one, other) => sum[other] - sum[one]).map((bin) => bin * hertz);
}
"""


def write_voice(path: Path) -> None:
    """Syllables of a tone: 0.25 s on, 0.15 s off, so that noise suppression takes it for voice."""
    on, off = int(RATE * 0.25), int(RATE * 0.15)
    tone = [int(12_000 * math.sin(2 * math.pi * VOICE_HZ * i / RATE)) for i in range(on)]
    block = struct.pack(f"<{on + off}h", *tone, *([0] * off))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(block * 25)


@asynccontextmanager
async def signed_in(demo: Demo, login: str, folder: Path) -> AsyncIterator[Page]:
    """The live page of `login`, with a microphone that says a tone; script errors fail."""
    voice = folder / "voice.wav"
    write_voice(voice)
    problems: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(),
            args=[*FLAGS, f"--use-file-for-fake-audio-capture={voice}"])
        context = await browser.new_context(viewport={"width": 1280, "height": 800},
                                            permissions=["microphone"])
        page = await context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.add_init_script(KEEP_PEERS)
        await page.goto(demo.url)
        await page.fill("input[name=login]", login)
        await page.fill("input[name=password]", demo.password(login))
        await page.keyboard.press("Enter")
        await page.wait_for_selector("desk-app .main")
        yield page
        await browser.close()
    assert problems == []


async def loud_hz(page: Page, seconds: float = 1.5) -> list[float]:
    """The frequencies that the page's last call receives, loudest first; none for silence.

    What is more than 20 dB below the loudest is not among them.
    """
    heard: list[float] = await page.evaluate(LOUD_HZ, seconds)
    return heard


async def loudest_hz(page: Page, seconds: float = 1.5) -> float:
    """The strongest of them; 0 for silence."""
    return next(iter(await loud_hz(page, seconds)), 0.0)
