// What callers answered after their calls: averages by question, operator and queue, and the contacts behind each.
import { html, nothing } from "lit";
import { api, ApiRefused } from "../api.js";
import { problemInWords } from "../desk.js";
import type { Answered, Rated } from "../menu_types.js";
import { now } from "../moments.js";
import { dayAndTime, number, t, words } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

class MenuSurvey extends Piece {
  static override readonly follows = [] as const;
  static override properties = { ...Piece.properties, days: { attribute: false } };
  declare days: number;
  private rated: Rated[] | null = null;
  private read = 0;                   // for how many days
  private open: Rated | null = null;
  private answers: Answered[] = [];
  private cursor: string | null = null;

  protected override render(): Html {
    if (this.read !== this.days) void this.load();
    return html`<div class="menu-split"><div class="scroll menu-prompts" tabindex="0" role="region"
        aria-label=${t("menus.view_survey")}>
        ${this.rated?.length === 0 ? empty(t("survey.none"), t("survey.none_how")) : nothing}
        ${this.rated?.length ? html`<table class="table"><thead><tr>
          ${["question", "operator", "queue", "count", "average"].map((one) => html`<th scope="col"
            class=${one === "count" || one === "average" ? "num" : ""}>${t(`survey.${one}`)}</th>`)}</tr></thead>
          <tbody>${this.rated.map((one) => this.row(one))}</tbody></table>` : nothing}</div>
      ${this.open ? this.contacts(this.open) : nothing}</div>`;
  }

  private row(one: Rated): Html {
    return html`<tr data-rated=${`${one.question} ${one.operator ?? ""}`}>
      <td>${words("survey_question", one.question)}</td>
      <td>${one.operator ? this.desk.operatorName(one.operator) : t("survey.nobody")}</td>
      <td>${one.queue ? this.desk.queueName(one.queue) : ""}</td>
      <td class="num"><button class="link-button" @click=${() => this.show(one)}>${number(one.count)}</button></td>
      <td class="num">${number(Math.round(10 * one.average) / 10)}</td></tr>`;
  }

  private contacts(one: Rated): Html {
    return html`<aside class="scroll menu-calls" tabindex="0" aria-label=${t("survey.contacts")}>
      <h2>${words("survey_question", one.question)}</h2>
      <button class="button small" @click=${() => { this.open = null; this.requestUpdate(); }}>
        ${icon("x")} ${t("menus.close")}</button>
      <ul>${this.answers.map((given) => html`<li data-answered=${given.interaction_id ?? ""}>
        <strong>${number(given.answer)}</strong> <span class="number">${given.number ?? t("menus.hidden_number")}</span>
        <span class="faint">${dayAndTime(given.at, now())}</span>
        ${given.client_id === null ? nothing : html`<button class="button small"
          @click=${() => void this.desk.openClient(given.client_id!)}>${t("menus.card")}</button>`}</li>`)}</ul>
      ${this.cursor ? html`<button class="button small" @click=${() => void this.more(one)}>
        ${t("audit.more")}</button>` : nothing}</aside>`;
  }

  private show(one: Rated): void {
    this.open = one;
    this.answers = [];
    this.cursor = null;
    void this.more(one);
  }

  private async more(one: Rated): Promise<void> {
    const asked = new URLSearchParams({ menu: one.menu, question: one.question, since: this.since() });
    if (one.operator) asked.set("operator", one.operator);
    if (one.queue) asked.set("queue", one.queue);
    if (this.cursor) asked.set("cursor", this.cursor);
    await this.tried(async () => {
      const page = await api<{ items: Answered[]; cursor: string | null }>("GET", `/reports/survey/answers?${asked}`);
      this.answers = [...this.answers, ...page.items];
      this.cursor = page.cursor;
    });
  }

  private async load(): Promise<void> {
    this.read = this.days;
    this.open = null;
    await this.tried(async () => {
      this.rated = (await api<{ items: Rated[] }>(
        "GET", `/reports/survey?since=${encodeURIComponent(this.since())}`)).items;
    });
  }

  private since(): string {
    return new Date(now().getTime() - this.days * 86_400_000).toISOString();
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

customElements.define("menu-survey", MenuSurvey);
