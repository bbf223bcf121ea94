// Requests of my groups (supervisors: of all): by deadline, with the next steps beside each.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { now, secondsUntil } from "../moments.js";
import type { FormFieldView, RequestView } from "../protocol.gen.js";
import { day, dayAndTime, say, spoken, stretch, t, words } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

class RequestBoard extends Piece {
  private group = "";
  private onlyLate = false;

  protected override render(): Html {
    const all = Object.values(this.desk.views.requests)
      .sort((a, b) => a.due_at.localeCompare(b.due_at) || a.id - b.id);
    const groups = [...new Set(all.map((request) => request.group))].sort();
    const shown = all.filter((request) =>
      (!this.group || request.group === this.group) && (!this.onlyLate || request.late));
    const late = all.filter((request) => request.late).length;
    return html`
      <header class="page-head"><h1>${t("requests.title")}</h1>
        <span class="faint">${t("requests.count", { n: all.length })}</span>
        <div class="filters" role="group" aria-label=${t("requests.group")}>
          ${["", ...groups].map((id) => html`<button aria-pressed=${this.group === id}
            @click=${() => this.set({ group: id })}>
            ${id ? this.desk.groupName(id) : t("requests.all_groups")}</button>`)}
        </div>
        <button class="toggle" aria-pressed=${this.onlyLate}
          @click=${() => this.set({ onlyLate: !this.onlyLate })}>
          ${icon("clock")} ${t("requests.late", { n: late })}</button>
      </header>
      <div class="scroll page-body" tabindex="0" role="region" aria-label=${t("requests.title")}>
      ${shown.length === 0 ? empty(t("requests.none"), t("requests.none_how")) : html`
        <table class="table"><thead><tr>
          ${["number", "what", "client", "group", "stage", "due", "next"].map((column) =>
            html`<th scope="col">${t(`requests.${column}`)}</th>`)}
        </tr></thead><tbody>
          ${repeat(shown, (request) => request.id, (request) => this.row(request))}
        </tbody></table>`}
      </div>`;
  }

  private set(change: { group?: string; onlyLate?: boolean }): void {
    this.group = change.group ?? this.group;
    this.onlyLate = change.onlyLate ?? this.onlyLate;
    this.requestUpdate();
  }

  private row(request: RequestView): Html {
    return html`<tr class=${request.late ? "is-late-row" : ""}>
      <td class="number">${request.number}</td>
      <td><strong>${say(request.title)}</strong>${this.about(request)}</td>
      <td>${this.desk.hasDesk
        ? html`<button class="link" @click=${() => void this.desk.openClient(request.client_id)}>
            ${request.client_name}</button>` : request.client_name}</td>
      <td>${this.desk.groupName(request.group)}${request.operator ? html`
        <small class="faint block">${this.desk.operatorName(request.operator)}</small>` : nothing}</td>
      <td><span class="chip">${stage(request.stage)}</span></td>
      <td>${due(request)}</td>
      <td class="next">${request.stages.map((next) => html`<button class="button small"
        data-request=${request.id} data-stage=${next}
        @click=${() => void this.desk.ask("request.move", { id: request.id, stage: next })}>
        ${words("stage_to", next)}</button>`)}<button class="button small" data-act="task"
        @click=${() => this.desk.tasks.open({ kind: "make", requestId: request.id,
          title: say(request.title), clientId: request.client_id || null,
          clientName: request.client_name })}>${icon("plus")} ${t("task.short")}</button></td></tr>`;
  }

  /** What the form says: each value with its label, as this language writes it. */
  private about(request: RequestView): Html {
    const form = this.desk.catalogue?.request_types.find((one) => one.type === request.type);
    const said = Object.entries(request.fields).filter(([, value]) => value).map(([name, value]) => {
      const field = form?.fields.find((one) => one.name === name);
      return [say(field?.label ?? name), written(field, value)] as const;
    });
    if (said.length === 0) return nothing;
    return html`<small class="faint about" title=${said.map((one) => one.join(": ")).join("\n")}>
      ${said.map(([label, value], at) => html`${at ? " · " : ""}${label}
        <span class="value">${value}</span>`)}</small>`;
  }
}

function written(field: FormFieldView | undefined, value: string): string {
  const chosen = field?.choices.find(([id]) => id === value)?.[1];
  if (chosen) return say(chosen);
  if (field?.kind === "number" && Number.isFinite(Number(value))) {
    return new Intl.NumberFormat(spoken(), { maximumFractionDigits: 6 }).format(Number(value));
  }
  if (field?.kind === "date" && /^\d{4}-\d\d-\d\d$/.test(value)) return day(value, now());
  return value;
}

function due(request: RequestView): Html {
  const left = secondsUntil(request.due_at);
  return html`<span class="num">${dayAndTime(request.due_at, now())}</span>
    <small class="block ${request.late ? "is-late" : "faint"}">${left < 0
      ? t("requests.late_by", { time: stretch(-left) })
      : t("requests.left", { time: stretch(left) })}</small>`;
}

function stage(id: string): string {
  return words("stage", id);
}

customElements.define("request-board", RequestBoard);
