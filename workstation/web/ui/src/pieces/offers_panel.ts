// What may be proposed to this client now, each with its reason; and what he said before.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Answer } from "../guide.js";
import { now } from "../moments.js";
import type { ConversationView, ProposalView, ProposedView } from "../protocol.gen.js";
import { day, t } from "../texts.js";
import { empty, icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import type { IconName } from "../icon_shapes.js";

const ANSWERS: [Answer, string, IconName][] = [
  ["accepted", "Y", "check"], ["refused", "N", "x"], ["later", "L", "clock"]];

class OffersPanel extends Piece {
  static override readonly follows = ["conversations"] as const;
  static override properties = { ...Piece.properties, client: { attribute: false },
                                 conversation: { attribute: false } };
  declare client: number;
  declare conversation: ConversationView | null;

  protected override render(): Html {
    const read = this.desk.guide.proposals(this.client, this.conversation);
    if (!read) return html`<p class="faint">${t("offers.reading")}</p>`;
    return html`<div class="offers">
      ${read.proposals.length ? repeat(read.proposals, (one) => one.id, (one) => this.offer(one))
        : empty(t("offers.none"), t("offers.none_how"))}
      ${read.answered.length ? html`<section class="offers-said"><h3>${t("offers.said")}</h3>
        <ul>${read.answered.map((one) => this.said(one))}</ul></section>` : nothing}</div>`;
  }

  private offer(one: ProposalView): Html {
    const isHint = one.kind === "hint";
    return html`<article class="offer ${isHint ? "is-hint" : ""}" tabindex="0" data-offer=${one.id}
      aria-label=${one.title} @keydown=${(event: KeyboardEvent) => this.pressed(event, one)}>
      <h3>${icon(isHint ? "sticky-note" : "megaphone")} ${one.title}
        <span class="chip">${t(`offers.${one.kind}`)}</span></h3>
      <p class="offer-why">${one.why}</p>
      <blockquote>${one.say}</blockquote>
      ${isHint ? nothing : html`<div class="offer-do">
        ${ANSWERS.map(([answer, key, shape]) => html`<button class="button small"
          data-answer=${answer} @click=${() => this.answer(one, answer)}>
          ${icon(shape)} ${t(`offers.${answer}`)} ${keyHint(key)}</button>`)}
        <label class="offer-until"><span>${t("offers.not_before")}</span>
          <input type="date" name="until-${one.id}"></label></div>`}</article>`;
  }

  private said(one: ProposedView): Html {
    const until = one.answer === "accepted" ? ""
      : one.until ? t("offers.until", { day: day(one.until, now()) }) : t("offers.never");
    return html`<li><span class="chip">${t(`offers.is_${one.answer}`)}</span> ${one.title}
      <small class="faint">${[day(one.at, now()), this.desk.operatorName(one.by), until]
        .filter(Boolean).join(" · ")}</small></li>`;
  }

  private pressed(event: KeyboardEvent, one: ProposalView): void {
    if (event.target !== event.currentTarget || event.altKey || event.ctrlKey) return;
    const found = ANSWERS.find(([, key]) => event.code === `Key${key}`);
    if (!found || one.kind === "hint") return;
    event.preventDefault();
    this.answer(one, found[0]);
  }

  private answer(one: ProposalView, answer: Answer): void {
    const day = this.querySelector<HTMLInputElement>(`[name="until-${one.id}"]`)?.value ?? "";
    void this.desk.guide.reply(this.client, this.conversation, one.id, answer,
                               answer === "later" && day ? day : null);
  }
}

customElements.define("offers-panel", OffersPanel);
