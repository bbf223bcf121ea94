// The soft ring of an offered call: two quiet notes every three seconds, made here, no file.

const NOTES = [[0, 587], [0.22, 740], [0.9, 587], [1.12, 740]] as const;
const EVERY_MS = 3000;

export class Ring {
  private context: AudioContext | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** Browsers allow sound after a click or while a microphone is open. */
  prepare(): void {
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") void this.context.resume();
  }

  start(): void {
    if (this.timer !== undefined) return;
    this.prepare();
    this.phrase();
    this.timer = setInterval(() => this.phrase(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private phrase(): void {
    const context = this.context;
    if (!context || context.state !== "running") return;
    for (const [after, pitch] of NOTES) this.note(context, context.currentTime + after, pitch);
  }

  private note(context: AudioContext, at: number, pitch: number): void {
    const tone = new OscillatorNode(context, { frequency: pitch, type: "sine" });
    const loudness = new GainNode(context, { gain: 0 });
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.12, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.45);
    tone.connect(loudness).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.5);
  }
}
