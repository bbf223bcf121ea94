// A file before it is read in: how it is read, which column is which field, what it would do.
import { html, nothing } from "lit";
import { api, ApiRefused } from "../api.js";
import { problemInWords } from "../desk.js";
import { now } from "../moments.js";
import type { FieldView } from "../protocol.gen.js";
import { dayAndTime, number, t, words } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { bar } from "./import_bits.js";
import { ENCODINGS, FIELDS, reasonInWords, type Fate, type Look, type Preview, type SavedMap,
         type Whole } from "./import_types.js";
import { Piece } from "./piece.js";

const SEPARATORS: [string, string][] = [[";", "semicolon"], [",", "comma"], ["\t", "tab"], ["|", "bar"]];

class ImportDraft extends Piece {
  static override readonly follows = [] as const;
  static override properties = { ...Piece.properties, whole: { attribute: false } };
  declare whole: Whole;
  private look: Look | null = null;
  private preview: Preview | null = null;
  private maps: SavedMap[] = [];
  private customs: FieldView[] = [];
  private busy = "";
  private region = "";
  private encoding = "";
  private separator = "";
  private mapName = "";

  private get importId(): number {
    return this.whole.import.id;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { region, encoding, separator } = this.whole.import;
    this.region = region;
    this.encoding = encoding ?? "";
    this.separator = separator ?? "";
    void this.begin();
  }

  private async begin(): Promise<void> {
    const fields = await this.desk.ask("field.list", {}) as { fields: FieldView[] } | undefined;
    this.customs = (fields?.fields ?? []).filter((one) => !one.retired);
    this.maps = (await this.tell<{ items: SavedMap[] }>("GET", "/import-maps"))?.items ?? [];
    this.look = await this.tell<Look>("GET", `/imports/${this.importId}/look`) ?? null;
    if (this.look && !this.look.trouble) await this.foresee();
    this.requestUpdate();
  }

  protected override render(): Html {
    const { look } = this;
    if (!look) return html`<p class="faint pad">${t("imports.looking")}</p>`;
    const same = this.whole.same_file;
    return html`
      ${same ? html`<p class="import-trouble">${icon("triangle-alert")} ${t("imports.same_file", {
        at: dayAndTime(same.started_at ?? same.made_at, now()), id: same.id })}</p>` : nothing}
      ${this.reading(look)}
      ${look.trouble ? html`<p class="import-trouble" role="alert">${icon("triangle-alert")}
        ${t("imports.no_name_column")}</p>` : nothing}
      ${this.columns(look)}
      ${this.doing(look)}
      ${this.foreseen()}`;
  }

  // ── how the file is read ──────────────────────────────────────────────────────────────────
  private reading(look: Look): Html {
    return html`<div class="import-reading">
      ${look.kind === "csv" ? html`
        <label><span>${t("imports.encoding")}</span><select name="encoding" @change=${(event: Event) => {
          this.encoding = value(event); void this.replan(null); }}>
          <option value="" .selected=${!this.encoding}>${t("imports.guessed", { what: look.encoding })}</option>
          ${ENCODINGS.map((one) => html`<option .selected=${one === this.encoding}>${one}</option>`)}</select></label>
        <label><span>${t("imports.separator")}</span><select name="separator" @change=${(event: Event) => {
          this.separator = value(event); void this.replan(null); }}>
          <option value="" .selected=${!this.separator}>${t("imports.guessed", { what: separatorName(look.separator) })}</option>
          ${SEPARATORS.map(([sign, name]) => html`<option value=${sign} .selected=${sign === this.separator}>
            ${t(`imports.${name}`)}</option>`)}</select></label>` : nothing}
      <label><span>${t("imports.region")}</span><input name="region" maxlength="8" .value=${this.region}
        title=${t("imports.region_how")} @change=${(event: Event) => {
          this.region = value(event).trim().toUpperCase(); void this.replan(this.chosen()); }}></label>
      ${this.maps.length ? html`<label><span>${t("imports.saved_map")}</span><select name="map"
        @change=${(event: Event) => this.useMap(value(event))}><option value=""></option>
        ${this.maps.map((one) => html`<option>${one.name}</option>`)}</select></label>` : nothing}</div>`;
  }

  private columns(look: Look): Html {
    const byHeader = new Map(Object.entries(look.columns).map(([field, header]) => [header, field]));
    return html`<table class="table import-columns"><thead><tr><th scope="col">${t("imports.column")}</th>
      <th scope="col">${t("imports.examples")}</th><th scope="col">${t("imports.field")}</th></tr></thead>
      <tbody>${look.headers.map((header, place) => html`<tr><td><strong>${header}</strong></td>
        <td class="faint">${look.examples.map((row) => row[place] ?? "").filter(Boolean).slice(0, 3).join(" · ")}</td>
        <td><select data-column=${place} aria-label=${header}>
          <option value="">${t("imports.not_used")}</option>
          ${this.fields().map(([field, name]) => html`<option value=${field}
            .selected=${byHeader.get(header) === field && look.headers.indexOf(header) === place}>${name}</option>`)}
        </select></td></tr>`)}</tbody></table>`;
  }

  private fields(): [string, string][] {
    return [...FIELDS.map((field): [string, string] => [field, t(`import.field.${field}`)]),
            ...this.customs.map((one): [string, string] => [`custom.${one.key}`, one.label])];
  }

  /** Field → column as the selects say; a name that stands twice is called by its place. */
  private chosen(): Record<string, string> {
    const headers = this.look?.headers ?? [];
    const found: Record<string, string> = {};
    for (const select of this.querySelectorAll<HTMLSelectElement>("[data-column]")) {
      const place = Number(select.dataset["column"]);
      const header = headers[place] ?? "";
      const isTwice = headers.indexOf(header) !== headers.lastIndexOf(header);
      if (select.value) found[select.value] = isTwice ? `#${place + 1}` : header;
    }
    return found;
  }

  private useMap(name: string): void {
    const saved = this.maps.find((one) => one.name === name);
    if (!saved) return;
    const there = Object.entries(saved.columns).filter(([, header]) => this.look?.headers.includes(header));
    this.mapName = name;
    void this.replan(Object.fromEntries(there));
  }

  /** Tells the server how to read it; null: let it guess the columns anew. */
  private async replan(columns: Record<string, string> | null): Promise<boolean> {
    this.begins("reading");
    const look = await this.tell<Look>("POST", `/imports/${this.importId}/plan`, {
      columns: columns ?? {}, only_by_hand: columns !== null, region: this.region || null,
      encoding: this.encoding || null, separator: this.separator || null });
    this.begins("");
    if (!look) return false;
    this.look = look;
    this.preview = null;
    this.requestUpdate();
    return !look.trouble;
  }

  // ── what it would do ──────────────────────────────────────────────────────────────────────
  private doing(look: Look): Html {
    const check = this.whole.check;
    const isChecking = check?.done !== undefined;
    return html`<div class="import-do">
      <button class="button" data-act="preview" ?disabled=${!!this.busy} @click=${() => void this.again()}>
        ${icon("search")} ${t("imports.preview")}</button>
      <button class="button" data-act="check" ?disabled=${!!this.busy || isChecking}
        @click=${() => void this.check()}>${icon("list")} ${t("imports.check")}</button>
      <label class="import-save"><span>${t("imports.save_map")}</span><input name="map-name" maxlength="80"
        .value=${this.mapName} @input=${(event: Event) => { this.mapName = value(event); }}></label>
      <span class="spring"></span>
      <button class="button" data-act="discard" @click=${() => void this.discard()}>${icon("x")}
        ${t("imports.discard")}</button>
      <button class="button primary" data-act="start" ?disabled=${!!this.busy || isChecking || !!look.trouble
        && !this.preview} @click=${() => void this.start()}>${icon("play")} ${t("imports.start")}</button></div>
      ${isChecking ? bar((check?.done ?? 0) / Math.max(1, check?.of ?? 1), t("imports.checking")) : nothing}
      ${check?.error ? html`<p class="import-trouble">${icon("triangle-alert")} ${check.error}</p>` : nothing}`;
  }

  private foreseen(): Html {
    const shown = this.whole.check?.result ?? this.preview;
    if (this.busy) return html`<p class="faint">${t("imports.looking")}</p>`;
    if (!shown) return nothing;
    const { counts } = shown;
    return html`<h3>${t(shown.is_whole ? "imports.would_whole" : "imports.would_first", {
        n: shown.rows, rows: number(shown.rows) })}</h3>
      <ul class="import-counts">${(["created", "updated", "unchanged", "refused", "suspects"] as const).map(
        (name) => html`<li class="is-${name}"><b class="num">${number(counts[name])}</b>
          ${t(`imports.would_${name}`)}</li>`)}</ul>
      <table class="table import-fates"><thead><tr>${["row_head", "fate", "why"].map((one) =>
        html`<th scope="col">${t(`imports.${one}`)}</th>`)}</tr></thead><tbody>
        ${this.told(shown).map((fate) => this.fate(fate))}</tbody></table>`;
  }

  /** Refused ones first: they are what somebody looks for. */
  private told(shown: Preview): Fate[] {
    return [...shown.refused, ...shown.fates.filter((fate) => fate.outcome !== "refused")].slice(0, 200);
  }

  private fate(fate: Fate): Html {
    return html`<tr><td class="num">${fate.row}</td>
      <td class="nowrap"><span class="chip ${fate.outcome === "refused" ? "is-flag" : fate.suspects.length
        ? "is-warning" : ""}">${t(`imports.would_${fate.outcome}`)}</span></td>
      <td>${fate.reasons.map((reason) => html`<span class="import-reason">${reasonInWords(reason)}</span>`)}
        ${fate.cells.length ? html`<small class="faint block">${fate.cells.filter(Boolean).join(" · ")}</small>` : nothing}
        ${fate.suspects.map((one) => html`<span class="import-reason">${t("imports.looks_like", { name: one.name,
          why: one.why.split(",").map((code) => words("likeness", code)).join(", ") })}</span>`)}</td></tr>`;
  }

  private async foresee(): Promise<void> {
    this.begins("preview");
    this.preview = await this.tell<Preview>("POST", `/imports/${this.importId}/preview`) ?? null;
    this.begins("");
  }

  private async again(): Promise<void> {
    if (await this.replan(this.chosen())) await this.foresee();
  }

  private async check(): Promise<void> {
    if (!await this.replan(this.chosen())) return;
    await this.tell("POST", `/imports/${this.importId}/check`);
    this.dispatchEvent(new CustomEvent("told"));
  }

  private async start(): Promise<void> {
    if (!await this.replan(this.chosen())) return;
    if (!await this.tell("POST", `/imports/${this.importId}/start`, { save_map_as: this.mapName })) return;
    this.dispatchEvent(new CustomEvent("told"));
  }

  private async discard(): Promise<void> {
    if (await this.tell("DELETE", `/imports/${this.importId}`)) this.dispatchEvent(new CustomEvent("gone"));
  }

  private begins(what: string): void {
    this.busy = what;
    this.requestUpdate();
  }

  private async tell<T>(method: string, path: string, body?: unknown): Promise<T | undefined> {
    try {
      return await api<T>(method, path, body);
    } catch (error) {
      if (!(error instanceof ApiRefused)) throw error;
      this.desk.toast("error", problemInWords(error.problem));
      return undefined;
    }
  }
}

function value(event: Event): string {
  return (event.target as HTMLInputElement).value;
}

function separatorName(sign: string): string {
  const known = SEPARATORS.find(([one]) => one === sign);
  return known ? t(`imports.${known[1]}`) : sign;
}

customElements.define("import-draft", ImportDraft);
