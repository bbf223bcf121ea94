// Who is on a draft's list: conditions over the client base, counted as one edits; or a file.
import { html, nothing } from "lit";
import type { CampaignView, ConditionShape } from "../protocol.gen.js";
import { number, t, words } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

type Op = ConditionShape["op"];
interface Row { field: string; op: Op; text: string }
interface Custom { key: string; label: string; kind: string }
interface Problem { line: number; reason: string }
interface Imported { listed: number; joined: number; clients_made: number; problems: Problem[] }

const SUMS = ["debt"];
const DAYS = ["debt_age", "last_contact", "last_payment", "last_attempt"];
const WORDS = ["city", "street", "lives_in", "meter", "account", "promise", "phone", "kind", "name",
               "language", "time_zone", "source"];
const LISTED = ["flag", "tag"];
const COUNT_AFTER_MS = 400;
const SHOWN = 50;

class ListChooser extends Piece {
  static override readonly follows = ["campaigns"] as const;
  static override properties = { ...Piece.properties, campaign: { attribute: false } };
  declare campaign: CampaignView;
  private rows: Row[] = [{ field: "debt", op: "at_least", text: "1000" }];
  private count: number | null | undefined;
  private said = "";
  private isBusy = false;
  private imported: Imported | null = null;
  private custom: Custom[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.learn();
    this.edited();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  private async learn(): Promise<void> {
    const { result } = await this.desk.tryTo("field.list", {});
    this.custom = (result as { fields?: Custom[] } | undefined)?.fields ?? [];
    this.requestUpdate();
  }

  protected override render(): Html {
    return html`<section class="chooser" aria-label=${t("chooser.title")}>
      <h3>${t("chooser.title")}</h3>
      ${this.rows.map((row, place) => this.row(row, place))}
      <p class="chooser-deeds"><button class="button small" type="button" data-act="condition"
          @click=${() => this.put([...this.rows, { field: "debt_age", op: "at_least", text: "30" }])}>
          ${icon("plus")} ${t("chooser.more")}</button>
        <b role="status" data-count>${this.counted()}</b>
        <button class="button small primary" type="button" data-act="fill" ?disabled=${
          this.isBusy || !this.count} @click=${() => void this.fill()}>${t("chooser.fill")}</button>
        <label class="button small">${icon("list")} ${t("chooser.file")}<input class="sr-only"
          type="file" accept=".csv,.txt,text/csv" @change=${this.load}></label></p>
      ${this.imported ? this.report(this.imported) : nothing}</section>`;
  }

  private counted(): string {
    if (this.said) return this.said;
    if (this.count === undefined) return t("chooser.counting");
    return this.count === null ? t("chooser.too_many") : t("chooser.count", { n: this.count });
  }

  private row(row: Row, place: number): Html {
    const needsValue = row.op !== "known" && row.op !== "unknown";
    const change = (part: Partial<Row>): void =>
      this.put(this.rows.map((one, at) => at === place ? { ...one, ...part } : one));
    return html`<div class="chooser-row">
      <select aria-label=${t("chooser.field")} @change=${(event: Event) => {
        const field = (event.target as HTMLSelectElement).value;
        change({ field, op: this.ops(field)[0] ?? "is" });
      }}>${[...SUMS, ...DAYS, ...WORDS, ...LISTED].map((field) => html`<option value=${field}
        ?selected=${field === row.field}>${words("field", field)}</option>`)}
        ${this.custom.map((one) => html`<option value=${`custom.${one.key}`}
          ?selected=${row.field === `custom.${one.key}`}>${one.label}</option>`)}</select>
      <select aria-label=${t("chooser.op")} @change=${(event: Event) =>
        change({ op: (event.target as HTMLSelectElement).value as Op })}>
        ${this.ops(row.field).map((op) => html`<option value=${op} ?selected=${op === row.op}>
          ${words("op", op)}</option>`)}</select>
      ${needsValue ? html`<input aria-label=${t("chooser.value")} .value=${row.text}
        inputmode=${this.isNumber(row.field) ? "decimal" : "text"} maxlength="200"
        @input=${(event: Event) => change({ text: (event.target as HTMLInputElement).value })}>`
        : nothing}
      <button class="quiet" type="button" aria-label=${t("chooser.less")}
        @click=${() => this.put(this.rows.filter((_, at) => at !== place))}>${icon("x")}</button></div>`;
  }

  private report(done: Imported): Html {
    return html`<div class="steering-told" role="status"><p>${t("chooser.imported", {
        listed: number(done.listed), joined: number(done.joined), wrong: number(done.problems.length) })}</p>
      ${done.problems.length ? html`<ul class="chooser-problems">${done.problems.slice(0, SHOWN).map((one) =>
        html`<li>${t("chooser.line", { n: one.line, reason: one.reason })}</li>`)}
        ${done.problems.length > SHOWN ? html`<li>…</li>` : nothing}</ul>` : nothing}</div>`;
  }

  private kindOf(field: string): string {
    return this.custom.find((one) => `custom.${one.key}` === field)?.kind ?? "";
  }

  private isNumber(field: string): boolean {
    return SUMS.includes(field) || DAYS.includes(field) || ["number", "money"].includes(this.kindOf(field));
  }

  private ops(field: string): Op[] {
    if (SUMS.includes(field)) return ["at_least", "at_most", "known", "unknown"];
    if (field === "debt_age") return ["at_least", "at_most"];
    if (DAYS.includes(field)) return ["at_least", "at_most", "known", "unknown"];
    if (LISTED.includes(field)) return ["is", "is_not"];
    if (["number", "money", "date"].includes(this.kindOf(field))) return ["at_least", "at_most", "known", "unknown"];
    return ["is", "is_not", "contains", "known", "unknown"];
  }

  private conditions(): ConditionShape[] | null {
    const found: ConditionShape[] = [];
    for (const { field, op, text } of this.rows) {
      if (op === "known" || op === "unknown") {
        found.push({ field, op });
        continue;
      }
      const isSum = SUMS.includes(field) || this.kindOf(field) === "money";
      const value = this.isNumber(field) ? Number(text.replace(",", ".")) * (isSum ? 100 : 1) : text.trim();
      if (value === "" || Number.isNaN(value)) return null;
      found.push({ field, op, value: typeof value === "number" ? Math.round(value) : value });
    }
    return found;
  }

  private put(rows: Row[]): void {
    this.rows = rows;
    this.edited();
  }

  private edited(): void {
    clearTimeout(this.timer);
    this.count = undefined;
    this.said = this.conditions() ? "" : t("chooser.unfinished");
    if (!this.said) this.timer = setTimeout(() => void this.recount(), COUNT_AFTER_MS);
    this.requestUpdate();
  }

  private async recount(): Promise<void> {
    const conditions = this.conditions();
    if (!conditions) return;
    const { result, problem } = await this.desk.tryTo("campaign.count", { conditions });
    if (JSON.stringify(conditions) !== JSON.stringify(this.conditions())) return;
    this.said = problem ? problem.detail || problem.title : "";
    if (result) this.count = (result as { count: number | null }).count;
    this.requestUpdate();
  }

  private async fill(): Promise<void> {
    const conditions = this.conditions();
    if (!conditions) return;
    this.isBusy = true;
    this.requestUpdate();
    const done = await this.desk.ask("campaign.fill", { campaign: this.campaign.id, conditions });
    this.isBusy = false;
    if (done) this.desk.toast("info", t("chooser.filled", { n: (done as { added: number }).added }));
    this.requestUpdate();
  }

  private load = async (event: Event): Promise<void> => {
    const field = event.target as HTMLInputElement;
    const file = field.files?.[0];
    if (!file) return;
    const done = await this.desk.ask("campaign.import", { campaign: this.campaign.id, text: await file.text() });
    field.value = "";
    if (done) this.imported = done as Imported;
    this.requestUpdate();
  };
}

customElements.define("list-chooser", ListChooser);
