// What the operator does for this client: request form, note, outcome, done. The draft is the truth.
import { html, nothing } from "lit";
import { show as showText } from "../caret.js";
import { isUnsent, type Draft, type Typed } from "../drafts.js";
import type { ConversationView, DispositionView } from "../protocol.gen.js";
import { now } from "../moments.js";
import { placesOf, type Place } from "../outcomes.js";
import { say, t, whenShort } from "../texts.js";
import { empty, icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import "./next_step.js";
import "./request_form.js";
import { guided, workHead } from "./work_tabs.js";

class WorkArea extends Piece {
  static override readonly follows = ["conversations", "operators", "tasks"] as const;

  protected override render(): Html {
    const { shown, conversation } = this.desk;
    if (shown?.kind === "client") {
      return html`${this.head()}${this.panel(html`<request-form .desk=${this.desk}
        .client=${shown.id}></request-form>`)}`;
    }
    if (!conversation) {
      return html`${this.head()}${empty(t("work.none"), t("work.none_how"))}`;
    }
    if (conversation.state === "missed") {
      return html`${this.head()}${empty(t("work.missed"), t("work.missed_how"))}`;
    }
    const draft = this.desk.drafts.of(conversation);
    return html`${this.head()}
      ${this.panel(conversation.client_id === null
        ? html`<p class="faint">${t("work.choose_first")}</p>`
        : html`<request-form .desk=${this.desk} .client=${conversation.client_id}
            .conversation=${conversation}></request-form>`)}
      <div class="finish">
        ${this.handed(conversation)}
        ${this.note(conversation, draft)}
        ${this.outcomes(conversation, draft)}
        ${this.done(conversation)}
      </div>`;
  }

  private head(): Html {
    return workHead(this.desk);
  }

  private panel(request: Html): Html {
    const { tab } = this.desk.guide;
    return html`<div class="scroll pad" id="work-panel" role="tabpanel" tabindex="-1"
      aria-labelledby="work-${tab}">${tab === "request" ? request : guided(this.desk)}</div>`;
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

  // ── outcome: one of a few groups, then its reason ─────────────────────────────────────────
  private outcomes(one: ConversationView, draft: Draft): Html {
    const group = this.desk.ending.openGroup(one);
    const places = placesOf(one.dispositions);
    const inside = places.find((place) => place.name === group && place.choices.length > 1);
    return html`${inside ? html`<div class="outcome-path"><button class="quiet"
        data-act="all-groups" @click=${() => this.desk.ending.open(one, "")}>
        ${icon("chevron-left")} ${t("outcomes.back")} ${keyHint("Alt ⌫")}</button>
        <strong>${say(inside.name)}</strong></div>` : nothing}
      <div class="outcomes" role="radiogroup" aria-label=${inside ? say(inside.name)
        : t("outcomes.title")}>${inside
        ? inside.choices.map((choice, index) => this.outcome(one, choice, index))
        : places.map((place, index) => this.place(one, place, index))}</div>
      <next-step .desk=${this.desk} .conversation=${one} .draft=${draft}></next-step>`;
  }

  private place(one: ConversationView, place: Place, index: number): Html {
    if (place.choices.length === 1) return this.outcome(one, place.choices[0]!, index);
    const chosen = this.desk.ending.chosen(one);
    const isHere = chosen?.group === place.name;
    return html`<button class="outcome is-group" role="radio" aria-checked=${isHere}
      data-group=${place.name} @click=${() => this.desk.ending.open(one, place.name)}>
      ${index < 9 ? keyHint(`Alt ${index + 1}`) : nothing}
      <span>${say(place.name)}${isHere && chosen ? html`<small>${say(chosen.name)}</small>`
        : html`<small class="faint">${place.choices.map((choice) => say(choice.name)).join(", ")
        }</small>`}</span>${icon("chevron-right")}</button>`;
  }

  private outcome(one: ConversationView, choice: DispositionView, index: number): Html {
    const chosen = this.desk.ending.chosen(one)?.id === choice.id;
    return html`<button class="outcome" role="radio" aria-checked=${chosen}
      data-outcome=${choice.id}
      @click=${() => this.desk.ending.choose(one, chosen ? null : choice.id)}>
      ${index < 9 ? keyHint(`Alt ${index + 1}`) : nothing}
      <span>${say(choice.name)}${demands(choice)}</span></button>`;
  }

  private done(one: ConversationView): Html {
    const missing = this.desk.ending.missing(one);
    const isOver = one.ended_at !== null;
    const refused = this.desk.ending.refusal(one);
    return html`${refused ? html`<p class="field-error" role="alert" data-error="finish">
        ${icon("triangle-alert")} ${refused}</p>` : nothing}<div class="done-line">
      <span class="done-hint">${isOver ? missing : t("finish.after_call")}</span>
      <button class="button primary" data-act="finish" ?disabled=${Boolean(missing) || !isOver}
        @click=${() => void this.desk.finish(one)}>
        ${icon("check")} ${t("finish.done")} ${keyHint("Ctrl ↵")}</button></div>`;
  }

  // ── a colleague's words ───────────────────────────────────────────────────────────────────
  private handed(one: ConversationView): Html {
    const { handed } = one;
    if (!handed) return nothing;
    const outcome = one.dispositions.find((choice) => choice.id === handed.disposition);
    return html`<figure class="handed"><figcaption><strong>${
      t("handed.by", { name: handed.name })}</strong>
      ${handed.at ? html`<time>${whenShort(handed.at, now())}</time>` : nothing}
      ${outcome ? html`<span class="chip">${t("handed.outcome", { outcome: say(outcome.name) })}</span>`
        : nothing}
      ${handed.note.trim() ? html`<button class="quiet" data-act="take-handed"
        @click=${() => this.desk.ending.takeHanded(one)}>${icon("plus")} ${t("handed.take")}
        ${keyHint("Alt U")}</button>`
        : nothing}</figcaption>
      ${handed.note.trim() ? html`<blockquote>${handed.note}</blockquote>` : nothing}</figure>`;
  }
}

/** What an outcome asks for, beside its name. */
function demands(choice: DispositionView): Html {
  const said = [
    choice.note_min ? t("outcomes.needs_letters", { n: choice.note_min })
      : choice.needs_note ? t("outcomes.needs_note") : "",
    choice.asks ? t(`outcomes.asks.${choice.asks}`) : "",
    choice.needs_identity ? t("outcomes.needs_identity") : "",
  ].filter(Boolean);
  return said.length ? html`<small class="faint">${said.join(", ")}</small>` : nothing;
}

customElements.define("work-area", WorkArea);
