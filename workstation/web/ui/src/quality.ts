// Line quality from the browser's own figures, every two seconds of a call.

export interface Quality {
  verdict: "good" | "fair" | "poor" | "silent";
  roundTripMs: number;
  lossShare: number;
}

interface Count {
  received: number;
  lost: number;
}

/** What the figures say: loss and delay as a listener would feel them. Pure. */
export function judge(before: Count, after: Count, roundTripMs: number): Quality {
  const received = after.received - before.received;
  const lost = Math.max(0, after.lost - before.lost);
  const lossShare = received + lost > 0 ? lost / (received + lost) : 0;
  if (received === 0) return { verdict: "silent", roundTripMs, lossShare };
  if (lossShare > 0.05 || roundTripMs > 400) return { verdict: "poor", roundTripMs, lossShare };
  if (lossShare > 0.01 || roundTripMs > 200) return { verdict: "fair", roundTripMs, lossShare };
  return { verdict: "good", roundTripMs, lossShare };
}

export class QualityMeter {
  private last: Count = { received: 0, lost: 0 };
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(private readonly peer: RTCPeerConnection, tell: (quality: Quality) => void) {
    this.timer = setInterval(() => void this.look(tell), 2000);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(tell: (quality: Quality) => void): Promise<void> {
    const count: Count = { received: 0, lost: 0 };
    let roundTripMs = 0;
    for (const report of (await this.peer.getStats()).values() as Iterable<RTCStatsLike>) {
      if (report.type === "inbound-rtp") {
        count.received += report.packetsReceived ?? 0;
        count.lost += report.packetsLost ?? 0;
      }
      if (report.type === "candidate-pair" && report.nominated) {
        roundTripMs = Math.round((report.currentRoundTripTime ?? 0) * 1000);
      }
    }
    tell(judge(this.last, count, roundTripMs));
    this.last = count;
  }
}

interface RTCStatsLike {
  type: string;
  packetsReceived?: number;
  packetsLost?: number;
  nominated?: boolean;
  currentRoundTripTime?: number;
}
