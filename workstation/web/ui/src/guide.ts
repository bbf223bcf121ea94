// What guides a conversation: which tab of the work area is open, the script and how far it has
// come, what is proposed. The server keeps it; here is what was read of it last.
import { problemInWords, type Desk } from "./desk.js";
import type {
  ConversationView, ProposalView, ProposedView, ScriptChoice, ScriptStepView, ScriptView,
} from "./protocol.gen.js";
import { t } from "./texts.js";

export type WorkTab = "request" | "script" | "offers";
export const WORK_TABS: readonly WorkTab[] = ["request", "script", "offers"];
export type Answer = "accepted" | "refused" | "later";

export interface Scripted {
  script: ScriptView | null;
  others: ScriptChoice[];
}

export interface Proposed {
  proposals: ProposalView[];
  answered: ProposedView[];
}

interface Read<T> {
  state: string;          // what it was read for; another state is read anew
  value: T | null;
}

export class GuideDesk {
  /** Why an answer was refused, at its step. */
  wrong: { step: string; text: string } | null = null;
  private readonly chosen = new Map<string, WorkTab>();
  private readonly scripts = new Map<number, Read<Scripted>>();
  private readonly proposed = new Map<string, Read<Proposed>>();

  constructor(private readonly desk: Desk) {}

  // ── tabs ──────────────────────────────────────────────────────────────────────────────────
  get tabs(): readonly WorkTab[] {
    return this.desk.conversation ? WORK_TABS : ["request", "offers"];
  }

  get tab(): WorkTab {
    const { conversation } = this.desk;
    const tab = this.chosen.get(this.place) ?? (conversation?.tab || "request");
    return this.tabs.includes(tab) ? tab : "request";
  }

  open(tab: WorkTab): void | false {
    if (!this.tabs.includes(tab) || !this.desk.shown) return false;
    this.chosen.set(this.place, tab);
    this.desk.changed();
  }

  private get place(): string {
    const { shown } = this.desk;
    return shown ? `${shown.kind} ${shown.id}` : "";
  }

  // ── the script ────────────────────────────────────────────────────────────────────────────
  script(one: ConversationView): Scripted | null {
    const state = [one.guided_at, one.client_id, one.identity, one.script, one.card?.version].join(" ");
    const read = this.scripts.get(one.id);
    if (read?.state !== state) {
      this.scripts.set(one.id, { state, value: read?.value ?? null });
      void this.ask(one, "script.show", { conversation: one.id });
    }
    return this.scripts.get(one.id)?.value ?? null;
  }

  /** The question that waits for its answer. */
  waiting(one: ConversationView): ScriptStepView | null {
    const script = this.scripts.get(one.id)?.value?.script;
    return script && !script.done ? script.steps.at(-1) ?? null : null;
  }

  async choose(one: ConversationView, script: string): Promise<void> {
    await this.ask(one, "script.choose", { conversation: one.id, script });
  }

  async answer(one: ConversationView, step: ScriptStepView, answer: string): Promise<void> {
    const script = this.scripts.get(one.id)?.value?.script?.id;
    if (!script) return;
    this.wrong = null;
    const { result, problem } = await this.desk.tryTo(
      "script.answer", { conversation: one.id, script, step: step.id, answer });
    if (problem) {
      const code = String(problem.facts?.["code"] ?? "");
      this.wrong = { step: step.id, text: code ? t(`invalid.${code}`) : problemInWords(problem) };
    }
    this.keep(one, result);
  }

  /** A digit answers the question that waits, where it has choices. */
  digit(one: ConversationView, digit: number): void | false {
    if (this.tab !== "script" || this.desk.dialog) return false;
    const step = this.waiting(one);
    const choice = step?.choices[digit - 1]?.[0];
    if (!step || choice === undefined) return false;
    void this.answer(one, step, choice);
  }

  private async ask<A extends "script.show" | "script.choose">(
    one: ConversationView, action: A, args: { conversation: number; script?: string },
  ): Promise<void> {
    this.keep(one, await this.desk.ask(action, args as never));
  }

  private keep(one: ConversationView, result: unknown): void {
    const read = this.scripts.get(one.id);
    if (result && read) read.value = result as Scripted;
    this.desk.changed();
  }

  // ── what is proposed ──────────────────────────────────────────────────────────────────────
  proposals(clientId: number, one: ConversationView | null): Proposed | null {
    const key = `${clientId} ${one?.id ?? ""}`;
    const card = one?.card ?? this.desk.opened.get(clientId)?.card;
    const state = [one?.guided_at, one?.identity, card?.version, card?.masked].join(" ");
    const read = this.proposed.get(key);
    if (read?.state !== state) {
      this.proposed.set(key, { state, value: read?.value ?? null });
      void this.propose(key, clientId, one);
    }
    return this.proposed.get(key)?.value ?? null;
  }

  private async propose(key: string, clientId: number, one: ConversationView | null): Promise<void> {
    this.hear(key, await this.desk.ask(
      "proposal.list", { client_id: clientId, conversation: one?.id ?? null }));
  }

  async reply(clientId: number, one: ConversationView | null, proposal: string, answer: Answer,
              untilOn: string | null): Promise<void> {
    this.hear(`${clientId} ${one?.id ?? ""}`, await this.desk.ask("proposal.answer", {
      client_id: clientId, conversation: one?.id ?? null, proposal, answer, until_on: untilOn }));
  }

  private hear(key: string, result: unknown): void {
    const read = this.proposed.get(key);
    if (result && read) read.value = result as Proposed;
    this.desk.changed();
  }
}
