// Campaigns and requests on the floor, in a line each: what runs, what stands, what is late.
import { html, nothing } from "lit";
import type { CampaignView, RequestView } from "../protocol.gen.js";
import { percent, say, t } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import { setProperty } from "./set_property.js";

const UNTRIED = ["not_tried"];
const SHOWN = 4;

class FloorSide extends Piece {
  static override readonly follows = ["campaigns", "requests"] as const;

  protected override render(): Html {
    const { campaigns, requests } = this.desk.views;
    const running = Object.values(campaigns).filter((one) => one.state === "running" || one.state === "paused")
      .sort((a, b) => a.state.localeCompare(b.state) * -1 || a.id - b.id);
    return html`<div class="floor-side">
      <section class="side-card" aria-label=${t("tab.campaigns")}><header>
        <button class="link" @click=${() => this.desk.go("campaigns")}><h2>${t("tab.campaigns")}</h2></button>
        <span class="count">${running.length}</span></header>
        ${running.length === 0 ? html`<p class="faint">${t("floor.no_campaigns")}</p>`
          : html`<ul>${running.slice(0, SHOWN).map(campaignLine)}</ul>`}
        ${running.length > SHOWN ? html`<p class="faint">${t("floor.more", { n: running.length - SHOWN })}</p>` : nothing}
      </section>
      <section class="side-card" aria-label=${t("tab.requests")}><header>
        <button class="link" @click=${() => this.desk.go("requests")}><h2>${t("tab.requests")}</h2></button>
        <span class="count">${Object.keys(requests).length}</span></header>
        ${this.groups(Object.values(requests))}</section></div>`;
  }

  private groups(requests: RequestView[]): Html {
    if (requests.length === 0) return html`<p class="faint">${t("floor.no_requests")}</p>`;
    const groups = [...new Set(requests.map((one) => one.group))].map((group) => {
      const its = requests.filter((one) => one.group === group);
      return { group, open: its.length, late: its.filter((one) => one.late).length,
               untaken: its.filter((one) => !one.operator).length };
    }).sort((a, b) => b.late - a.late || b.open - a.open);
    return html`<ul>${groups.slice(0, SHOWN).map((one) => html`<li>
      <span class="side-name">${this.desk.groupName(one.group)}</span>
      <span class="num">${t("floor.open", { n: one.open })}</span>
      <span class="num faint">${t("floor.untaken", { n: one.untaken })}</span>
      <span class="num ${one.late ? "is-late" : "faint"}">${one.late ? "! " : ""}${t("foot.late", { n: one.late })}</span></li>`)}</ul>`;
  }
}

function campaignLine(one: CampaignView): Html {
  const untried = UNTRIED.reduce((sum, state) => sum + (one.ledger[state] ?? 0), 0);
  const tried = one.size ? (one.size - untried) / one.size : 0;
  return html`<li data-side-campaign=${one.id}><span class="side-name">${one.state === "paused" ? icon("pause") : icon("phone-outgoing")} ${one.name}</span>
    <span class="num">${t("floor.tried", { share: percent(tried), size: one.size })}</span>
    <span class="side-bar" ${setProperty("--share", String(tried))}></span>
    <span class="side-why faint">${say(one.why)}</span></li>`;
}

customElements.define("floor-side", FloorSide);
