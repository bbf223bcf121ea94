// The contacts behind a figure, the newest first: what they add is the figure.
import { html, nothing } from "lit";
import type { FigureContact, OpenFigure } from "../protocol.gen.js";
import { clock, dateOf, number, t, timeOfDay, words } from "../texts.js";
import { directionIcon, empty, icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

class FigureList extends Piece {
  static override readonly follows = [] as const;
  static override properties = {
    ...Piece.properties, figure: { attribute: false }, name: { attribute: false } };
  declare figure: OpenFigure;
  declare name: string;
  private contacts: FigureContact[] = [];
  private cursor: string | null = null;
  private isRead = false;

  override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("figure")) return;
    this.contacts = [];
    this.cursor = null;
    this.isRead = false;
    void this.read();
  }

  private async read(): Promise<void> {
    const { figure } = this;
    const result = await this.desk.ask("report.open", { ...figure, cursor: this.cursor });
    if (figure !== this.figure) return;
    this.isRead = true;
    if (result) {
      const { contacts, cursor } = result as { contacts: FigureContact[]; cursor: string | null };
      this.contacts = [...this.contacts, ...contacts];
      this.cursor = cursor;
    }
    this.requestUpdate();
  }

  protected override render(): Html {
    const isTime = /_ms$|^(asa|aht|talk|hold|wrap_up)$/.test(this.figure.column);
    const sum = this.contacts.reduce((whole, one) => whole + one.adds, 0);
    const shown = isTime ? clock(sum / 1000) : number(sum);
    return html`<header class="panel-head"><h2>${this.name}</h2>
        <span class="faint">${this.isRead ? t("report.shown", { n: this.contacts.length }) : ""}
          ${this.isRead ? html`· ${t("report.sum", { sum: shown })}` : nothing}</span>
        <span class="spring"></span>
        <button class="quiet" data-act="close" aria-label=${t("report.close")} title=${t("report.close")}
          @click=${() => this.dispatchEvent(new Event("close"))}>${icon("x")}</button></header>
      <div class="scroll" tabindex="0" role="region" aria-label=${this.name}>${this.isRead && this.contacts.length === 0 && !this.cursor
        ? empty(t("report.nobody"), t("report.nobody_how"))
        : html`<ul class="behind">${this.contacts.map((one) => this.line(one, isTime))}</ul>`}
        ${this.cursor ? html`<button class="button" data-act="more" @click=${() => void this.read()}>
          ${t("report.more")}</button>` : nothing}</div>`;
  }

  private line(one: FigureContact, isTime: boolean): Html {
    const who = one.client_name ?? one.number ?? t("report.unknown");
    const client = one.client_id;
    return html`<li>${icon(directionIcon(one.direction, one.outcome === "abandoned"))}
      <span class="behind-at num">${dateOf(one.started_at.slice(0, 10))} ${timeOfDay(one.started_at)}</span>
      <span class="behind-who">${client === null ? who : html`<button class="link"
        @click=${() => void this.desk.openClient(client)}>${who}</button>`}
        <small class="faint">${[this.desk.queueName(one.queue), one.operator ? this.desk.operatorName(one.operator) : "",
          words("outcome", one.outcome ?? "unknown"),
          one.disposition ? words("disposition", one.disposition) : "",
          one.waited_s ? t("report.waited", { s: clock(one.waited_s) }) : ""].filter(Boolean).join(" · ")}</small></span>
      <span class="num">${isTime ? clock(one.adds / 1000) : clock(one.talked_s)}</span></li>`;
  }
}

customElements.define("figure-list", FigureList);
