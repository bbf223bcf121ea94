// How loud something is, measured while somebody looks: microphone, or a tone that we play.

/** 0 (silent) to 1 (as loud as can be) of samples -1 … 1, on a scale that ears would draw. Pure. */
export function level(samples: Float32Array): number {
  let sum = 0;
  for (const one of samples) sum += one * one;
  const loudness = 20 * Math.log10(Math.sqrt(sum / Math.max(1, samples.length)) + 1e-7);
  return Math.min(1, Math.max(0, (loudness + 60) / 54));
}

export type Heard = "silent" | "quiet" | "good" | "loud";

export function heard(highest: number): Heard {
  if (highest < 0.12) return "silent";
  if (highest < 0.4) return "quiet";
  return highest > 0.97 ? "loud" : "good";
}

const EVERY_MS = 60;

export class LevelMeter {
  private readonly samples: Float32Array<ArrayBuffer>;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(private readonly analyser: AnalyserNode, tell: (level: number) => void) {
    analyser.fftSize = 1024;
    this.samples = new Float32Array(analyser.fftSize);
    this.timer = setInterval(() => {
      this.analyser.getFloatTimeDomainData(this.samples);
      tell(level(this.samples));
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
