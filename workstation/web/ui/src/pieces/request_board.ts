// Requests of my groups (leads: of all): a list with the next steps, lanes by stage or by person,
// who owes what to whom by when, and the mails that wait for somebody.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { now, secondsUntil } from "../moments.js";
import type { RequestView } from "../protocol.gen.js";
import { filledIn, stageName, stepName, titleOf } from "../request_words.js";
import { dayAndTime, stretch, t } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import "./mail_queue.js";
import "./owed_list.js";
import { Piece } from "./piece.js";
import "./request_detail.js";
import "./request_lanes.js";

const LOOKS = ["list", "stages", "people", "owed", "mail"] as const;
type Look = (typeof LOOKS)[number];

class RequestBoard extends Piece {
  static override readonly follows = ["requests", "tasks", "operators"] as const;
  private look: Look = "list";
  private group = "";
  private type = "";
  private onlyLate = false;
  private chosen = 0;             // the request whose detail is open

  protected override render(): Html {
    const all = Object.values(this.desk.views.requests)
      .sort((a, b) => a.due_at.localeCompare(b.due_at) || a.id - b.id);
    const shown = all.filter((request) => (!this.group || request.group === this.group)
      && (!this.type || request.type === this.type) && (!this.onlyLate || request.late));
    return html`
      ${this.head(all)}
      <div class="requests-body">
        <div class="scroll page-body" tabindex="0" role="region" aria-label=${t("requests.title")}>
          ${this.body(shown)}</div>
        ${this.chosen ? html`<request-detail .desk=${this.desk} .request=${this.chosen}
          @close=${() => this.set({ chosen: 0 })}
          @open-request=${(event: CustomEvent<number>) => this.set({ chosen: event.detail })}>
          </request-detail>` : nothing}
      </div>`;
  }

  private head(all: RequestView[]): Html {
    const groups = [...new Set(all.map((request) => request.group))].sort();
    const types = [...new Set(all.map((request) => request.type))].sort();
    const late = all.filter((request) => request.late).length;
    return html`<header class="page-head"><h1>${t("requests.title")}</h1>
      <span class="faint">${t("requests.count", { n: all.length })}</span>
      <div class="filters" role="group" aria-label=${t("requests.look")}>
        ${LOOKS.map((look) => html`<button aria-pressed=${this.look === look} data-look=${look}
          @click=${() => this.set({ look })}>${t(`requests.look.${look}`)}</button>`)}</div>
      ${this.look === "mail" ? nothing : html`
        <select aria-label=${t("requests.group")} data-filter="group" @change=${(event: Event) =>
          this.set({ group: (event.target as HTMLSelectElement).value })}>
          ${["", ...groups].map((id) => html`<option value=${id} ?selected=${this.group === id}>
            ${id ? this.desk.groupName(id) : t("requests.all_groups")}</option>`)}</select>
        <select aria-label=${t("requests.what")} data-filter="type" @change=${(event: Event) =>
          this.set({ type: (event.target as HTMLSelectElement).value })}>
          ${["", ...types].map((id) => html`<option value=${id} ?selected=${this.type === id}>
            ${id ? this.typeName(all, id) : t("requests.all_types")}</option>`)}</select>
        <button class="toggle" aria-pressed=${this.onlyLate}
          @click=${() => this.set({ onlyLate: !this.onlyLate })}>
          ${icon("clock")} ${t("requests.late", { n: late })}</button>`}
    </header>`;
  }

  private typeName(all: RequestView[], type: string): string {
    const one = all.find((request) => request.type === type);
    return one ? titleOf(this.desk, one) : type;
  }

  private body(shown: RequestView[]): Html {
    const open = (event: CustomEvent<number>): void => this.set({ chosen: event.detail });
    switch (this.look) {
      case "mail": return html`<mail-queue .desk=${this.desk} @open-request=${open}></mail-queue>`;
      case "owed": return html`<owed-list .desk=${this.desk} .group=${this.group}
        .type=${this.type} .onlyLate=${this.onlyLate} @open-request=${open}></owed-list>`;
      case "list": return shown.length === 0
        ? empty(t("requests.none"), t("requests.none_how")) : this.list(shown);
      default: return shown.length === 0 ? empty(t("requests.none"), t("requests.none_how"))
        : html`<request-lanes .desk=${this.desk} .shown=${shown} .by=${this.look}
          @open-request=${open}></request-lanes>`;
    }
  }

  private list(shown: RequestView[]): Html {
    return html`<table class="table"><thead><tr>
        ${["number", "what", "client", "group", "stage", "due", "next"].map((column) =>
          html`<th scope="col">${t(`requests.${column}`)}</th>`)}
      </tr></thead><tbody>
        ${repeat(shown, (request) => request.id, (request) => this.row(request))}
      </tbody></table>`;
  }

  private set(change: { look?: Look; group?: string; type?: string;
                      onlyLate?: boolean; chosen?: number }): void {
    Object.assign(this, change);
    this.requestUpdate();
  }

  private row(request: RequestView): Html {
    return html`<tr class=${request.late ? "is-late-row" : ""}>
      <td class="number"><button class="link" data-act="open" title=${t("requests.open")}
        @click=${() => this.set({ chosen: request.id })}>${request.number}</button></td>
      <td><strong>${titleOf(this.desk, request)}</strong>${this.about(request)}</td>
      <td>${this.desk.hasDesk && request.client_id
        ? html`<button class="link" @click=${() => void this.desk.openClient(request.client_id)}>
            ${request.client_name}</button>` : request.client_name || request.contact}</td>
      <td>${this.desk.groupName(request.group)}${this.whose(request)}</td>
      <td><span class="chip">${stageName(this.desk, request.type, request.stage)}</span></td>
      <td>${due(request)}</td>
      <td class="next">${request.offered_to === this.desk.me?.id && this.desk.hasDesk ? html`
        <button class="button small is-primary" data-act="take"
          @click=${() => void this.desk.ask("request.take", { id: request.id })}>
          ${t("request.take")}</button>` : nothing}
        ${request.stages.map((next) => html`<button class="button small"
        data-request=${request.id} data-stage=${next}
        @click=${() => void this.desk.ask("request.move", { id: request.id, stage: next })}>
        ${stepName(this.desk, request.type, next)}</button>`)}<button class="button small"
        data-act="task" @click=${() => this.desk.tasks.open({ kind: "make", requestId: request.id,
          title: titleOf(this.desk, request), clientId: request.client_id || null,
          clientName: request.client_name })}>${icon("plus")} ${t("task.short")}</button></td></tr>`;
  }

  private whose(request: RequestView): Html {
    const text = request.operator ? this.desk.operatorName(request.operator)
      : request.offered_to ? t("requests.offered", { name: this.desk.operatorName(request.offered_to) })
      : "";
    return text ? html`<small class="faint block">${text}</small>` : html``;
  }

  private about(request: RequestView): Html {
    const said = filledIn(this.desk, request);
    if (said.length === 0) return html``;
    return html`<small class="faint about" title=${said.map((one) => one.join(": ")).join("\n")}>
      ${said.map(([label, value], at) => html`${at ? " · " : ""}${label}
        <span class="value">${value}</span>`)}</small>`;
  }
}

export function due(request: { due_at: string; late: boolean }): Html {
  const left = secondsUntil(request.due_at);
  return html`<span class="num">${dayAndTime(request.due_at, now())}</span>
    <small class="block ${request.late ? "is-late" : "faint"}">${left < 0
      ? t("requests.late_by", { time: stretch(-left) })
      : t("requests.left", { time: stretch(left) })}</small>`;
}

customElements.define("request-board", RequestBoard);
