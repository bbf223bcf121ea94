// The server's clock, as this page knows it; times tick from here, never from messages.

let aheadMs = 0;

/** Every message carries the server's time; the smallest delay seen lately is the best guess. */
export function heardNow(serverNow: string, localMs = Date.now()): void {
  const ahead = Date.parse(serverNow) - localMs;
  aheadMs = Math.abs(ahead - aheadMs) > 2000 ? ahead : Math.max(aheadMs, ahead);
}

export function nowMs(): number {
  return Date.now() + aheadMs;
}

export function now(): Date {
  return new Date(nowMs());
}

export function secondsSince(at: string): number {
  return Math.max(0, (nowMs() - Date.parse(at)) / 1000);
}

export function secondsUntil(at: string): number {
  return (Date.parse(at) - nowMs()) / 1000;
}

const tickers = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Calls `tick` once a second, on the second of the server's clock; returns how to stop it. */
export function everySecond(tick: () => void): () => void {
  tickers.add(tick);
  timer ??= setTimeout(beat, untilNextSecond());
  return () => {
    tickers.delete(tick);
    if (tickers.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
  };
}

function beat(): void {
  timer = setTimeout(beat, untilNextSecond());
  for (const tick of tickers) tick();
}

function untilNextSecond(): number {
  return 1005 - (((nowMs() % 1000) + 1000) % 1000);
}
