// Line quality from the browser's own figures, every two seconds of a call.

export interface Quality {
  verdict: "good" | "fair" | "poor" | "silent";
  roundTripMs: number;
  lossShare: number;
  jitterMs: number;
}

interface Count {
  received: number;
  lost: number;
}

const EVERY_S = 2;

/** What the figures say: loss and delay as a listener would feel them. Pure. */
export function judge(before: Count, after: Count, roundTripMs: number, jitterMs = 0): Quality {
  const received = after.received - before.received;
  const lost = Math.max(0, after.lost - before.lost);
  const lossShare = received + lost > 0 ? lost / (received + lost) : 0;
  const told = { roundTripMs, lossShare, jitterMs };
  if (received === 0) return { verdict: "silent", ...told };
  if (lossShare > 0.05 || roundTripMs > 400 || jitterMs > 60) return { verdict: "poor", ...told };
  if (lossShare > 0.01 || roundTripMs > 200 || jitterMs > 30) return { verdict: "fair", ...told };
  return { verdict: "good", ...told };
}

export type Verdict = Quality["verdict"];
const WORSE: Verdict[] = ["good", "fair", "poor", "silent"];

/** A whole leg: means over its looks, the worst one, and how long it was worse than fair. */
export interface LineSum {
  looks: number;
  loss: number;
  jitterMs: number;
  roundTripMs: number;
  worst: Verdict;
  bad: number;
}

export const NO_LOOKS: LineSum =
  { looks: 0, loss: 0, jitterMs: 0, roundTripMs: 0, worst: "good", bad: 0 };

/** Silence while nobody had spoken yet, or on hold, is no fault of the line. Pure. */
export function summed(sum: LineSum, now: Quality, isHeld: boolean): LineSum {
  if (now.verdict === "silent" && (isHeld || sum.looks === 0)) return sum;
  const looks = sum.looks + 1;
  const mean = (before: number, one: number): number => before + (one - before) / looks;
  const isBad = now.verdict === "poor" || now.verdict === "silent";
  return { looks, loss: mean(sum.loss, now.lossShare), jitterMs: mean(sum.jitterMs, now.jitterMs),
           roundTripMs: mean(sum.roundTripMs, now.roundTripMs),
           worst: WORSE[Math.max(WORSE.indexOf(sum.worst), WORSE.indexOf(now.verdict))] ?? "good",
           bad: sum.bad + (isBad ? 1 : 0) };
}

export function secondsOf(looks: number): number {
  return looks * EVERY_S;
}

export class QualityMeter {
  private last: Count = { received: 0, lost: 0 };
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(private readonly peer: RTCPeerConnection, tell: (quality: Quality) => void) {
    this.timer = setInterval(() => void this.look(tell), EVERY_S * 1000);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(tell: (quality: Quality) => void): Promise<void> {
    const count: Count = { received: 0, lost: 0 };
    let roundTripMs = 0;
    let jitterMs = 0;
    for (const report of (await this.peer.getStats()).values() as Iterable<RTCStatsLike>) {
      if (report.type === "inbound-rtp") {
        count.received += report.packetsReceived ?? 0;
        count.lost += report.packetsLost ?? 0;
        jitterMs = Math.max(jitterMs, Math.round((report.jitter ?? 0) * 1000));
      }
      if (report.type === "candidate-pair" && report.nominated) {
        roundTripMs = Math.round((report.currentRoundTripTime ?? 0) * 1000);
      }
    }
    tell(judge(this.last, count, roundTripMs, jitterMs));
    this.last = count;
  }
}

interface RTCStatsLike {
  type: string;
  packetsReceived?: number;
  packetsLost?: number;
  jitter?: number;
  nominated?: boolean;
  currentRoundTripTime?: number;
}
