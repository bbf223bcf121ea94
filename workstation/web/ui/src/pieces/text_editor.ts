// A text that administrators write: checked while it is typed, kept as a version, taken into use, undone.
import { html, nothing } from "lit";
import { api, ApiRefused } from "../api.js";
import { problemInWords } from "../desk.js";
import type { CheckedText, KeptText } from "../kept_types.js";
import type { Fault } from "../menu_types.js";
import { now } from "../moments.js";
import { dayAndTime, t } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const PAUSE_MS = 400;

class TextEditor extends Piece {
  static override readonly follows = [] as const;
  static override properties = {
    ...Piece.properties, path: { attribute: false }, facts: { attribute: false }, label: { attribute: false } };
  declare path: string;               // of the API: /routing/rules
  declare facts: KeptText<unknown>;
  declare label: string;
  private typed: string | null = null;
  private note = "";
  private faults: Fault[] = [];
  private timer = 0;

  get text(): string {
    return this.typed ?? this.facts.text;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.timer);
  }

  protected override render(): Html {
    return html`<div class="menu-editor">
      <section class="menu-text"><label for="kept-text">${this.label}</label>
        <textarea id="kept-text" spellcheck="false" wrap="off" .value=${this.text}
          aria-describedby="kept-faults" @input=${this.type} @keydown=${this.keyed}></textarea>
        <div role="status"><ul id="kept-faults" class="menu-faults">${this.faults.length === 0
          ? html`<li class="faint">${t("menus.no_faults")}</li>`
          : this.faults.map((one) => html`<li data-fault><button class="link-button"
            @click=${() => this.goTo(one.line)}>${t("menus.line", { n: one.line })}</button>
            ${one.place ? html`<code>${one.place}</code> ` : nothing}${one.why}</li>`)}</ul></div>
        <div class="form-end"><input id="kept-note" maxlength="200" placeholder=${t("menus.note")}
            aria-label=${t("menus.note")} .value=${this.note}
            @input=${(event: Event) => { this.note = (event.target as HTMLInputElement).value; }}>
          <button class="button" data-act="save-text" ?disabled=${this.faults.length > 0}
            @click=${() => void this.save(false)}>${t("menus.save")} ${keyHint("Ctrl S")}</button>
          <button class="button primary" data-act="use-text" ?disabled=${this.faults.length > 0}
            @click=${() => void this.save(true)}>${icon("check")} ${t("menus.save_and_use")}</button></div>
      </section>
      <section class="scroll menu-side" tabindex="0" aria-label=${t("menus.versions")}>${this.versions()}</section>
    </div>`;
  }

  private versions(): Html {
    const { version, versions } = this.facts;
    return html`<h2>${t("menus.versions")}
        <button class="button small" data-act="undo-text" ?disabled=${version === null}
          @click=${() => void this.change("undo")}>${t("menus.undo")}</button></h2>
      <ul class="menu-versions">${versions.map((one) => html`<li data-version=${one.id}>
        <strong>${t("menus.version", { n: one.id })}</strong>
        ${one.is_used ? html`<span class="chip">${t("menus.in_use")}</span>` : nothing}
        <small class="faint block">${dayAndTime(one.at, now())} · ${one.by}${one.note ? ` · ${one.note}` : ""}</small>
        <span class="row-acts"><button class="button small" @click=${() => void this.open(one.id)}>
          ${t("menus.open")}</button>
        ${one.is_used ? nothing : html`<button class="button small"
          @click=${() => void this.change("use", { version: one.id })}>${t("menus.use")}</button>`}</span></li>`)}
        <li><strong>${t("menus.of_settings")}</strong>${version === null
          ? html` <span class="chip">${t("menus.in_use")}</span>`
          : html` <button class="button small"
            @click=${() => void this.change("use", { version: null })}>${t("menus.use")}</button>`}</li></ul>`;
  }

  private type = (event: Event): void => {
    this.typed = (event.target as HTMLTextAreaElement).value;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.check(), PAUSE_MS);
    this.dispatchEvent(new CustomEvent("text-typed", { detail: this.typed }));
  };

  private keyed = (event: KeyboardEvent): void => {
    if (event.code !== "KeyS" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void this.save(false);
  };

  private goTo(line: number): void {
    const field = this.querySelector<HTMLTextAreaElement>("#kept-text");
    if (!field) return;
    const lines = this.text.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    field.focus();
    field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    field.scrollTop = Math.max(0, (line - 4) * Number.parseFloat(getComputedStyle(field).lineHeight));
  }

  private async check(): Promise<void> {
    await this.tried(async () => {
      this.faults = (await api<CheckedText<unknown>>("POST", `${this.path}/check`, { text: this.text })).faults;
    });
  }

  private async save(andUse: boolean): Promise<void> {
    await this.check();
    if (this.faults.length > 0) return;
    await this.tried(async () => {
      const kept = await api<{ version: number }>(
        "POST", `${this.path}/versions`, { text: this.text, note: this.note });
      if (andUse) await api("POST", `${this.path}/use`, { version: kept.version });
      this.desk.toast("info", t(andUse ? "kept.is_used" : "kept.is_saved", { n: kept.version }));
      this.note = "";
      if (andUse) this.typed = null;
    });
    this.dispatchEvent(new CustomEvent("text-used"));
  }

  private async change(what: "use" | "undo", body?: unknown): Promise<void> {
    await this.tried(async () => {
      await api("POST", `${this.path}/${what}`, body);
      this.typed = null;
    });
    this.dispatchEvent(new CustomEvent("text-used"));
  }

  private async open(version: number): Promise<void> {
    await this.tried(async () => {
      this.typed = (await api<{ text: string }>("GET", `${this.path}/versions/${version}`)).text;
    });
    await this.check();
    this.dispatchEvent(new CustomEvent("text-typed", { detail: this.typed }));
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

customElements.define("text-editor", TextEditor);
