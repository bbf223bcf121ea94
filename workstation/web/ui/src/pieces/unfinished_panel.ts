// My calls that still wait for their outcome, the oldest first; a digit opens one to be filled.
import { html, nothing } from "lit";
import { whoIs } from "../announce.js";
import type { ConversationView } from "../protocol.gen.js";
import { now } from "../moments.js";
import { say, t, whenShort } from "../texts.js";
import { directionIcon, empty, icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

class UnfinishedPanel extends Piece {
  static override readonly follows = ["conversations"] as const;

  protected override firstUpdated(): void {
    this.querySelector<HTMLElement>(".takeable")?.focus();
  }

  protected override render(): Html {
    const { unfinished } = this.desk.ending;
    return html`<div class="takeable scroll" tabindex="0" role="region"
      aria-label=${t("unfinished.title")} @keydown=${this.keyed}>
      ${unfinished.length ? html`<p class="faint pad">${t("unfinished.how")}</p>
        <ul>${unfinished.map((one, index) => this.row(one, index))}</ul>`
        : empty(t("unfinished.none"), t("foot.without_outcome", { n: 0 }))}</div>`;
  }

  private row(one: ConversationView, index: number): Html {
    const draft = this.desk.drafts.of(one);
    const ended = one.ended_at ?? one.offered_at;
    return html`<li><button class="takeable-row" data-unfinished=${one.id}
      @click=${() => this.desk.ending.fill(one)}>
      ${icon(directionIcon(one.direction))}
      <span class="takeable-who"><span>${whoIs(one)}</span>
        <small class="faint">${one.campaign || say(one.queue_name)
          || t(`direction.${one.direction}`)} · ${whenShort(ended, now())}${
          draft.note.trim() ? html` · “${draft.note.trim().slice(0, 60)}”` : nothing}</small></span>
      <tick-time words since=${ended}></tick-time>
      ${index < 9 ? keyHint(String(index + 1)) : nothing}</button></li>`;
  }

  private keyed = (event: KeyboardEvent): void => {
    const digit = Number(/^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1] ?? 0);
    const one = this.desk.ending.unfinished[digit - 1];
    if (!digit || !one) return;
    event.preventDefault();
    this.desk.ending.fill(one);
  };
}

customElements.define("unfinished-panel", UnfinishedPanel);
