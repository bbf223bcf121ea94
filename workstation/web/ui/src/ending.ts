// How a contact ends: outcome by group and reason, what is done next, and Done itself.
import type { Desk } from "./desk.js";
import { problemInWords } from "./desk.js";
import type { Draft } from "./drafts.js";
import { now } from "./moments.js";
import { lettersMissing, picked } from "./outcomes.js";
import type { ConversationView, DispositionView, FormToFile, Problem } from "./protocol.gen.js";
import { localTime, momentOf, quickTimes } from "./task_times.js";
import { t } from "./texts.js";

/** The request form of the page, as it stands. */
export interface FormOnPage extends HTMLElement {
  toFile(): FormToFile | null;
  refuse(problem: Problem): void;
}

interface Refusal {
  text: string;
  disposition: string | null;
  note: string;
}

const PROMISE_DAYS = 7;

export class Ending {
  private readonly refusals = new Map<number, Refusal>();
  private readonly opened = new Map<number, string>();      // conversation → group

  constructor(private readonly desk: Desk) {}

  // ── outcome ───────────────────────────────────────────────────────────────────────────────
  openGroup(one: ConversationView): string {
    return this.opened.get(one.id) ?? "";
  }

  open(one: ConversationView, group: string): void {
    this.opened.set(one.id, group);
    this.desk.changed();
  }

  pick(one: ConversationView, digit: number): void | false {
    const found = picked(one.dispositions, this.openGroup(one), digit);
    if (!found) return false;
    if ("group" in found) this.open(one, found.group);
    else this.choose(one, found.outcome);
  }

  choose(one: ConversationView, outcome: string | null): void {
    this.opened.delete(one.id);
    this.desk.drafts.type(one, { disposition: outcome });
  }

  /** What is chosen: by a person, else what the machine saw of a call nobody answered. */
  chosen(one: ConversationView): DispositionView | undefined {
    const id = this.desk.drafts.of(one).disposition ?? one.suggested ?? null;
    return one.dispositions.find((choice) => choice.id === id);
  }

  // ── next ──────────────────────────────────────────────────────────────────────────────────
  /** What is to be done next, with what was not typed filled in. {}: nothing. */
  follow(one: ConversationView, draft: Draft): Record<string, string> {
    const asks = this.chosen(one)?.asks ?? "";
    const isPromise = this.chosen(one)?.id === "promised" && (one.card?.debt_minor ?? 0) > 0;
    const kind = draft.follow["kind"]
      ?? (asks === "call_back" || asks === "task" ? asks : isPromise ? "promise" : "");
    if (!kind) return {};
    const zone = this.desk.catalogue?.time_zone ?? "UTC";
    if (kind === "promise") return this.promise(one, draft);
    const due = draft.follow["due_at"] || this.usualTime(zone);
    return { ...draft.follow, kind, due_at: due };
  }

  /** The whole debt in a week, until he says otherwise. */
  private promise(one: ConversationView, draft: Draft): Record<string, string> {
    const due = new Date(now().getTime() + PROMISE_DAYS * 86_400_000).toISOString();
    const owed = one.card?.debt_minor ?? 0;
    return { sum: owed ? (owed / 100).toFixed(2) : "", parts: "1", every_days: "30", ...draft.follow,
             kind: "promise", due_at: draft.follow["due_at"] || due };
  }

  private usualTime(zone: string): string {
    const [first] = quickTimes(now(), zone);
    return first ? (momentOf(first.at, zone)?.toISOString() ?? "") : "";
  }

  setFollow(one: ConversationView, change: Record<string, string>): void {
    const draft = this.desk.drafts.of(one);
    this.desk.drafts.type(one, { follow: { ...this.follow(one, draft), ...change } });
  }

  localDue(follow: Record<string, string>): string {
    const zone = this.desk.catalogue?.time_zone ?? "UTC";
    const due = follow["due_at"];
    return due ? localTime(new Date(due), zone) : "";
  }

  // ── done ──────────────────────────────────────────────────────────────────────────────────
  /** What still hinders Done, in words; "" when nothing does that this screen knows of. */
  missing(one: ConversationView): string {
    const draft = this.desk.drafts.of(one);
    const chosen = this.chosen(one);
    if (!chosen) return t("finish.choose_outcome");
    const letters = lettersMissing(chosen, draft.note);
    if (letters && (chosen.note_min ?? 0) > 1) {
      return t("outcomes.needs_letters", { n: chosen.note_min ?? 0 });
    }
    if (letters) return t("finish.note_needed");
    if (chosen.needs_identity && one.identity !== "confirmed") return t("problem.identity_missing");
    const follow = this.follow(one, draft);
    if (follow["kind"] === "task" && !follow["title"]?.trim()) return t("problem.task_missing");
    return "";
  }

  async finish(one: ConversationView): Promise<void> {
    const chosen = this.chosen(one);
    const draft = this.desk.drafts.of(one);
    const missing = this.missing(one);
    if (!chosen || missing) {
      this.refuse(one, missing || t("finish.choose_outcome"));
      return;
    }
    await this.desk.drafts.settle(one.id);
    const form = document.querySelector<FormOnPage>("request-form");
    const request = chosen.asks === "request" ? form?.toFile() ?? null : null;
    const { problem } = await this.desk.tryTo("conversation.finish", {
      conversation: one.id, disposition: chosen.id, note: draft.note,
      follow: this.follow(one, draft), request });
    if (problem?.code === "form_invalid") form?.refuse(problem);
    this.refuse(one, problem ? problemInWords(problem) : "");
  }

  private refuse(one: ConversationView, text: string): void {
    const { disposition, note } = this.desk.drafts.of(one);
    this.refusals.set(one.id, { text, disposition, note });
    this.desk.changed();
  }

  /** Why Done was refused, until what was refused is changed; "" when it was not. */
  refusal(one: ConversationView): string {
    const { disposition, note } = this.desk.drafts.of(one);
    const refused = this.refusals.get(one.id);
    return refused?.disposition === disposition && refused.note === note ? refused.text : "";
  }

  // ── a colleague's words ───────────────────────────────────────────────────────────────────
  takeHanded(one: ConversationView): void | false {
    const words = one.handed?.note.trim();
    if (!words) return false;
    const { note } = this.desk.drafts.of(one);
    if (note.includes(words)) return false;
    this.desk.drafts.type(one, { note: note.trim() ? `${words}\n${note}` : words });
  }

  // ── mine without an outcome ───────────────────────────────────────────────────────────────
  /** Oldest first. */
  get unfinished(): ConversationView[] {
    return this.desk.conversations.filter((one) => one.state === "wrap_up").reverse();
  }

  fill(one: ConversationView): void {
    this.desk.open("");
    this.desk.go("desk");
    this.desk.show({ kind: "conversation", id: one.id });
    requestAnimationFrame(() => document.querySelector<HTMLElement>("#note")?.focus());
  }
}
