// The voice menu: its map with where callers leave it, its text and versions, its prompts.
import { html, nothing } from "lit";
import { api, ApiRefused } from "../api.js";
import { problemInWords, type Desk } from "../desk.js";
import type { Leaver, Leaving, MenuFacts } from "../menu_types.js";
import { now } from "../moments.js";
import { dayAndTime, t } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import "./menu_editor.js";
import { drawMap } from "./menu_map.js";
import "./menu_prompts.js";
import "./menu_survey.js";
import { Piece } from "./piece.js";

const PERIODS = [1, 7, 30, 90];
type View = "map" | "survey" | "edit" | "prompts";

class MenuPage extends Piece {
  static override readonly follows = [] as const;
  private names: string[] = [];
  private menu = "main";
  private view: View = "map";
  private days = 7;
  private facts: MenuFacts | null = null;
  private leaving: Leaving | null = null;
  private step: string | null = null;
  private leavers: Leaver[] = [];
  private cursor: string | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
  }

  private get changes(): boolean {
    return this.desk.me?.roles.includes("administrator") ?? false;
  }

  protected override render(): Html {
    return html`<header class="page-head"><h1>${t("menus.title")}</h1>
        <select aria-label=${t("menus.which")} @change=${this.choose}>${this.names.map((name) => html`
          <option value=${name} ?selected=${name === this.menu}>${name}</option>`)}</select>
        <span class="faint">${this.facts ? (this.facts.version === null ? t("menus.of_settings")
          : t("menus.version", { n: this.facts.version })) : ""}</span>
        <span class="spring"></span>
        <div class="menu-views" role="group" aria-label=${t("menus.view")}>${this.views().map((view) => html`
          <button class="button small" data-view=${view} aria-pressed=${view === this.view ? "true" : "false"}
            @click=${() => this.show(view)}>${t(`menus.view_${view}`)}</button>`)}</div></header>
      ${this.facts ? this.body(this.facts) : nothing}`;
  }

  private views(): View[] {
    return this.changes ? ["map", "survey", "edit", "prompts"] : ["map", "survey"];
  }

  private body(facts: MenuFacts): Html {
    if (this.view === "edit") {
      return html`<menu-editor class="menu-body" .desk=${this.desk} .facts=${facts}
        @menu-used=${() => void this.read()}></menu-editor>`;
    }
    if (this.view === "prompts") {
      return html`<menu-prompts class="menu-body" .desk=${this.desk}></menu-prompts>`;
    }
    if (this.view === "survey") {
      return html`<div class="menu-bar"><label>${t("survey.answers_of")} ${this.periods()}</label></div>
        <menu-survey class="menu-body" .desk=${this.desk} .days=${this.days}></menu-survey>`;
    }
    return html`<div class="menu-bar">${this.period()}${this.switches(facts)}</div>
      <div class="menu-body menu-split">
        <div class="scroll menu-paper" tabindex="0" role="region" aria-label=${t("menus.map_of", { menu: facts.id })}>
          ${facts.map ? drawMap(facts.map, t("menus.map_of", { menu: facts.id }), this.leaving?.steps ?? null,
                                (step) => void this.open(step)) : empty(t("menus.no_map"), "")}</div>
        ${this.step === null ? nothing : this.calls(this.step)}</div>`;
  }

  private period(): Html {
    return html`<label>${t("menus.period")} ${this.periods()}</label>
      <span class="faint" data-callers>${this.leaving ? t("menus.callers", { n: this.leaving.calls }) : ""}</span>
      <span class="faint">${t("menus.how")}</span><span class="spring"></span>`;
  }

  private periods(): Html {
    return html`<select data-period @change=${(event: Event) => {
        this.days = Number((event.target as HTMLSelectElement).value);
        this.step = null;
        void this.count();
      }}>${PERIODS.map((days) => html`<option value=${days} ?selected=${days === this.days}>
        ${t("menus.days", { n: days })}</option>`)}</select>`;
  }

  private switches(facts: MenuFacts): Html {
    return html`${Object.entries(facts.switches).map(([name, isOn]) => html`<label class="menu-switch">
      <input type="checkbox" data-switch=${name} .checked=${isOn}
        @change=${(event: Event) => void this.turn(name, (event.target as HTMLInputElement).checked)}>
      ${name === "incident" ? t("menus.incident") : name}</label>`)}`;
  }

  private calls(step: string): Html {
    return html`<aside class="scroll menu-calls" tabindex="0" aria-label=${t("menus.left_at", { step })}>
      <h2>${t("menus.left_at", { step })}</h2>
      <button class="button small" data-act="close-calls" @click=${() => this.close()}>
        ${icon("x")} ${t("menus.close")}</button>
      <ul>${this.leavers.map((one) => html`<li data-leaver=${one.id}>
        <span class="number">${one.number ?? t("menus.hidden_number")}</span>
        <span class="faint">${dayAndTime(one.started_at, now())}</span>
        ${one.client_id === null ? nothing : html`<button class="button small"
          @click=${() => void this.desk.openClient(one.client_id!)}>${t("menus.card")}</button>`}</li>`)}</ul>
      ${this.cursor ? html`<button class="button small" @click=${() => void this.more()}>
        ${t("audit.more")}</button>` : nothing}</aside>`;
  }

  private choose = (event: Event): void => {
    this.menu = (event.target as HTMLSelectElement).value;
    this.step = null;
    void this.read();
  };

  private show(view: View): void {
    this.view = view;
    this.requestUpdate();
    if (view === "map") void this.read();
  }

  private close(): void {
    this.step = null;
    this.requestUpdate();
  }

  private async read(): Promise<void> {
    await this.tried(async () => {
      this.names = (await api<{ items: { id: string }[] }>("GET", "/menus")).items.map((one) => one.id);
      this.facts = await api<MenuFacts>("GET", `/menus/${this.menu}`);
    });
    await this.count();
  }

  private async count(): Promise<void> {
    await this.tried(async () => {
      this.leaving = await api<Leaving>("GET", `/menus/${this.menu}/leaving?${this.since()}`);
    });
  }

  private async open(step: string): Promise<void> {
    this.step = step;
    this.leavers = [];
    this.cursor = null;
    await this.more();
  }

  private async more(): Promise<void> {
    const cursor = this.cursor ? `&cursor=${encodeURIComponent(this.cursor)}` : "";
    await this.tried(async () => {
      const page = await api<{ items: Leaver[]; cursor: string | null }>(
        "GET", `/menus/${this.menu}/leaving/${this.step}?${this.since()}${cursor}`);
      this.leavers = [...this.leavers, ...page.items];
      this.cursor = page.cursor;
    });
  }

  private since(): string {
    const at = new Date(now().getTime() - this.days * 86_400_000).toISOString();
    return `since=${encodeURIComponent(at)}`;
  }

  private async turn(name: string, isOn: boolean): Promise<void> {
    await this.tried(() => api("POST", `/menu-switches/${name}`, { is_on: isOn }));
    await this.read();
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

customElements.define("menu-page", MenuPage);

export const menusSection = {
  id: "menus", who: "leads" as const,
  draw: (desk: Desk): Html => html`<menu-page class="section-body" .desk=${desk}></menu-page>`,
};
