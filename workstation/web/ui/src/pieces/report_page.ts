// The tab "reports": which, of when and whose; its picture first, then the table. Every figure
// opens the contacts behind it. The address holds all of it: `#reports/service?first=…`.
import { html, nothing } from "lit";
import { now } from "../moments.js";
import { before, preset, presetOf, PRESETS, type Period, type Preset } from "../periods.js";
import type { OpenFigure, ReportRow, ReportView, ShowReport } from "../protocol.gen.js";
import { servicePicture, shareBar, weekPicture } from "../report_pictures.js";
import {
  columnName, difference, FIRST_COLUMNS, MEASURES, REPORTS, rowName, said, type ReportName,
} from "../report_words.js";
import { companyDay, t } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import "./figure_list.js";

const WEEK_COLUMNS = ["offered", "service_level", "abandonment", "asa"];

class ReportPage extends Piece {
  static override readonly follows = [] as const;
  private name: ReportName = "service";
  private period: Period = { first: "", last: "" };
  private queue = "";
  private isCompared = true;
  private weekColumn = "offered";
  private hasAllColumns = false;
  private report: ReportView | null = null;
  private opened: OpenFigure | null = null;
  private openedName = "";
  private isReading = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.period = preset("week", this.today);
    this.readAddress();
    void this.read();
  }

  private get today(): string {
    return companyDay(now());
  }

  // ── the address ───────────────────────────────────────────────────────────────────────────
  private readAddress(): void {
    const [place = "", query = ""] = location.hash.slice(1).split("?");
    const name = place.split("/")[1] as ReportName;
    const asked = new URLSearchParams(query);
    if (REPORTS.includes(name)) this.name = name;
    const [first, last] = [asked.get("first") ?? "", asked.get("last") ?? ""];
    if (/^\d{4}-\d\d-\d\d$/.test(first) && /^\d{4}-\d\d-\d\d$/.test(last)) this.period = { first, last };
    this.queue = asked.get("queue") ?? "";
  }

  private writeAddress(): void {
    const asked = new URLSearchParams({ ...this.period, ...(this.queue ? { queue: this.queue } : {}) });
    history.replaceState(null, "", `#reports/${this.name}?${asked.toString()}`);
  }

  // ── asking ────────────────────────────────────────────────────────────────────────────────
  private get asked(): ShowReport {
    return { name: this.name, ...this.period, queue: this.queue || null,
             beside: this.isCompared ? before(this.period) : null };
  }

  private async read(): Promise<void> {
    this.writeAddress();
    this.isReading = true;
    this.requestUpdate();
    const asked = this.asked;
    const result = await this.desk.ask("report.show", asked);
    if (JSON.stringify(asked) !== JSON.stringify(this.asked)) return;
    this.isReading = false;
    if (result) this.report = (result as { report: ReportView }).report;
    this.requestUpdate();
  }

  private change(what: () => void): void {
    what();
    this.opened = null;
    void this.read();
  }

  private open(report: ReportView, column: string, row: ReportRow | null): void {
    const { beside: _, ...asked } = this.asked;
    this.opened = { report: asked, column, row: row?.keys ?? [] };
    this.openedName = `${columnName(column)} · ${row ? rowName(report, row, this.desk) : t("report.whole")}`;
    this.requestUpdate();
  }

  // ── drawing ───────────────────────────────────────────────────────────────────────────────
  protected override render(): Html {
    const { report } = this;
    return html`<header class="page-head"><h1>${t("report.title")}</h1>
        <div class="filters" role="group" aria-label=${t("report.which")}>${REPORTS.map((name) => html`
          <button aria-pressed=${this.name === name} data-report=${name}
            @click=${() => this.change(() => { this.name = name; })}>${t(`report.${name}`)}</button>`)}</div>
        <span class="spring"></span>${this.files()}</header>
      ${this.filters()}
      <div class="reports ${this.opened ? "has-panel" : ""}">
        <div class="scroll page-body report-body" aria-busy=${this.isReading}>
          ${report && report.name === this.name ? this.body(report) : nothing}</div>
        ${this.opened ? html`<figure-list class="report-panel" .desk=${this.desk} .figure=${this.opened}
          .name=${this.openedName} @close=${() => { this.opened = null; this.requestUpdate(); }}></figure-list>` : nothing}
      </div>`;
  }

  private filters(): Html {
    const chosen = presetOf(this.period, this.today);
    const moved = (part: Partial<Period>) => this.change(() => {
      this.period = { ...this.period, ...part };
      if (this.period.first > this.period.last) this.period = { first: this.period.last, last: this.period.first };
    });
    return html`<div class="report-filters" role="group" aria-label=${t("report.filters")}>
      <div class="filters">${PRESETS.map((name: Preset) => html`<button aria-pressed=${chosen === name} data-preset=${name}
        @click=${() => this.change(() => { this.period = preset(name, this.today); })}>${t(`period.${name}`)}</button>`)}</div>
      <label>${t("report.from")} <input type="date" required .value=${this.period.first} max=${this.today} name="first"
        @change=${(event: Event) => { const { value } = event.target as HTMLInputElement; if (value) moved({ first: value }); }}></label>
      <label>${t("report.to")} <input type="date" required .value=${this.period.last} name="last"
        @change=${(event: Event) => { const { value } = event.target as HTMLInputElement; if (value) moved({ last: value }); }}></label>
      <label>${t("report.queue")} <select name="queue" @change=${(event: Event) => this.change(() => {
        this.queue = (event.target as HTMLSelectElement).value; })}>
        <option value="">${t("report.all_queues")}</option>
        ${(this.desk.catalogue?.queues ?? []).map((queue) => html`<option value=${queue.id} ?selected=${this.queue === queue.id}>${
          this.desk.queueName(queue.id)}</option>`)}</select></label>
      <label><input type="checkbox" name="beside" .checked=${this.isCompared}
        @change=${() => this.change(() => { this.isCompared = !this.isCompared; })}> ${t("report.compare")}</label></div>`;
  }

  private files(): Html {
    const asked = new URLSearchParams({ ...this.period, ...(this.queue ? { queue: this.queue } : {}) });
    return html`${["csv", "xlsx"].map((form) => html`<a class="button" download data-form=${form}
      href=${`/api/v1/reports/${this.name}?${asked.toString()}&form=${form}`}>
      ${icon("file-text")} ${form.toUpperCase()}</a>`)}
      <button class="button" data-act="print" @click=${() => window.print()}>${t("report.print")}</button>`;
  }

  private body(report: ReportView): Html {
    if (report.rows.every((row) => row.cells.every((cell) => !cell))) {
      return empty(t("report.nothing"), t("report.nothing_how"));
    }
    return html`${report.days_left ? html`<p class="notice-line">${icon("clock")} ${
        t("report.days_left", { n: report.days_left })}</p>` : nothing}
      ${report.name === "service" || report.name === "week" ? this.tiles(report) : nothing}
      ${this.picture(report)}${report.name === "week" ? nothing : this.table(report)}`;
  }

  private tiles(report: ReportView): Html {
    const shown = report.columns.filter((one) => one.id === "offered" || MEASURES.includes(one.id));
    return html`<div class="figure-tiles">${shown.map((column) => {
      const place = report.columns.indexOf(column);
      const cell = report.totals[place] ?? null;
      const other = report.beside?.[place] ?? null;
      return html`<div class="figure-tile" data-figure=${column.id}><span>${columnName(column.id)}</span>
        <button class="figure-value num" @click=${() => this.open(report, column.id, null)}>${said(cell, column)}</button>
        ${report.beside ? html`<span class="num faint">${other === null ? t("report.none_before")
          : t("report.before", { figure: said(other, column), by: difference(cell, other, column) })}</span>` : nothing}
        <small>${this.formula(column.id, report)}</small></div>`;
    })}</div>`;
  }

  private formula(id: string, report: ReportView): string {
    const limits = [...new Set(this.queue ? [report.limits?.[this.queue] ?? 20] : Object.values(report.limits ?? {}))];
    return t(`formula.${id}`, { s: limits.sort((a, b) => a - b).join("/") });
  }

  private picture(report: ReportView): Html {
    const choose = (column: string, keys: string[]) => this.open(report, column,
      report.rows.find((row) => row.keys.join() === keys.join()) ?? null);
    if (report.name === "service") {
      return servicePicture(report, (row) => rowName(report, row, this.desk), choose);
    }
    if (report.name !== "week") return nothing;
    return html`<div class="filters" role="group" aria-label=${t("report.figure")}>${WEEK_COLUMNS.map((id) => html`
        <button aria-pressed=${this.weekColumn === id} @click=${() => { this.weekColumn = id; this.requestUpdate(); }}>${
          columnName(id)}</button>`)}</div>${weekPicture(report, this.weekColumn, choose)}`;
  }

  private table(report: ReportView): Html {
    const isLong = report.name === "service";
    const columns = report.columns.map((column, place) => ({ column, place }))
      .filter(({ column }) => !isLong || this.hasAllColumns || FIRST_COLUMNS.includes(column.id));
    const line = (row: ReportRow | null, cells: (number | null)[], name: string) => html`<tr class=${row ? "" : "is-total"}>
      <th scope="row">${name}</th>${columns.map(({ column, place }) => html`<td class="num">${
        column.id === "share" ? shareBar(cells[place] ?? null) : nothing}${
        this.figure(report, column.id, row, cells[place] ?? null, said(cells[place] ?? null, column))}</td>`)}</tr>`;
    return html`<div class="scroll-x"><table class="table report-table is-${report.name}"><thead><tr><th scope="col">${t(`report.row.${report.name}`)}</th>
        ${columns.map(({ column }) => html`<th scope="col" class="num" title=${t(`formula.${column.id.replace(/_ms$/, "")}`, { s: "" })}>${
          columnName(column.id)}</th>`)}</tr></thead>
      <tbody>${report.rows.map((row) => line(row, row.cells, rowName(report, row, this.desk)))}
        ${line(null, report.totals, t("report.whole"))}</tbody></table></div>
      ${isLong ? html`<button class="button" data-act="columns" aria-pressed=${this.hasAllColumns}
        @click=${() => { this.hasAllColumns = !this.hasAllColumns; this.requestUpdate(); }}>${t("report.all_columns")}</button>` : nothing}`;
  }

  private figure(report: ReportView, column: string, row: ReportRow | null, cell: number | null, words: string): Html {
    if (!cell) return html`<span class="faint">${words}</span>`;
    return html`<button class="figure" @click=${() => this.open(report, column, row)}>${words}</button>`;
  }
}

customElements.define("report-page", ReportPage);

