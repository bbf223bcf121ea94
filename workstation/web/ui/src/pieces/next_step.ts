// What is done after this contact: nothing, a call-back, a task. Part of the draft.
import { html, nothing } from "lit";
import { show as showText } from "../caret.js";
import type { Draft } from "../drafts.js";
import { now } from "../moments.js";
import type { ConversationView } from "../protocol.gen.js";
import { momentOf, quickTimes } from "../task_times.js";
import { say, t } from "../texts.js";
import type { Html } from "./bits.js";
import { Piece } from "./piece.js";

const KINDS = ["", "call_back", "task", "promise"];

class NextStep extends Piece {
  static override readonly follows = ["conversations"] as const;
  static override properties = { ...Piece.properties, conversation: { attribute: false },
                                 draft: { attribute: false } };
  declare conversation: ConversationView;
  declare draft: Draft;

  protected override render(): Html {
    const { ending, drafts } = this.desk;
    const follow = ending.follow(this.conversation, drafts.of(this.conversation));
    const kind = follow["kind"] ?? "";
    return html`<div class="next-step"><label class="next-kind"><span>${t("follow.title")}</span>
        <select id="follow-kind" @change=${(event: Event) =>
          this.set({ kind: (event.target as HTMLSelectElement).value })}>
          ${KINDS.map((one) => html`<option value=${one} ?selected=${one === kind}>
            ${t(`follow.${one || "none"}`)}</option>`)}</select></label>
      ${kind === "task" ? this.task(follow) : nothing}
      ${kind === "promise" ? this.promise(follow) : nothing}
      ${kind ? this.when(follow) : nothing}</div>`;
  }

  protected override updated(): void {
    const follow = this.desk.ending.follow(this.conversation,
                                           this.desk.drafts.of(this.conversation));
    const title = this.querySelector<HTMLInputElement>("#follow-title");
    if (title) showText(title, follow["title"] ?? "");
    const due = this.querySelector<HTMLInputElement>("#follow-due");
    const wanted = this.desk.ending.localDue(follow);
    if (due && due !== document.activeElement && due.value !== wanted) due.value = wanted;
  }

  private task(follow: Record<string, string>): Html {
    const group = follow["group"] ?? "";
    return html`<input id="follow-title" maxlength="200" autocomplete="off"
        aria-label=${t("follow.task_title")} placeholder=${t("follow.task_title")}
        @input=${(event: Event) => this.set({ title: (event.target as HTMLInputElement).value })}>
      <label class="next-who"><span>${t("follow.who")}</span><select id="follow-who"
        @change=${(event: Event) => this.set({ group: (event.target as HTMLSelectElement).value })}>
        <option value="" ?selected=${!group}>${t("follow.who_me")}</option>
        ${(this.desk.catalogue?.groups ?? []).map((one) => html`<option value=${one.id}
          ?selected=${one.id === group}>${say(one.name)}</option>`)}</select></label>`;
  }

  /** Sum, and in how many parts; the first day stands below, as every day here. */
  private promise(follow: Record<string, string>): Html {
    const put = (name: string) => (event: Event): void =>
      this.set({ [name]: (event.target as HTMLInputElement).value.trim() });
    return html`<div class="next-promise">
      <label><span>${t("promise.sum")}</span><input id="promise-sum" inputmode="decimal"
        maxlength="16" .value=${follow["sum"] ?? ""} @change=${put("sum")}></label>
      <label><span>${t("promise.parts")}</span><input id="promise-parts" type="number" min="1"
        max="24" .value=${follow["parts"] ?? "1"} @change=${put("parts")}></label>
      ${Number(follow["parts"] ?? 1) > 1 ? html`<label><span>${t("promise.every")}</span>
        <input id="promise-every" type="number" min="1" max="366"
        .value=${follow["every_days"] ?? "30"} @change=${put("every_days")}></label>` : nothing}</div>`;
  }

  private when(follow: Record<string, string>): Html {
    const zone = this.desk.catalogue?.time_zone ?? "UTC";
    const due = this.desk.ending.localDue(follow);
    return html`<div class="next-when"><input type="datetime-local" id="follow-due"
        aria-label=${t("follow.due")} @change=${(event: Event) =>
          this.setDue((event.target as HTMLInputElement).value, zone)}>
      ${quickTimes(now(), zone).map((one) => html`<button type="button" class="button small"
        data-quick=${one.text} aria-pressed=${one.at === due}
        @click=${() => this.setDue(one.at, zone)}>${t(`task.quick.${one.text}`)}</button>`)}</div>`;
  }

  private set(change: Record<string, string>): void {
    this.desk.ending.setFollow(this.conversation, change);
  }

  private setDue(local: string, zone: string): void {
    const due = momentOf(local, zone);
    if (due) this.set({ due_at: due.toISOString() });
  }
}

customElements.define("next-step", NextStep);
