// Which telephone the operator uses, and the same buttons for both: this page, or a desk phone.
import { isAskedTo, isOfDialler } from "./answering.js";
import type { Desk } from "./desk.js";
import { isMicrophoneAllowed } from "./microphone.js";
import { LineReports } from "./line_reports.js";
import { Softphone, type PhoneCall } from "./phone.js";
import { t } from "./texts.js";

export class PhoneDesk {
  web: Softphone | null = null;
  readonly lines: LineReports;
  private hasBell = false;
  private begun = false;
  private dialledAt = 0;

  constructor(private readonly desk: Desk) {
    this.lines = new LineReports(desk);
  }

  /** Two tabs never ring at once: the one that is the telephone does, of others the oldest. */
  get ringsHere(): boolean {
    return this.isWeb ? this.web?.state !== "elsewhere" : this.hasBell;
  }

  get call(): PhoneCall | null {
    return this.web?.call ?? null;
  }

  get isWeb(): boolean {
    return this.desk.operator?.phone !== "desk" && this.web !== null;
  }

  /** After the first snapshot; a page that already may hear is a telephone at once. */
  begin(): void {
    const access = this.desk.me?.phone;
    if (this.begun || !access) return;
    this.begun = true;
    this.waitForBell();
    this.web = new Softphone(access, () => this.phoneChanged());
    this.web.answersItself = ({ callInfo }) => isAskedTo(callInfo, Date.now() - this.dialledAt);
    this.web.lineIs = (quality) => this.lines.isNow(quality);
    this.web.lineWas = (sum) => this.lines.was(sum);
    void this.startQuietly();
  }

  private waitForBell(): void {
    if (!window.isSecureContext) {              // no locks there: rather two rings than none
      this.hasBell = true;
      return;
    }
    void navigator.locks.request("deskline-bell", async () => {
      this.hasBell = true;
      await new Promise(() => undefined);       // until the tab is closed
    });
  }

  private async startQuietly(): Promise<void> {
    if (this.desk.operator?.phone === "desk") return;
    if (await isMicrophoneAllowed()) await this.web?.start();
  }

  private phoneChanged(): void {
    this.answerDialler();
    this.desk.changed();
  }

  /** The call and its picture come by two ways: whichever is the later one answers. */
  private answerDialler(): void {
    const { call } = this;
    if (call?.state !== "ringing" || !this.desk.me?.phone?.answers_dialler) return;
    if (isOfDialler(call.call, this.desk.conversations)) this.web?.answer();
  }

  follow(): void {
    if (this.desk.operator?.phone === "desk" && this.web?.isReady && !this.call) this.web.stop();
    this.answerDialler();
  }

  stop(): void {
    this.web?.end();
    this.web?.stop();
  }

  /** Ready means: a telephone that can ring, then the queues. */
  async goReady(): Promise<void> {
    void askForNotifications();
    if (this.isWeb && !(await this.attachWeb())) return;
    await this.desk.ask("state.set", { state: "ready" });
  }

  async goAway(state: "paused" | "offline", reason = ""): Promise<void> {
    await this.desk.ask("state.set", { state, reason });
  }

  private async attachWeb(): Promise<boolean> {
    const web = this.web;
    if (!web) return false;
    if (!web.isReady) await web.start();
    if (!web.isReady) {
      this.desk.toast("error", t(`phone.${web.state}`));
      return false;
    }
    if (this.desk.operator?.phone === "web") return true;
    return await this.desk.ask("phone.attach", { phone: "web" }) !== undefined;
  }

  async use(phone: "web" | "desk"): Promise<void> {
    if (phone === "web") {
      await this.attachWeb();
      return;
    }
    if (await this.desk.ask("phone.attach", { phone }) !== undefined) this.web?.stop();
  }

  async takeOver(): Promise<void> {
    await this.web?.start(true);
  }

  /** Whether it is dialled; what is refused is told by `outbound`. */
  async dial(number: string, clientId: number | null,
             more: { retyped?: string; queue?: string } = {}): Promise<boolean> {
    if (this.isWeb && !(await this.attachWeb())) return false;
    this.dialledAt = Date.now();
    const { problem } = await this.desk.tryTo("call.dial", {
      number, client_id: clientId, conversation: this.desk.conversation?.id ?? null, ...more });
    if (problem) this.desk.outbound.refused(problem, number, clientId);
    return problem === null;
  }

  end(): void {
    if (this.call) {
      this.web?.end();
      return;
    }
    const live = this.desk.live;
    if (live) void this.desk.ask("call.hangup", { call: live.call });
  }
}

async function askForNotifications(): Promise<void> {
  if ("Notification" in window && Notification.permission === "default") {
    await Notification.requestPermission();
  }
}
