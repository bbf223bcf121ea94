// In the card: what billing elsewhere says, how old that is, and why it may be missing.
import { html, nothing } from "lit";
import { everySecond, now, secondsSince } from "../moments.js";
import type { FigureView, SourceView } from "../protocol.gen.js";
import { day, money, stretch, t, tOr, whenShort, words } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const DRAWN_EVERY_S = 10;

class ClientSources extends Piece {
  static override readonly follows = ["sources"] as const;
  static override properties = { ...Piece.properties, client: { attribute: false } };
  declare client: number;
  private readonly open = new Set<string>();
  private stopTicking: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    let beats = 0;
    this.stopTicking = everySecond(() => { if (++beats % DRAWN_EVERY_S === 0) this.requestUpdate(); });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopTicking?.();
  }

  protected override render(): Html {
    const found = Object.values(this.desk.views.sources)
      .filter((one) => one.client_id === this.client && one.state !== "nothing")
      .sort((a, b) => a.name.localeCompare(b.name));
    return html`${found.map((one) => this.source(one))}`;
  }

  private source(one: SourceView): Html {
    const isOpen = this.open.has(one.source);
    return html`<section class="source is-${one.state}" data-source=${one.source}>
      <h3>${one.name}${one.figures.length ? html`<button class="quiet" aria-expanded=${isOpen}
        title=${t("sources.figures")} aria-label=${t("sources.figures")}
        @click=${() => this.toggle(one.source)}>${icon("chevron-down")}</button>` : nothing}</h3>
      ${one.figures.length ? this.sum(one) : nothing}
      <p class="source-age" role=${one.state === "failed" ? "status" : nothing}>${age(one)}</p>
      ${isOpen ? html`<ul class="facts source-figures">${one.figures.map((row) =>
        figure(row, one.masked))}</ul>${one.left_out ? html`<p class="faint">${
        t("sources.left_out", { n: one.left_out })}</p>` : nothing}` : nothing}</section>`;
  }

  private sum(one: SourceView): Html {
    if (one.masked) return line(t("client.debt"), html`<span class="masked">•••••</span>`);
    if (one.debt_minor === 0) {
      return line(t("client.balance"), html`<span class="sum">${
        money(one.balance_minor, one.currency)}</span>`);
    }
    return line(t("client.debt"), html`<strong class="sum is-owed">${
      money(one.debt_minor, one.currency)}</strong>${one.debt_since ? html` <small class="faint">${
      t("client.debt_since", { day: day(one.debt_since, now()) })}</small>` : nothing}`);
  }

  private toggle(source: string): void {
    if (!this.open.delete(source)) this.open.add(source);
    this.requestUpdate();
  }
}

/** "as of 2 min ago"; "does not answer since 10:12; shown is what it said at 09:58". */
function age(one: SourceView): Html {
  const at = one.as_of ? whenShort(one.as_of, now()) : "";
  const since = one.failing_since ? whenShort(one.failing_since, now()) : "";
  switch (one.state) {
    case "failed": return html`${icon("triangle-alert")} <span class="is-warning">${
      t(isSilent(one) ? "sources.silent" : "sources.refused", { since })}</span>
      <small class="faint" title=${one.why}>${tOr(`sources.why.${one.reason}`, one.why)}</small>
      <span class="block">${at ? t("sources.shown_of", { at }) : t("sources.nothing_before")}</span>`;
    case "asking": return html`<span class="faint">${t("sources.asking")}</span>`;
    case "unknown": return html`<span class="faint">${t("sources.unknown")}</span>`;
    default: return html`<span class="faint">${t("sources.as_of", {
      age: stretch(one.as_of ? secondsSince(one.as_of) : 0) })}${
      one.state === "old" ? ` · ${t("sources.asking")}` : ""}</span>`;
  }
}

/** It did not answer; else it did, and what it said cannot be used. */
function isSilent(one: SourceView): boolean {
  return !one.reason.startsWith("wrong_") && !["not_json", "too_long"].includes(one.reason);
}

function figure(row: FigureView, masked: boolean): Html {
  const what = row.kind === "payment" ? words("method", row.says) : row.number;
  return html`<li class="source-figure"><span>${t(`sources.${row.kind}`)} <span class="number">${
      row.kind === "account" ? row.account : what}</span></span>
    ${row.on ? html`<small class="faint">${day(row.on, now())}</small>` : nothing}
    ${masked ? html`<span class="sum masked">•••••</span>`
      : html`<span class="sum">${money(row.amount_minor, row.currency)}</span>`}</li>`;
}

function line(what: string, value: Html): Html {
  return html`<dl class="fact-line"><dt>${what}</dt><dd>${value}</dd></dl>`;
}

customElements.define("client-sources", ClientSources);
