// When Asterisk was not seen, why, and what became of the calls: the gaps of the provable log.
import { html } from "lit";
import { api } from "../api.js";
import type { Desk } from "../desk.js";
import { now } from "../moments.js";
import type { GapView } from "../protocol.gen.js";
import { dayAndTime, stretch, t, timeToTheSecond } from "../texts.js";
import { empty, type Html } from "./bits.js";
import { Piece } from "./piece.js";

class GapsPage extends Piece {
  static override readonly follows = ["gaps"] as const;
  private gaps: GapView[] | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
  }

  protected override render(): Html {
    const gaps = this.gaps ?? [];
    return html`<header class="page-head"><h1>${t("base.gaps")}</h1>
        <span class="faint">${this.gaps ? t("gaps.count", { n: gaps.length }) : t("fields.reading")}</span></header>
      <div class="scroll page-body" tabindex="0" role="region" aria-label=${t("base.gaps")}>
      ${this.gaps && gaps.length === 0 ? empty(t("gaps.none"), t("gaps.none_how")) : html`<table class="table"><thead><tr>
        ${["pbx", "since", "long", "why", "mended", "unknown"].map((one) => html`<th scope="col">${t(`gaps.${one}`)}</th>`)}</tr></thead>
        <tbody>${gaps.map((gap) => html`<tr data-gap=${gap.id}><td>${gap.pbx}</td>
          <td class="num">${dayAndTime(gap.since, now())} – ${gap.until ? timeToTheSecond(gap.until) : t("threshold.still")}</td>
          <td class="num">${stretch((Date.parse(gap.until ?? now().toISOString()) - Date.parse(gap.since)) / 1000)}</td>
          <td>${t(`gaps.why.${gap.why ?? "link"}`)}</td><td class="num">${gap.mended ?? 0}</td>
          <td class="num ${gap.unknown ? "is-late" : ""}">${gap.looking ? t("gaps.looking") : gap.unknown ?? 0}</td></tr>`)}</tbody></table>`}</div>`;
  }

  private async read(): Promise<void> {
    this.gaps = (await api<{ items: GapView[] }>("GET", "/reports/gaps")).items;
    this.requestUpdate();
  }
}

customElements.define("gaps-page", GapsPage);

export const gapsSection = {
  id: "gaps", who: "leads" as const,
  draw: (desk: Desk): Html => html`<gaps-page class="section-body" .desk=${desk}></gaps-page>`,
};
