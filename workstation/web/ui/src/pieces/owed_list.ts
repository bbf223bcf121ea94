// Who owes what to whom by when: requests and tasks in one list, by date.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { secondsUntil } from "../moments.js";
import { stageName, titleOf } from "../request_words.js";
import { t } from "../texts.js";
import { empty, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import { due } from "./request_board.js";

interface Owed {
  key: string;
  who: string;            // operator, else ""
  group: string;
  what: string;
  more: string;
  whom: string;
  due_at: string;
  late: boolean;
  request: number;
}

class OwedList extends Piece {
  static override readonly follows = ["requests", "tasks", "operators"] as const;
  static override properties = { ...Piece.properties, group: { attribute: false },
                                 type: { attribute: false }, onlyLate: { attribute: false } };
  declare group: string;
  declare type: string;
  declare onlyLate: boolean;
  private who = "";

  protected override render(): Html {
    const all = this.all();
    const people = [...new Set(all.map((one) => one.who).filter(Boolean))]
      .sort((a, b) => this.desk.operatorName(a).localeCompare(this.desk.operatorName(b)));
    const shown = all.filter((one) => !this.who || one.who === this.who);
    return html`<p class="owed-filter"><label>${t("owed.who")}
      <select data-filter="who" @change=${(event: Event) => {
        this.who = (event.target as HTMLSelectElement).value;
        this.requestUpdate();
      }}><option value="">${t("owed.everybody")}</option>
        ${people.map((id) => html`<option value=${id} ?selected=${this.who === id}>
          ${this.desk.operatorName(id)}</option>`)}</select></label>
      <span class="faint">${t("owed.count", { n: shown.length })}</span></p>
      ${shown.length === 0 ? empty(t("owed.none"), t("owed.none_how")) : html`
      <table class="table owed"><thead><tr>${["who", "what", "whom", "due"].map((column) =>
        html`<th scope="col">${t(`owed.${column}`)}</th>`)}</tr></thead><tbody>
        ${repeat(shown, (one) => one.key, (one) => this.row(one))}</tbody></table>`}`;
  }

  private row(one: Owed): Html {
    return html`<tr class=${one.late ? "is-late-row" : ""} data-owed=${one.key}>
      <td>${one.who ? this.desk.operatorName(one.who) : t("requests.nobody")}
        <small class="faint block">${one.group ? this.desk.groupName(one.group) : ""}</small></td>
      <td>${one.request ? html`<button class="link" data-act="open" @click=${() =>
          this.dispatchEvent(new CustomEvent("open-request", { detail: one.request }))}>
          ${one.what}</button>` : one.what}
        <small class="faint block">${one.more}</small></td>
      <td>${one.whom}</td><td>${due(one)}</td></tr>`;
  }

  private all(): Owed[] {
    const requests = Object.values(this.desk.views.requests)
      .filter((one) => !this.type || one.type === this.type).map((one): Owed => ({
        key: `r${one.id}`, who: one.operator ?? one.offered_to ?? "", group: one.group,
        what: `${one.number} · ${titleOf(this.desk, one)}`,
        more: stageName(this.desk, one.type, one.stage), due_at: one.due_at, late: one.late,
        whom: one.client_name || one.contact || "", request: one.id }));
    const tasks = this.type ? [] : Object.values(this.desk.views.tasks).map((one): Owed => ({
      key: `t${one.id}`, who: one.operator ?? "", group: one.group ?? "", what: one.title,
      more: t("owed.task"), whom: one.client_name, due_at: one.due_at,
      late: secondsUntil(one.due_at) < 0, request: one.request_id ?? 0 }));
    return [...requests, ...tasks]
      .filter((one) => (!this.group || one.group === this.group) && (!this.onlyLate || one.late))
      .sort((a, b) => a.due_at.localeCompare(b.due_at));
  }
}

customElements.define("owed-list", OwedList);
