// What came of a campaign: a table by outcome, hour, operator …; each figure opens its calls.
import { html, nothing } from "lit";
import { now } from "../moments.js";
import { phone } from "../numbers.js";
import type { Actions, CampaignView } from "../protocol.gen.js";
import { dateOf, dayAndTime, money, number, t, words } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

type By = NonNullable<Actions["campaign.results"]["by"]>;
type Figure = Actions["campaign.calls"]["figure"];
type Row = { key: string; promised_minor: number; talk_s: number; cost_minor: number;
  per_promise_minor: number | null; per_paid_minor: number | null } & Record<Figure, number>;
interface Broken { client_id: number; name: string; by: string; amount_minor: number;
  currency: string; due_on: string }
interface Results { rows: Row[]; total: Row; broken: Broken[] }
interface Call { attempt: number; client_id: number; name: string; number: string; at: string;
  outcome: string; operator: string; talk_s: number }
interface Opened { by: By; key: string | null; figure: Figure; count: number; calls: Call[] }

const BYS: readonly By[] = ["outcome", "hour", "operator", "attempt", "number", "segment"];
const FIGURES: readonly Figure[] = ["dials", "answered", "talked", "reached", "promised", "kept",
                                    "broken", "paid"];

class CampaignResults extends Piece {
  static override properties = { ...Piece.properties, campaign: { attribute: false } };
  static override readonly follows = [] as const;
  declare campaign: CampaignView;
  private by: By = "outcome";
  private found: Results | null = null;
  private opened: Opened | null = null;
  private prices = { line: 0, hour: 0 };

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
  }

  private async read(): Promise<void> {
    const found = await this.desk.ask("campaign.results", {
      campaign: this.campaign.id, by: this.by, line_minute: Math.round(this.prices.line * 100),
      operator_hour: Math.round(this.prices.hour * 100) });
    if (found) this.found = found as Results;
    this.requestUpdate();
  }

  protected override render(): Html {
    const { found } = this;
    return html`<section class="results" aria-label=${t("results.title")}>
      <form class="steering-form" @submit=${(event: Event) => event.preventDefault()}>
        <label><span>${t("results.by")}</span><select @change=${(event: Event) => {
          this.by = (event.target as HTMLSelectElement).value as By;
          this.opened = null;
          void this.read();
        }}>${BYS.map((by) => html`<option value=${by} ?selected=${by === this.by}>
          ${t(`results.by_${by}`)}</option>`)}</select></label>
        ${this.price("line", "results.line_minute")}${this.price("hour", "results.operator_hour")}
        <a class="button small" href=${`/api/v1/campaigns/${this.campaign.id}/list.csv`} download>
          ${icon("list")} ${t("results.export")}</a></form>
      ${found ? html`<div class="scroll-x"><table class="table"><thead><tr><th scope="col">${
          t(`results.by_${this.by}`)}</th>
        ${FIGURES.map((figure) => html`<th scope="col">${t(`results.${figure}`)}</th>`)}
        <th scope="col">${t("results.promised_sum")}</th><th scope="col">${t("results.talk")}</th>
        <th scope="col">${t("results.per_promise")}</th><th scope="col">${t("results.per_paid")}</th>
        </tr></thead><tbody>${found.rows.map((row) => this.row(row, row.key))}
        ${this.row(found.total, null)}</tbody></table></div>${this.broken(found.broken)}` : nothing}
      ${this.opened ? this.calls(this.opened) : nothing}</section>`;
  }

  private price(name: "line" | "hour", text: string): Html {
    return html`<label><span>${t(text)}</span><input type="number" min="0" step="0.01"
      .value=${String(this.prices[name])} @change=${(event: Event) => {
        this.prices[name] = Number((event.target as HTMLInputElement).value) || 0;
        void this.read();
      }}></label>`;
  }

  private row(row: Row, key: string | null): Html {
    const cost = (minor: number | null): string => minor ? number(minor / 100) : "";
    return html`<tr><th scope="row">${key === null ? t("results.total") : this.name(key)}</th>
      ${FIGURES.map((figure) => html`<td class="num">${row[figure]
        ? html`<button class="link" data-figure=${figure} @click=${() => void this.open(figure, key)}>
          ${number(row[figure])}</button>` : "0"}</td>`)}
      <td class="num">${cost(row.promised_minor)}</td>
      <td class="num">${number(Math.round(row.talk_s / 60))}</td>
      <td class="num">${cost(row.per_promise_minor)}</td><td class="num">${cost(row.per_paid_minor)}</td></tr>`;
  }

  private name(key: string): string {
    if (this.by === "operator") return key ? this.desk.operatorName(key) : t("results.nobody");
    if (this.by === "outcome") return words("outcome", key);
    if (this.by === "hour") return `${key}:00`;
    if (this.by === "attempt") return key;
    if (this.by === "number") return words("number", key);
    const [, way, sum] = /^(below|from)_(\d+)$/.exec(key) ?? [];
    return way && sum ? t(`results.${way}`, { sum: number(Number(sum)) }) : words("number", key);
  }

  private async open(figure: Figure, key: string | null): Promise<void> {
    const found = await this.desk.ask("campaign.calls", {
      campaign: this.campaign.id, by: this.by, key, figure });
    if (found) this.opened = { ...(found as { count: number; calls: Call[] }), by: this.by, key, figure };
    this.requestUpdate();
  }

  private calls(one: Opened): Html {
    return html`<div class="entries"><p class="entries-head"><b>${t(`results.${one.figure}`)}${
        one.key === null ? "" : `, ${this.name(one.key)}`}</b>
        <span class="faint">${number(one.count)}</span></p>
      <table class="table"><tbody>${one.calls.map((call) => html`<tr>
        <td class="num nowrap">${dayAndTime(call.at, now())}</td>
        <td>${this.desk.hasDesk ? html`<button class="link" @click=${() =>
          void this.desk.openClient(call.client_id)}>${call.name}</button>` : call.name}</td>
        <td class="num nowrap">${phone(call.number)}</td><td>${words("outcome", call.outcome || "open")}</td>
        <td>${call.operator ? this.desk.operatorName(call.operator) : ""}</td>
        <td class="num">${call.talk_s}</td></tr>`)}</tbody></table></div>`;
  }

  private broken(rows: Broken[]): Html {
    if (!rows.length) return nothing;
    return html`<p class="entries-head"><b>${t("results.broken_list")}</b></p>
      <table class="table"><tbody>${rows.map((one) => html`<tr><td>${one.name}</td>
        <td class="num">${money(one.amount_minor, one.currency)}</td>
        <td class="num nowrap">${dateOf(one.due_on)}</td><td>${this.desk.operatorName(one.by)}</td></tr>`)}
      </tbody></table>`;
  }
}

customElements.define("campaign-results", CampaignResults);
