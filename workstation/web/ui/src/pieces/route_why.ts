// Why a call went where it did: asked when somebody wants to know, of a stored contact or a live call.
import { html, nothing } from "lit";
import { api, ApiRefused } from "../api.js";
import { conditions, type Why } from "../kept_types.js";
import { because, way } from "../route_words.js";
import { t } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

export class RouteWhy extends Piece {
  static override readonly follows = [] as const;
  static override properties = {
    ...Piece.properties, interaction: { attribute: false }, call: { attribute: false } };
  declare interaction: number;        // of a stored contact; the button that opens it is elsewhere
  declare call: string;               // or of a call that is under way
  private why: Why | null = null;
  private missing = false;
  private isOpen = false;

  protected override render(): Html {
    return html`${this.call ? html`<button class="quiet" data-act="why" aria-expanded=${this.isOpen ? "true" : "false"}
        title=${t("routing.why")} aria-label=${t("routing.why")} @click=${() => void this.toggle()}>
        ${icon("circle-help")}</button>` : nothing}
      ${this.isOpen ? html`<div class="route-why" role="status" data-why>${this.said()}</div>` : nothing}`;
  }

  private said(): Html {
    if (this.missing) return html`<p class="faint">${t("routing.not_kept")}</p>`;
    if (!this.why) return nothing;
    const { queue, priority, operator, talked, first, reasons, facts } = this.why;
    return html`<p><strong>${way(this.desk, queue, priority, operator)}</strong></p>
      ${reasons.length === 0 ? html`<p>${t("routing.no_rule")}</p>`
        : html`<ul>${reasons.map((one) => html`<li>${because(one)}</li>`)}</ul>`}
      ${talked ? html`<p>${t(first ? "routing.took_first" : operator ? "routing.took_other" : "routing.took_turn", {
        who: this.desk.operatorName(talked), queue: this.desk.queueName(queue),
        first: operator ? this.desk.operatorName(operator) : "" })}</p>` : nothing}
      <p class="faint">${conditions(facts).join(" · ")}</p>`;
  }

  async toggle(): Promise<void> {
    this.isOpen = !this.isOpen;
    if (this.isOpen && !this.why) {
      try {
        this.why = await api<Why>("GET", this.call ? `/calls/${encodeURIComponent(this.call)}/routing`
          : `/interactions/${this.interaction}/routing`);
      } catch (error) {
        if (!(error instanceof ApiRefused)) throw error;
        this.missing = true;
      }
    }
    this.requestUpdate();
  }
}

customElements.define("route-why", RouteWhy);
