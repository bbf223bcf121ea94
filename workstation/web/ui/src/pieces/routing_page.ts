// Whom calls reach after the menu: the rules in use, their text, and what others would have changed.
import { html, nothing } from "lit";
import { api, ApiRefused } from "../api.js";
import { problemInWords, type Desk } from "../desk.js";
import { conditions, type KeptText, type OtherWay, type RuleDrawing, type Tried } from "../kept_types.js";
import { now } from "../moments.js";
import { because, way } from "../route_words.js";
import { dayAndTime, t } from "../texts.js";
import { empty, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import "./text_editor.js";

const PERIODS = [1, 7, 30, 90];
type View = "rules" | "edit" | "try";

class RoutingPage extends Piece {
  static override readonly follows = [] as const;
  private view: View = "rules";
  private facts: KeptText<RuleDrawing[]> | null = null;
  private typed: string | null = null;
  private days = 7;
  private found: Tried | null = null;
  private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
  }

  private get views(): View[] {
    return this.desk.me?.roles.includes("administrator") ? ["rules", "edit", "try"] : ["rules", "try"];
  }

  protected override render(): Html {
    return html`<header class="page-head"><h1>${t("routing.title")}</h1>
        <span class="faint">${this.facts ? (this.facts.version === null ? t("menus.of_settings")
          : t("menus.version", { n: this.facts.version })) : ""}</span>
        <span class="spring"></span>
        <div class="menu-views" role="group" aria-label=${t("menus.view")}>${this.views.map((view) => html`
          <button class="button small" data-view=${view} aria-pressed=${view === this.view ? "true" : "false"}
            @click=${() => { this.view = view; this.requestUpdate(); }}>${t(`routing.view_${view}`)}</button>`)}</div></header>
      ${this.facts ? this.body(this.facts) : nothing}`;
  }

  private body(facts: KeptText<RuleDrawing[]>): Html {
    switch (this.view) {
      case "edit": return html`<text-editor class="menu-body" .desk=${this.desk} .path=${"/routing/rules"} .facts=${facts}
        .label=${t("routing.text")} @text-typed=${(event: CustomEvent<string>) => { this.typed = event.detail; }}
        @text-used=${() => { this.typed = null; void this.read(); }}></text-editor>`;
      case "try": return this.trial(facts);
      default: return html`<div class="scroll page-body" tabindex="0" role="region" aria-label=${t("routing.title")}>
        <p class="faint">${t("routing.how")}</p>
        ${facts.drawing?.length ? this.table(facts.drawing) : empty(t("routing.none"), t("routing.none_how"))}</div>`;
    }
  }

  private table(rules: RuleDrawing[]): Html {
    return html`<table class="table routing-table"><thead><tr>
      ${["rule", "when", "then"].map((one) => html`<th scope="col">${t(`routing.${one}`)}</th>`)}</tr></thead>
      <tbody>${rules.map((rule) => html`<tr data-rule=${rule.id}>
        <td><strong>${rule.id}</strong>${rule.says ? html`<small class="faint block">${rule.says}</small>` : nothing}</td>
        <td>${conditions(rule.when).map((one) => html`<code class="block">${one}</code>`)}</td>
        <td>${this.effects(rule).map((one) => html`<span class="chip">${one}</span> `)}</td></tr>`)}</tbody></table>`;
  }

  private effects(rule: RuleDrawing): string[] {
    const prefer = rule.prefer === "last" || rule.prefer === "own" ? t(`routing.${rule.prefer}`)
      : rule.prefer ? this.desk.operatorName(rule.prefer) : "";
    return [rule.queue ? t("routing.to_queue", { queue: this.desk.queueName(rule.queue) }) : "",
            rule.priority ? t("routing.priority", { n: rule.priority }) : "",
            prefer ? t("routing.prefer", { who: prefer, s: rule.prefer_s }) : "",
            rule.level ? t("routing.level", { n: rule.level }) : ""].filter(Boolean);
  }

  private trial(facts: KeptText<RuleDrawing[]>): Html {
    return html`<div class="menu-bar"><label>${t("routing.calls_of")} <select id="routing-days" @change=${(event: Event) => {
        this.days = Number((event.target as HTMLSelectElement).value); }}>${PERIODS.map((days) => html`
        <option value=${days} ?selected=${days === this.days}>${t("menus.days", { n: days })}</option>`)}</select></label>
      <button class="button primary" data-act="try-rules" ?disabled=${this.busy}
        @click=${() => void this.tryOn(this.typed ?? facts.text)}>${t("routing.try")}</button>
      <span class="faint">${t(this.typed === null ? "routing.tries_used" : "routing.tries_typed")}</span></div>
      <div class="scroll page-body" tabindex="0" role="region" aria-label=${t("routing.view_try")}>
        ${this.found ? this.result(this.found) : nothing}</div>`;
  }

  private result(found: Tried): Html {
    if (found.calls === 0) return empty(t("routing.no_calls"), t("routing.no_calls_how"));
    return html`<p data-tried><strong>${t("routing.changed", { n: found.changed, calls: found.calls })}</strong>
        ${Object.entries(found.changes).map(([what, calls]) => html`<span class="chip">${
          t(`routing.what_${what}`)}: ${calls}</span> `)}</p>
      ${found.moves.map((one) => html`<p>${this.desk.queueName(one.before)} → ${this.desk.queueName(one.after)}:
        ${t("routing.calls", { n: one.calls })}</p>`)}
      ${Object.entries(found.unknown).map(([fact, calls]) => html`<p class="faint">${
        t("routing.unknown", { fact, n: calls })}</p>`)}
      ${found.shown.length === 0 ? nothing : html`<table class="table routing-table"><thead><tr>
        ${["at", "then_way", "now_way", "because"].map((one) => html`<th scope="col">${t(`routing.${one}`)}</th>`)}
        </tr></thead><tbody>${found.shown.map((one) => this.other(one))}</tbody></table>`}`;
  }

  private other(one: OtherWay): Html {
    return html`<tr><td>${one.client_id === null ? dayAndTime(one.at, now()) : html`<button class="link-button"
        @click=${() => void this.desk.openClient(one.client_id!)}>${dayAndTime(one.at, now())}</button>`}</td>
      <td>${way(this.desk, one.queue, one.priority, one.operator)}</td>
      <td>${way(this.desk, one.new_queue, one.new_priority, one.new_operator)}</td>
      <td>${one.reasons.map((reason) => html`<span class="block">${because(reason)}</span>`)}</td></tr>`;
  }

  private async read(): Promise<void> {
    await this.tried(async () => {
      this.facts = await api<KeptText<RuleDrawing[]>>("GET", "/routing/rules");
    });
  }

  private async tryOn(text: string): Promise<void> {
    this.busy = true;
    const since = new Date(now().getTime() - this.days * 86_400_000).toISOString();
    await this.tried(async () => {
      this.found = await api<Tried>("POST", "/routing/rules/try", { text, since });
    });
    this.busy = false;
    this.requestUpdate();
  }

  private async tried(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiRefused)) throw error;
      this.desk.toast("error", problemInWords(error.problem));
    }
    this.requestUpdate();
  }
}

customElements.define("routing-page", RoutingPage);

export const routingSection = {
  id: "routing", who: "leads" as const,
  draw: (desk: Desk): Html => html`<routing-page class="section-body" .desk=${desk}></routing-page>`,
};
