// A menu's text: checked while it is typed, tried with keys, kept as a version, taken into use.
import { html, nothing } from "lit";
import { api, ApiRefused } from "../api.js";
import { problemInWords } from "../desk.js";
import { keysOf, type Checked, type Fault, type MenuFacts, type Walked } from "../menu_types.js";
import { now } from "../moments.js";
import { dayAndTime, languageName, t, words } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const PAUSE_MS = 400;

class MenuEditor extends Piece {
  static override readonly follows = [] as const;
  static override properties = { ...Piece.properties, facts: { attribute: false } };
  declare facts: MenuFacts;
  private typed: string | null = null;
  private note = "";
  private faults: Fault[] = [];
  private timer = 0;
  private trial = { keys: "", number: "", language: "" };
  private walked: Walked | null = null;

  private get text(): string {
    return this.typed ?? this.facts.text;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.timer);
  }

  protected override render(): Html {
    return html`<div class="menu-editor">
      <section class="menu-text"><label for="menu-text">${t("menus.text")}</label>
        <textarea id="menu-text" spellcheck="false" wrap="off" .value=${this.text}
          aria-describedby="menu-faults" @input=${this.type} @keydown=${this.keyed}></textarea>
        ${this.faultList()}
        <div class="form-end"><input id="menu-note" maxlength="200" placeholder=${t("menus.note")}
            aria-label=${t("menus.note")} .value=${this.note}
            @input=${(event: Event) => { this.note = value(event); }}>
          <button class="button" data-act="save-menu" ?disabled=${this.faults.length > 0}
            @click=${() => void this.save(false)}>${t("menus.save")} ${keyHint("Ctrl S")}</button>
          <button class="button primary" data-act="use-menu" ?disabled=${this.faults.length > 0}
            @click=${() => void this.save(true)}>${icon("check")} ${t("menus.save_and_use")}</button></div>
      </section>
      <section class="scroll menu-side" tabindex="0" aria-label=${t("menus.try")}>${this.trier()}${this.versions()}</section>
    </div>`;
  }

  private faultList(): Html {
    return html`<div role="status"><ul id="menu-faults" class="menu-faults">${this.faults.length === 0
      ? html`<li class="faint">${t("menus.no_faults")}</li>`
      : this.faults.map((one) => html`<li data-fault><button class="link-button"
        @click=${() => this.goTo(one.line)}>${t("menus.line", { n: one.line })}</button>
        ${one.place ? html`<code>${one.place}</code> ` : nothing}${one.why}</li>`)}</ul></div>`;
  }

  private trier(): Html {
    return html`<h2>${t("menus.try")}</h2><p class="faint">${t("menus.try_how")}</p>
      <form class="menu-try" @submit=${this.walk}>
        <label>${t("menus.number")}<input id="try-number" inputmode="tel" autocomplete="off"
          .value=${this.trial.number} @input=${(event: Event) => { this.trial.number = value(event); }}></label>
        <label>${t("menus.language")}<select id="try-language" @change=${(event: Event) => {
          this.trial.language = value(event); }}><option value="">${t("menus.as_called")}</option>
          ${this.facts.languages.map((one) => html`<option value=${one}>${languageName(one)}</option>`)}</select></label>
        <label class="wide">${t("menus.keys")}<input id="try-keys" autocomplete="off"
          placeholder=${t("menus.keys_hint")} .value=${this.trial.keys}
          @input=${(event: Event) => { this.trial.keys = value(event); }}></label>
        <button class="button" data-act="try-menu">${t("menus.walk")} ${keyHint("↵")}</button></form>
      ${this.walked ? html`<ol class="menu-walk" data-walked>${this.walked.lines.map((one) => html`
        <li class=${`walk-${one.kind}`}><span class="faint">${words("menu_walk", one.kind)}</span>
          ${one.text}</li>`)}
        ${this.walked.way === null ? html`<li class="faint">${t("menus.waits")}</li>` : nothing}</ol>` : nothing}`;
  }

  private versions(): Html {
    return html`<h2>${t("menus.versions")}
        <button class="button small" data-act="undo-menu" ?disabled=${this.facts.version === null}
          @click=${() => void this.undo()}>${t("menus.undo")}</button></h2>
      <ul class="menu-versions">${this.facts.versions.map((one) => html`<li data-version=${one.id}>
        <strong>${t("menus.version", { n: one.id })}</strong>
        ${one.is_used ? html`<span class="chip">${t("menus.in_use")}</span>` : nothing}
        <small class="faint block">${dayAndTime(one.at, now())} · ${one.by}${one.note ? ` · ${one.note}` : ""}</small>
        <span class="row-acts"><button class="button small" @click=${() => void this.open(one.id)}>
          ${t("menus.open")}</button>
        ${one.is_used ? nothing : html`<button class="button small" @click=${() => void this.use(one.id)}>
          ${t("menus.use")}</button>`}</span></li>`)}
        <li><strong>${t("menus.of_settings")}</strong>${this.facts.version === null
          ? html` <span class="chip">${t("menus.in_use")}</span>`
          : html` <button class="button small" @click=${() => void this.use(null)}>${t("menus.use")}</button>`}</li></ul>`;
  }

  private type = (event: Event): void => {
    this.typed = value(event);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.check(), PAUSE_MS);
  };

  private keyed = (event: KeyboardEvent): void => {
    if (event.code !== "KeyS" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void this.save(false);
  };

  private goTo(line: number): void {
    const field = this.querySelector<HTMLTextAreaElement>("#menu-text");
    if (!field) return;
    const lines = this.text.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    field.focus();
    field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    field.scrollTop = Math.max(0, (line - 4) * Number.parseFloat(getComputedStyle(field).lineHeight));
  }

  private async check(): Promise<void> {
    await this.tried(async () => {
      this.faults = (await api<Checked>("POST", this.path("check"), { text: this.text })).faults;
    });
  }

  private async save(andUse: boolean): Promise<void> {
    await this.check();
    if (this.faults.length > 0) return;
    await this.tried(async () => {
      const kept = await api<{ version: number }>(
        "POST", this.path("versions"), { text: this.text, note: this.note });
      if (andUse) await api("POST", this.path("use"), { version: kept.version });
      this.desk.toast("info", t(andUse ? "menus.is_used" : "menus.is_saved", { n: kept.version }));
      this.note = "";
      if (andUse) this.typed = null;
    });
    this.changed();
  }

  private async use(version: number | null): Promise<void> {
    await this.tried(async () => {
      await api("POST", this.path("use"), { version });
      this.typed = null;
    });
    this.changed();
  }

  private async undo(): Promise<void> {
    await this.tried(async () => {
      await api("POST", this.path("undo"));
      this.typed = null;
    });
    this.changed();
  }

  private async open(version: number): Promise<void> {
    await this.tried(async () => {
      this.typed = (await api<{ text: string }>("GET", this.path(`versions/${version}`))).text;
    });
    await this.check();
  }

  private walk = async (event: Event): Promise<void> => {
    event.preventDefault();
    await this.tried(async () => {
      this.walked = await api<Walked>("POST", this.path("try"), {
        text: this.text, keys: keysOf(this.trial.keys), number: this.trial.number.trim(),
        language: this.trial.language });
    });
  };

  private path(what: string): string {
    return `/menus/${this.facts.id}/${what}`;
  }

  private changed(): void {
    this.dispatchEvent(new CustomEvent("menu-used"));
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

function value(event: Event): string {
  return (event.target as HTMLInputElement).value;
}

customElements.define("menu-editor", MenuEditor);
