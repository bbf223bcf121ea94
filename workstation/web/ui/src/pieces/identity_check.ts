// Is it he? Questions from the client's own data; sums are masked until enough are ticked.
import { html, nothing } from "lit";
import { now } from "../moments.js";
import type { CardView, ConversationView, QuestionView } from "../protocol.gen.js";
import { day, t, whenShort } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

class IdentityCheck extends Piece {
  static override readonly follows = ["conversations"] as const;
  static override properties = { ...Piece.properties, conversation: { attribute: false },
                                 card: { attribute: false } };
  declare conversation: ConversationView;
  declare card: CardView;
  private ticked = new Set<string>();
  private of = "";        // conversation and client these ticks are about
  private isAsking = false;

  protected override willUpdate(): void {
    const of = `${this.conversation.id} ${this.card.client_id} ${this.conversation.identity}`;
    if (of !== this.of) this.ticked = new Set();
    this.of = of;
  }

  protected override render(): Html {
    if (this.conversation.identity === "confirmed") return this.confirmed();
    const questions = this.conversation.questions ?? [];
    return questions.length ? this.asked(questions) : this.plain();
  }

  private confirmed(): Html {
    const by = this.conversation.confirmed;
    const how = !by ? t("identity.confirmed_how") : t(by.here ? "identity.by" : "identity.earlier",
      { name: by.name, time: whenShort(by.at, now()) });
    return html`<div class="identity is-confirmed" role="group" aria-label=${t("identity.confirmed")}>
      ${icon("check")}<span><strong>${t("identity.confirmed")}</strong><small>${how}</small></span>
      <button class="quiet" data-act="identity-undo" title=${t("identity.undo")}
        aria-label=${t("identity.undo")} @click=${() => void this.say(false)}>${icon("x")}</button>
      </div>`;
  }

  /** Of a client of whom we know nothing that could be asked. */
  private plain(): Html {
    return html`<label class="identity">
      <input type="checkbox" data-act="identity" .checked=${false}
        @change=${() => void this.say(true)}>
      <span><strong>${this.heading}</strong><small>${t(this.card.masked
        ? "identity.masked_how" : "identity.unknown_how")}</small></span>
      ${keyHint("Alt I")}</label>`;
  }

  private asked(questions: QuestionView[]): Html {
    const needed = Math.min(this.conversation.questions_needed ?? 0, questions.length);
    return html`<fieldset class="identity-asked" @keydown=${this.keyed}>
      <legend>${this.heading} ${keyHint("Alt I")}</legend>
      <p class="faint">${t("identity.asked", { n: needed })}</p>
      ${questions.map((one, index) => html`<label class="question">
        <input type="checkbox" data-question=${one.id} .checked=${this.ticked.has(one.id)}
          ?disabled=${this.isAsking} @change=${() => this.tick(one.id, needed)}>
        ${keyHint(String(index + 1))}
        <span><small>${one.kind === "custom" ? one.about
          : t(`question.${one.kind}`, { about: one.about })}</small>
          <b>${one.kind === "payment" ? day(one.answer, now()) : one.answer}</b></span></label>`)}
      ${this.conversation.identity === "refused" ? nothing : html`<button class="quiet not-he"
        data-act="not-he" @click=${() => void this.say(false)}>${t("identity.not_he")}</button>`}
    </fieldset>`;
  }

  private get heading(): string {
    return t(this.conversation.identity === "refused" ? "identity.refused" : "identity.unknown");
  }

  /** Digits tick while the cursor is in here. */
  private keyed = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const digit = Number(/^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1] ?? 0);
    const boxes = this.querySelectorAll<HTMLInputElement>("[data-question]");
    const box = boxes[digit - 1];
    if (!digit || !box) return;
    event.preventDefault();
    event.stopPropagation();
    box.focus();
    box.click();
  };

  private tick(id: string, needed: number): void {
    if (!this.ticked.delete(id)) this.ticked.add(id);
    this.requestUpdate();
    if (this.ticked.size >= needed) void this.say(true);
  }

  private async say(confirmed: boolean): Promise<void> {
    this.isAsking = true;
    this.requestUpdate();
    await this.desk.ask("conversation.identity", {
      conversation: this.conversation.id, confirmed,
      answered: confirmed ? [...this.ticked] : [] });
    this.isAsking = false;
    this.requestUpdate();
  }
}

customElements.define("identity-check", IdentityCheck);
