// Phrases that somebody can record in place of the voice: heard, uploaded, checked, taken back.
import { html, nothing } from "lit";
import { api, ApiRefused, upload } from "../api.js";
import { problemInWords } from "../desk.js";
import type { Prompt } from "../menu_types.js";
import { languageName, number, t } from "../texts.js";
import { type Html } from "./bits.js";
import { Piece } from "./piece.js";

class MenuPrompts extends Piece {
  static override readonly follows = [] as const;
  private prompts: Prompt[] = [];
  private language = "";
  private heard: Prompt | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
  }

  protected override render(): Html {
    const languages = [...new Set(this.prompts.map((one) => one.language))];
    const shown = this.prompts.filter((one) => one.language === (this.language || languages[0]));
    return html`<div class="scroll menu-prompts" tabindex="0" role="region" aria-label=${t("menus.view_prompts")}>
      <p class="faint">${t("menus.prompts_how")}</p>
      <label>${t("menus.language")} <select data-prompt-language @change=${(event: Event) => {
        this.language = (event.target as HTMLSelectElement).value;
        this.requestUpdate();
      }}>${languages.map((one) => html`<option value=${one}>${languageName(one)}</option>`)}</select></label>
      <table class="table"><thead><tr>${["phrase", "words", "sound"].map((one) => html`
        <th scope="col">${t(`menus.${one}`)}</th>`)}</tr></thead>
      <tbody>${shown.map((one) => this.row(one))}</tbody></table></div>`;
  }

  private row(one: Prompt): Html {
    return html`<tr data-prompt=${one.name}><td><code>${one.name}</code>
        ${one.recorded ? html`<span class="chip">${t("menus.recorded")}</span>` : nothing}</td>
      <td>${one.words}</td><td class="next">
        ${this.heard === one ? html`<audio controls autoplay src=${`/api/v1${path(one)}`}></audio>`
          : html`<button class="button small" @click=${() => this.hear(one)}>${t("menus.hear")}</button>`}
        <label class="button small">${t("menus.upload")}<input class="sr-only" type="file"
          accept="audio/wav,.wav" data-upload=${one.name}
          @change=${(event: Event) => void this.put(one, event)}></label>
        ${one.recorded ? html`<button class="button small" @click=${() => void this.takeBack(one)}>
          ${t("menus.remove")}</button>` : nothing}</td></tr>`;
  }

  private hear(one: Prompt): void {
    this.heard = one;
    this.requestUpdate();
  }

  private async put(one: Prompt, event: Event): Promise<void> {
    const field = event.target as HTMLInputElement;
    const file = field.files?.[0];
    if (!file) return;
    await this.tried(async () => {
      const taken = await upload<{ seconds: number; level_db: number }>(path(one), file, () => undefined);
      this.desk.toast("info", t("menus.taken", {
        name: one.name, seconds: number(taken.seconds), level: number(taken.level_db) }));
    });
    field.value = "";
    await this.read();
  }

  private async takeBack(one: Prompt): Promise<void> {
    await this.tried(() => api("DELETE", path(one)));
    await this.read();
  }

  private async read(): Promise<void> {
    this.heard = null;
    await this.tried(async () => {
      this.prompts = (await api<{ items: Prompt[] }>("GET", "/menu-prompts")).items;
    });
  }

  private async tried(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiRefused)) throw error;
      const { problem } = error;
      this.desk.toast("error", problem.detail ? `${problemInWords(problem)} ${problem.detail}` : problemInWords(problem));
    }
    this.requestUpdate();
  }
}

function path(one: Prompt): string {
  return `/menu-prompts/${one.language}/${one.name}`;
}

customElements.define("menu-prompts", MenuPrompts);
