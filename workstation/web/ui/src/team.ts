// What leads and operators say to each other: messages with receipts, calls for help; my day.
import type { Desk } from "./desk.js";
import type { DayView, HelpView, MessageView } from "./protocol.gen.js";
import { t } from "./texts.js";

export class TeamDesk {
  day: DayView | null = null;
  history: MessageView[] = [];

  constructor(private readonly desk: Desk) {}

  /** Messages for me that I have not seen, the oldest first. */
  get unseen(): MessageView[] {
    return Object.values(this.desk.views.messages)
      .filter((one) => one.by !== this.desk.me?.id && one.seen_at === null)
      .sort((a, b) => a.at.localeCompare(b.at));
  }

  /** What I sent lately, with who has seen it. */
  get sent(): MessageView[] {
    return Object.values(this.desk.views.messages).filter((one) => one.by === this.desk.me?.id)
      .sort((a, b) => b.at.localeCompare(a.at));
  }

  get myHelp(): HelpView | null {
    return Object.values(this.desk.views.helps).find((one) => one.operator === this.desk.me?.id) ?? null;
  }

  /** Who asks for help, not yet answered ones first, then by time; of a lead. */
  get asking(): HelpView[] {
    if (!this.desk.isLead) return [];
    return Object.values(this.desk.views.helps).filter((one) => one.operator !== this.desk.me?.id)
      .sort((a, b) => Number(Boolean(a.answered_at)) - Number(Boolean(b.answered_at))
        || a.at.localeCompare(b.at));
  }

  helpOf(operator: string): HelpView | null {
    return Object.values(this.desk.views.helps).find((one) => one.operator === operator) ?? null;
  }

  /** One press asks, the next one ends it: who talks has no hands for more. */
  async help(): Promise<void> {
    const mine = this.myHelp;
    if (mine) await this.desk.ask("help.end", { id: mine.id });
    else await this.desk.ask("help.ask", {});
  }

  async come(one: HelpView): Promise<void> {
    await this.desk.ask("help.answer", { id: one.id, text: t("help.coming") });
  }

  async end(one: HelpView): Promise<void> {
    await this.desk.ask("help.end", { id: one.id });
  }

  async see(one: MessageView): Promise<void> {
    await this.desk.ask("message.seen", { id: one.id });
    if (this.desk.dialog === "day") await this.read();
  }

  /** The key: answer who asks first, else put the oldest message away. */
  acknowledge(): void | false {
    const first = this.asking.find((one) => !one.answered_at);
    const message = this.unseen[0];
    if (first) void this.come(first);
    else if (message) void this.see(message);
    else return false;
  }

  open(): void | false {
    if (this.desk.dialog) return false;
    const idle = document.querySelector<HTMLElement>(".main.is-desk day-panel .day");
    if (idle) {
      idle.focus();
      void this.read();
      return;
    }
    this.desk.open("day");
    void this.read();
  }

  async read(): Promise<void> {
    const [day, history] = await Promise.all([
      this.desk.ask("day.show", {}), this.desk.ask("message.list", {})]);
    if (day) this.day = (day as { day?: DayView }).day ?? null;
    if (history) this.history = (history as { messages?: MessageView[] }).messages ?? [];
    this.desk.changed();
  }

  async send(kind: "operator" | "group" | "all", to: string, text: string): Promise<boolean> {
    const sent = await this.desk.ask("message.send", { to_kind: kind, to, text });
    if (sent) this.desk.toast("info", t("message.was_sent"));
    return sent !== undefined;
  }
}
