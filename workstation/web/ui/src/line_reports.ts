// How the line of my calls is: told to the server while it is bad, and over the whole leg at its end.
import type { Desk } from "./desk.js";
import type { ReportLine } from "./protocol.gen.js";
import { secondsOf, type LineSum, type Quality, type Verdict } from "./quality.js";

const MOST_WAITING = 20;

export class LineReports {
  private call = "";
  private told: Verdict = "good";
  private waiting: ReportLine[] = [];     // while there is no server

  constructor(private readonly desk: Desk) {}

  isNow({ verdict }: Quality): void {
    const call = this.desk.live?.call ?? "";
    if (!call) return;
    if (call !== this.call) this.told = "good";
    this.call = call;
    if (verdict === this.told || (verdict === "silent" && this.desk.controls.isHeld)) return;
    this.told = verdict;
    if (this.desk.isUp) void this.desk.tryTo("line.report", report(call, { verdict }));
  }

  was({ looks, loss, jitterMs, roundTripMs, worst, bad }: LineSum): void {
    if (!this.call) return;
    this.waiting = [...this.waiting, report(this.call, {
      verdict: worst, over: true, seconds: secondsOf(looks), loss, jitter_ms: jitterMs,
      round_trip_ms: roundTripMs, bad_s: secondsOf(bad) })].slice(-MOST_WAITING);
    this.call = "";
    void this.send();
  }

  /** Everything that waits; what the server refuses is not asked again. */
  async send(): Promise<void> {
    while (this.desk.isUp && this.waiting[0]) {
      const [one] = this.waiting;
      const { problem } = await this.desk.tryTo("line.report", one);
      if (problem?.code === "offline" || problem?.code === "unanswered") return;
      this.waiting = this.waiting.filter((other) => other !== one);
    }
  }
}

function report(call: string, facts: Partial<ReportLine>): ReportLine {
  return { call, verdict: "good", over: false, seconds: 0, loss: 0, jitter_ms: 0,
           round_trip_ms: 0, bad_s: 0, ...facts };
}
