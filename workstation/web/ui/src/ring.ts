// The soft ring of an offered call: two quiet notes every three seconds, made here, no file.

import { sink, volume } from "./volumes.js";

const NOTES = [[0, 587], [0.22, 740], [0.9, 587], [1.12, 740]] as const;
const EVERY_MS = 3000;

const TAIL_MS = 600;        // of the last note

/** A running AudioContext wakes the machine 375 times a second also while it is silent (3 % of a
 *  core at rest, a quarter of one where cores are scarce): it runs while it rings. */
export class Ring {
  private context: AudioContext | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private tail: ReturnType<typeof setTimeout> | undefined;

  /** To make one takes long; better before it rings. */
  prepare(): void {
    if (this.context) return;
    this.context = new AudioContext();
    void sink(this.context, "bell");
    void this.context.suspend();
  }

  /** One short note: something fell due, or the chosen bell is tried. */
  async tick(): Promise<void> {
    this.prepare();
    const { context } = this;
    if (!context) return;
    await context.resume();
    this.note(context, context.currentTime, 880, volume("tick"));
    if (this.timer === undefined) this.restLater();
  }

  /** The whole phrase once, on the device that is chosen now. */
  async once(): Promise<void> {
    this.prepare();
    const { context } = this;
    if (!context || this.timer !== undefined) return;
    await sink(context, "bell");
    await context.resume();
    for (const [after, pitch] of NOTES) this.note(context, context.currentTime + after, pitch);
    this.restLater(2 * TAIL_MS + 1200);
  }

  /** Browsers allow sound after a click or while a microphone is open. */
  start(): void {
    if (this.timer !== undefined) return;
    clearTimeout(this.tail);
    this.prepare();
    this.timer = setInterval(() => this.phrase(), EVERY_MS);
    const { context } = this;
    if (context) void sink(context, "bell");
    void context?.resume().then(() => this.phrase());
  }

  stop(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.restLater();
  }

  private restLater(afterMs = TAIL_MS): void {
    clearTimeout(this.tail);
    this.tail = setTimeout(() => {
      if (this.timer === undefined) void this.context?.suspend();
    }, afterMs);
  }

  close(): void {
    clearInterval(this.timer);
    clearTimeout(this.tail);
    this.timer = undefined;
    void this.context?.close();
    this.context = null;
  }

  private phrase(): void {
    const context = this.context;
    if (this.timer === undefined || context?.state !== "running") return;
    for (const [after, pitch] of NOTES) this.note(context, context.currentTime + after, pitch);
  }

  private note(context: AudioContext, at: number, pitch: number, share = volume("ring")): void {
    if (share === 0) return;
    const tone = new OscillatorNode(context, { frequency: pitch, type: "sine" });
    const loudness = new GainNode(context, { gain: 0 });
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.12 * share, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.45);
    tone.connect(loudness).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.5);
  }
}
