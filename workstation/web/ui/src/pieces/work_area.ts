// What the operator does for this client: request form, note, outcome, done. The draft is the truth.
import { html, nothing } from "lit";
import { show as showText } from "../caret.js";
import { isUnsent, type Draft, type Typed } from "../drafts.js";
import type { ConversationView, DispositionView } from "../protocol.gen.js";
import { say, t } from "../texts.js";
import { empty, icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import "./request_form.js";

class WorkArea extends Piece {
  static override readonly follows = ["conversations", "operators", "tasks"] as const;

  protected override render(): Html {
    const { shown, conversation } = this.desk;
    if (shown?.kind === "client") {
      return html`${this.head()}<div class="scroll pad"><request-form .desk=${this.desk}
        .client=${shown.id}></request-form></div>`;
    }
    if (!conversation) {
      return html`${this.head()}${empty(t("work.none"), t("work.none_how"))}`;
    }
    if (conversation.state === "missed") {
      return html`${this.head()}${empty(t("work.missed"), t("work.missed_how"))}`;
    }
    const draft = this.desk.drafts.of(conversation);
    return html`${this.head()}
      <div class="scroll pad">${conversation.client_id === null
        ? html`<p class="faint">${t("work.choose_first")}</p>`
        : html`<request-form .desk=${this.desk} .client=${conversation.client_id}
            .conversation=${conversation}></request-form>`}</div>
      <div class="finish">
        ${this.note(conversation, draft)}
        ${this.outcomes(conversation, draft)}
        ${this.done(conversation, draft)}
      </div>`;
  }

  private head(): Html {
    return html`<header class="column-head"><h2>${t("work.request")}</h2>${keyHint("Alt R")}</header>`;
  }

  protected override updated(): void {
    const { conversation } = this.desk;
    const field = this.querySelector<HTMLTextAreaElement>("#note");
    if (field && conversation) showText(field, this.desk.drafts.of(conversation).note);
  }

  private type(one: ConversationView, change: Typed): void {
    this.desk.drafts.type(one, change);
  }

  private note(one: ConversationView, draft: Draft): Html {
    return html`<div class="note">
      <div class="note-head"><label for="note">${t("note.title")} ${keyHint("Alt N")}</label>
        ${this.saved(draft)}</div>
      <textarea id="note" rows="3" maxlength="20000" placeholder=${t("note.placeholder")}
        data-conversation=${one.id}
        @input=${(event: Event) => this.type(
          one, { note: (event.target as HTMLTextAreaElement).value })}></textarea></div>`;
  }

  private saved(draft: Draft): Html {
    if (isUnsent(draft) && !this.desk.isUp) {
      return html`<span class="saved is-warning" role="status">${t("draft.kept_here")}</span>`;
    }
    if (isUnsent(draft) || draft.flying) {
      return html`<span class="saved" role="status">${t("draft.saving")}</span>`;
    }
    if (!draft.saved_at) return nothing;
    return html`<span class="saved">${icon("check")} ${t("draft.saved")}
      <tick-time words since=${draft.saved_at}></tick-time> ${t("draft.ago")}</span>`;
  }

  private outcomes(one: ConversationView, draft: Draft): Html {
    return html`<div class="outcomes" role="radiogroup" aria-label=${t("outcomes.title")}>
      ${one.dispositions.map((choice, index) => this.outcome(one, draft, choice, index))}</div>`;
  }

  private outcome(one: ConversationView, draft: Draft, choice: DispositionView,
                  index: number): Html {
    const chosen = draft.disposition === choice.id;
    return html`<button class="outcome" role="radio" aria-checked=${chosen}
      data-outcome=${choice.id}
      @click=${() => this.type(one, { disposition: chosen ? null : choice.id })}>
      ${index < 9 ? keyHint(`Alt ${index + 1}`) : nothing}
      <span>${say(choice.name)}${choice.needs_note
        ? html`<abbr title=${t("outcomes.needs_note")}> ✎</abbr>` : nothing}</span></button>`;
  }

  private done(one: ConversationView, draft: Draft): Html {
    const chosen = one.dispositions.find((choice) => choice.id === draft.disposition);
    const missing = !chosen ? t("finish.choose_outcome")
      : chosen.needs_note && !draft.note.trim() ? t("finish.note_needed") : "";
    const isOver = one.ended_at !== null;
    const refused = this.desk.refusal(one);
    return html`${refused ? html`<p class="field-error" role="alert" data-error="finish">
        ${icon("triangle-alert")} ${refused}</p>` : nothing}<div class="done-line">
      <span class="done-hint">${isOver ? missing : t("finish.after_call")}</span>
      <button class="button primary" data-act="finish" ?disabled=${Boolean(missing) || !isOver}
        @click=${() => void this.desk.finish(one)}>
        ${icon("check")} ${t("finish.done")} ${keyHint("Ctrl ↵")}</button></div>`;
  }
}

customElements.define("work-area", WorkArea);
