// Whom to call next, of a campaign whose operators dial themselves: dial, or skip and say why.
import { html, nothing } from "lit";
import { isTyping } from "../announce.js";
import type { PreviewView } from "../protocol.gen.js";
import { money, t, timeToTheSecond, words } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const REASONS = ["not_now", "talked_already", "not_suitable", "other"] as const;
type Reason = typeof REASONS[number];

class PreviewBar extends Piece {
  static override readonly follows = ["previews", "conversations"] as const;
  private skipping = 0;
  private reason: Reason = "not_now";
  private openedFor = 0;
  private isAsking = false;

  private get card(): PreviewView | null {
    return Object.values(this.desk.views.previews).sort((a, b) => a.id - b.id)[0] ?? null;
  }

  protected override render(): Html {
    const one = this.card;
    if (!one) return nothing;
    return html`<div class="banner preview" role="status" data-card=${one.id}>
      ${icon("phone-outgoing")}
      <span class="preview-who"><span class="faint">${t("card.of", { campaign: one.campaign })}</span>
        <button class="link" @click=${() => void this.desk.openClient(one.client_id)}>
          ${one.client_name}</button>
        <span class="num nowrap">${one.number_label}</span>
        ${one.debt_minor && one.currency
          ? html`<b>${t("card.debt", { sum: money(one.debt_minor, one.currency) })}</b>` : nothing}
        <span class="faint">${this.tried(one)}</span></span>
      <span class="spring"></span>
      ${one.asked ? html`<span class="faint">${t("card.dialling")}</span>`
        : this.skipping === one.id ? this.reasons(one) : this.deeds(one)}</div>`;
  }

  private tried(one: PreviewView): string {
    if (!one.tries) return t("card.first");
    const last = one.last ? `, ${words("why", one.last)}` : "";
    return `${t("card.tries", { n: one.tries })}${last}`;
  }

  private deeds(one: PreviewView): Html {
    return html`<span class="faint nowrap">${t("card.until", { at: timeToTheSecond(one.until) })}</span>
      <button class="button small primary" data-act="card-dial"
        @click=${() => void this.desk.ask("card.dial", { card: one.id })}>
        ${icon("phone-outgoing")} ${t("card.dial")} ${keyHint("Alt B")}</button>
      <button class="button small" data-act="card-skip" @click=${() => this.ask(one.id)}>
        ${t("card.skip")} ${keyHint("Alt H")}</button>`;
  }

  private reasons(one: PreviewView): Html {
    const send = (event: SubmitEvent): void => {
      event.preventDefault();
      const note = String(new FormData(event.target as HTMLFormElement).get("note") ?? "");
      void this.desk.ask("card.skip", { card: one.id, reason: this.reason, note })
        .then(() => this.ask(0));
    };
    return html`<form class="preview-why" @submit=${send}>
      <label><span class="sr-only">${t("card.why")}</span>
        <select name="reason" @change=${(event: Event) => {
          this.reason = (event.target as HTMLSelectElement).value as Reason;
          this.requestUpdate();
        }}>${REASONS.map((reason) => html`<option value=${reason}
          ?selected=${reason === this.reason}>${t(`card.reason.${reason}`)}</option>`)}</select></label>
      <input name="note" maxlength="300" autocomplete="off" aria-label=${t("card.note")}
        placeholder=${t("card.note")} ?required=${this.reason === "other"} minlength="3">
      <button class="button small primary" data-act="card-skip-send">${t("card.skip")}</button>
      <button class="quiet" type="button" aria-label=${t("close")} @click=${() => this.ask(0)}>
        ${icon("x")}</button></form>`;
  }

  private ask(card: number): void {
    this.skipping = card;
    this.isAsking = card !== 0;
    this.reason = "not_now";
    this.requestUpdate();
  }

  /** The card comes first: it opens as it is handed out, unless somebody talks or types. */
  protected override updated(): void {
    const one = this.card;
    if (this.isAsking) this.querySelector("select")?.focus({ preventScroll: true });
    this.isAsking = false;
    if (!one || one.id === this.openedFor) return;
    this.openedFor = one.id;
    this.skipping = 0;
    const isFree = !this.desk.live && !this.desk.wrappingUp && !isTyping() && !this.desk.dialog;
    if (isFree) void this.desk.openClient(one.client_id);
  }
}

customElements.define("preview-bar", PreviewBar);
