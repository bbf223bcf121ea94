// Imports: a file dropped, mapped, previewed, run with its progress, undone; the list of them all.
import { html, nothing } from "lit";
import { api, ApiRefused, upload } from "../api.js";
import { problemInWords, type Desk } from "../desk.js";
import { now } from "../moments.js";
import { dayAndTime, number, t } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import { bar } from "./import_bits.js";
import "./import_draft.js";
import { reasonInWords, weight, type ImportView, type Whole } from "./import_types.js";
import { Piece } from "./piece.js";

const ASK_AGAIN_MS = 1000;

class ImportPage extends Piece {
  static override readonly follows = [] as const;
  private imports: ImportView[] | null = null;
  private cursor: string | null = null;
  private open: Whole | null = null;
  private sent: number | null = null;         // share of a file that is up
  private isOver = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override render(): Html {
    return html`<header class="page-head"><h1>${t("imports.title")}</h1>
        <span class="faint">${this.imports ? t("imports.count", { n: this.imports.length }) : ""}</span></header>
      <div class="scroll page-body imports-body" tabindex="0" role="region" aria-label=${t("imports.title")}>
        ${this.open ? this.opened(this.open) : this.drop()}
        ${this.imports?.length === 0 && !this.open ? empty(t("imports.none"), t("imports.none_how"))
          : this.list()}</div>`;
  }

  // ── a new file ────────────────────────────────────────────────────────────────────────────
  private drop(): Html {
    const busy = this.sent !== null;
    return html`<label class="import-drop ${this.isOver ? "is-over" : ""}" @drop=${this.dropped}
      @dragover=${(event: DragEvent) => this.over(event, true)}
      @dragleave=${(event: DragEvent) => this.over(event, false)}>
      ${icon("file-text")} <strong>${busy ? t("imports.sending") : t("imports.drop")}</strong>
      <span class="faint">${busy ? nothing : t("imports.drop_how")}</span>
      ${busy ? bar(this.sent ?? 0, t("imports.sending")) : html`<input type="file" class="sr-only"
        accept=".csv,.txt,.tsv,.xlsx,.xlsm,.xls,.ods" @change=${this.chosen}>`}</label>`;
  }

  private over(event: DragEvent, isOver: boolean): void {
    event.preventDefault();
    this.isOver = isOver;
    this.requestUpdate();
  }

  private dropped = (event: DragEvent): void => {
    this.over(event, false);
    const file = event.dataTransfer?.files[0];
    if (file && this.sent === null) void this.send(file);
  };

  private chosen = (event: Event): void => {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (file) void this.send(file);
  };

  private async send(file: File): Promise<void> {
    this.sent = 0;
    this.requestUpdate();
    const made = await this.asked(upload<ImportView>(
      `/imports?name=${encodeURIComponent(file.name.slice(-200))}`, file, (share) => {
        this.sent = share;
        this.requestUpdate();
      }));
    this.sent = null;
    if (made) await this.show(made.id);
    await this.read();
  }

  // ── one import ────────────────────────────────────────────────────────────────────────────
  private opened(whole: Whole): Html {
    const one = whole.import;
    return html`<article class="import-one" data-import=${one.id} aria-label=${one.name}>
      <header><h2>${one.name}</h2>${chip(one)}
        <span class="faint">${about(one)}</span><span class="spring"></span>
        <button class="quiet" aria-label=${t("close")} @click=${() => this.close()}>${icon("x")}</button></header>
      ${one.error ? html`<p class="import-trouble">${icon("triangle-alert")} ${one.error}</p>` : nothing}
      ${one.state === "draft" ? html`<import-draft .desk=${this.desk} .whole=${whole}
          @told=${() => void this.follow(one.id)} @gone=${() => { this.close(); void this.read(); }}></import-draft>`
        : this.run(whole)}</article>`;
  }

  private run(whole: Whole): Html {
    const one = whole.import;
    const moves = one.state === "running" || one.state === "undoing";
    const share = one.state === "undoing"
      ? (one.gone + one.restored + one.stayed) / Math.max(1, one.created + one.updated)
      : one.position / Math.max(1, one.rows ?? one.position);
    return html`
      ${moves ? bar(Math.min(1, share), t(one.state === "undoing" ? "imports.undoing_bar" : "imports.running_bar",
                                          { n: one.position })) : nothing}
      ${counts(one)}
      <p class="import-do">
        ${one.state === "running" && !one.is_interrupted ? this.act(one, "stop", "square") : nothing}
        ${one.is_interrupted && one.state !== "undoing" || ["stopped", "failed"].includes(one.state)
          ? this.act(one, "resume", "play", true) : nothing}
        ${one.refused ? html`<a class="button small" download href="/api/v1/imports/${one.id}/errors.csv">
          ${icon("file-text")} ${t("imports.errors")}</a>` : nothing}
        ${["done", "stopped", "failed"].includes(one.state) || one.is_interrupted
          ? this.act(one, "undo", "refresh-cw") : nothing}
        ${moves && !one.is_interrupted || one.state === "draft" ? nothing
          : html`<span class="faint">${one.state === "undone" ? nothing : t("imports.undo_how")}</span>`}</p>
      ${whole.stayed.length ? html`<h3>${t("imports.stayed_rows", { n: one.stayed })}</h3>
        <ul class="import-lines">${whole.stayed.map((row) => html`<li>${t("imports.row", { row: row.row })}
          <button class="link" @click=${() => void this.desk.openClient(row.client_id)}>
            ${t("imports.client", { id: row.client_id })}</button>: ${t("imports.stays", { why: row.why })}</li>`)}</ul>`
        : nothing}
      ${whole.problems.length ? html`<h3>${t("imports.refused_rows", { n: one.refused })}</h3>
        <ul class="import-lines">${whole.problems.map((row) => html`<li><b class="num">${
          t("imports.row", { row: row.row })}</b> ${row.reasons.map(reasonInWords).join(" · ")}
          <small class="faint block">${row.cells.filter(Boolean).join(" · ")}</small></li>`)}</ul>` : nothing}`;
  }

  private act(one: ImportView, verb: "stop" | "resume" | "undo", name: "square" | "play" | "refresh-cw",
              primary = false): Html {
    return html`<button class="button small ${primary ? "primary" : ""}" data-act=${verb}
      @click=${() => void this.ask(one.id, verb)}>${icon(name)} ${t(`imports.${verb}`)}</button>`;
  }

  private async ask(id: number, verb: string): Promise<void> {
    await this.asked(api("POST", `/imports/${id}/${verb}`));
    await this.follow(id);
  }

  // ── the list ──────────────────────────────────────────────────────────────────────────────
  private list(): Html {
    if (!this.imports?.length) return nothing;
    return html`<table class="table imports-table"><thead><tr>
      ${["when", "file", "state", "counts", "by"].map((one) => html`<th scope="col">${t(`imports.${one}`)}</th>`)}
      </tr></thead><tbody>${this.imports.map((one) => html`<tr data-row=${one.id}
        class=${this.open?.import.id === one.id ? "is-open" : ""}>
        <td class="nowrap num">${dayAndTime(one.started_at ?? one.made_at, now())}</td>
        <td><button class="link" @click=${() => void this.show(one.id)}><strong>${one.name}</strong></button>
          <small class="faint block">${about(one)}</small></td>
        <td class="nowrap">${chip(one)}</td><td>${short(one)}</td>
        <td>${this.desk.operatorName(one.by)}</td></tr>`)}</tbody></table>
      ${this.cursor ? html`<p class="more"><button class="button small"
        @click=${() => void this.read(this.cursor)}>${t("timeline.older")}</button></p>` : nothing}`;
  }

  private async read(cursor: string | null = null): Promise<void> {
    const page = await this.asked(api<{ items: ImportView[]; cursor: string | null }>(
      "GET", `/imports?limit=50${cursor ? `&cursor=${cursor}` : ""}`));
    if (!page) return;
    this.imports = cursor ? [...(this.imports ?? []), ...page.items] : page.items;
    this.cursor = page.cursor;
    this.requestUpdate();
  }

  private async show(id: number): Promise<void> {
    const found = await this.asked(api<Whole>("GET", `/imports/${id}`));
    if (found) this.open = found;
    this.requestUpdate();
    this.querySelector(".imports-body")?.scrollTo(0, 0);
    this.again();
  }

  private async follow(id: number): Promise<void> {
    const before = this.open?.import.state;
    const found = await this.asked(api<Whole>("GET", `/imports/${id}`));
    if (!found || this.open?.import.id !== id) return;
    this.open = found;
    if (before !== found.import.state) await this.read();
    this.requestUpdate();
    this.again();
  }

  /** While something moves, it is looked at again every second. */
  private again(): void {
    clearTimeout(this.timer);
    const whole = this.open;
    if (!whole) return;
    const one = whole.import;
    const moves = (one.state === "running" || one.state === "undoing") && !one.is_interrupted;
    if (moves || whole.check?.done !== undefined) {
      this.timer = setTimeout(() => void this.follow(one.id), ASK_AGAIN_MS);
    }
  }

  private close(): void {
    clearTimeout(this.timer);
    this.open = null;
    this.requestUpdate();
  }

  private async asked<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof ApiRefused)) throw error;
      this.desk.toast("error", problemInWords(error.problem));
      return undefined;
    }
  }
}

function chip(one: ImportView): Html {
  const state = one.is_interrupted ? "interrupted" : one.state;
  const tone = state === "running" || state === "done" ? "is-running"
    : state === "failed" || state === "interrupted" || state === "stopped" ? "is-warning" : "";
  return html`<span class="chip ${tone}">${t(`import_state.${state}`)}</span>`;
}

function about(one: ImportView): string {
  const rows = one.rows === null ? "" : t("imports.about_rows", { n: one.rows, rows: number(one.rows) });
  return [one.kind.toUpperCase(), weight(one.size), rows].filter(Boolean).join(" · ");
}

const COUNTS = ["created", "updated", "unchanged", "refused", "suspects"] as const;
const UNDONE = ["gone", "restored", "stayed"] as const;

function counts(one: ImportView): Html {
  const shown = one.state === "undone" || one.state === "undoing" ? [...COUNTS, ...UNDONE] : COUNTS;
  return html`<ul class="import-counts">${shown.map((name) => html`<li class="is-${name}">
    <b class="num">${number(one[name])}</b> ${t(`imports.${name}`)}</li>`)}</ul>`;
}

function short(one: ImportView): Html {
  const told = [...COUNTS, ...UNDONE].filter((name) => one[name] > 0);
  return html`${told.map((name, at) => html`${at ? " · " : ""}<span class="nowrap"><b class="num">${
    number(one[name])}</b> ${t(`imports.${name}`)}</span>`)}`;
}

customElements.define("import-page", ImportPage);

export const importsSection = {
  id: "imports", who: "administrators" as const,
  draw: (desk: Desk): Html => html`<import-page class="section-body" .desk=${desk}></import-page>`,
};
