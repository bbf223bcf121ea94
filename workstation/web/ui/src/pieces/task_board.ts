// The tab "tasks": mine, my team's, those I gave, those that are done; by date, with what to do.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { everySecond, now, secondsUntil } from "../moments.js";
import type { TaskEventView, TaskView } from "../protocol.gen.js";
import { isLate, type TaskFilter } from "../task_desk.js";
import { dayAndTime, stretch, t, words } from "../texts.js";
import { empty, icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const FILTERS: TaskFilter[] = ["mine", "team", "given", "done"];
const DRAWN_EVERY_S = 20;       // what is left until a date changes by itself

class TaskBoard extends Piece {
  static override readonly follows = ["tasks", "operators"] as const;
  private filter: TaskFilter | null = null;
  private onlyLate = false;
  private done: TaskView[] = [];
  private readonly histories = new Map<number, TaskEventView[]>();
  private stopTicking: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    let beats = 0;
    this.stopTicking = everySecond(() => { if (++beats % DRAWN_EVERY_S === 0) this.requestUpdate(); });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopTicking?.();
  }

  protected override render(): Html {
    const filter = this.filter ?? (this.desk.isLead ? "team" : "mine");
    const found = this.found(filter);
    const late = found.filter(isLate);
    const shown = this.onlyLate && filter !== "done" ? late : found;
    return html`
      <header class="page-head"><h1>${t("tasks.title")}</h1>
        <span class="faint">${t("tasks.count", { n: found.length })}</span>
        <div class="filters" role="group" aria-label=${t("tasks.whose")}>
          ${FILTERS.map((id) => html`<button aria-pressed=${filter === id} data-filter=${id}
            @click=${() => this.choose(id)}>${t(`tasks.${id}`)}</button>`)}</div>
        <button class="toggle" aria-pressed=${this.onlyLate} ?disabled=${filter === "done"}
          @click=${() => { this.onlyLate = !this.onlyLate; this.requestUpdate(); }}>
          ${icon("clock")} ${t("tasks.late", { n: late.length })}</button>
        <span class="spring"></span>
        <button class="button" data-act="new-task" @click=${() => this.desk.tasks.open({ kind: "make" })}>
          ${icon("plus")} ${t("task.make")} ${keyHint("Alt T")}</button>
      </header>
      <div class="scroll page-body" tabindex="0" role="region" aria-label=${t("tasks.title")}>
        ${shown.length === 0 ? empty(t(`tasks.none.${filter}`), t("tasks.none_how")) : html`
        <table class="table tasks"><thead><tr>
          ${["due", "what", "client", "who", "next"].map((column) =>
            html`<th scope="col">${t(`tasks.${column}`)}</th>`)}
        </tr></thead><tbody>
          ${repeat(shown, (task) => task.id, (task) => this.row(task))}
        </tbody></table>`}
      </div>`;
  }

  private found(filter: TaskFilter): TaskView[] {
    const { all, isMine } = this.desk.tasks;
    const me = this.desk.me?.id;
    switch (filter) {
      case "mine": return all.filter(isMine);
      case "given": return all.filter((task) => task.made_by === me && task.operator !== me);
      case "done": return this.done;
      default: return all;
    }
  }

  private choose(filter: TaskFilter): void {
    this.filter = filter;
    this.requestUpdate();
    if (filter === "done") void this.readDone();
  }

  private async readDone(): Promise<void> {
    const result = await this.desk.ask("task.list", { done: true });
    if (!result) return;
    this.done = (result as { tasks: TaskView[] }).tasks;
    this.requestUpdate();
  }

  // ── a row ─────────────────────────────────────────────────────────────────────────────────
  private row(task: TaskView): Html {
    return html`<tr class=${isLate(task) ? "is-late-row" : ""} data-task=${task.id}>
      <td class="task-due">${due(task)}</td>
      <td><button class="link task-title" aria-expanded=${this.histories.has(task.id)}
          title=${t("tasks.history")} @click=${() => void this.toggle(task)}>${task.title}</button>
        ${task.note ? html`<small class="faint block about">${task.note}</small>` : nothing}
        ${this.history(task)}</td>
      <td>${this.about(task)}</td>
      <td>${this.who(task)}</td>
      <td class="next">${task.done_at ? this.reopener(task) : this.steps(task)}</td></tr>`;
  }

  private about(task: TaskView): Html {
    const { client_id: clientId } = task;
    return html`${clientId === null ? nothing : this.desk.hasDesk
      ? html`<button class="link" @click=${() => void this.desk.openClient(clientId)}>
        ${task.client_name}</button>` : task.client_name}
      ${task.request_id ? html`<small class="faint block">${
        t("task.request", { number: task.request_id })}</small>` : nothing}`;
  }

  private who(task: TaskView): Html {
    const group = task.group ? this.desk.groupName(task.group) : "";
    const name = task.operator ? this.desk.operatorName(task.operator) : "";
    const given = task.made_by !== task.operator
      ? t("tasks.given_by", { name: this.desk.operatorName(task.made_by) }) : "";
    return html`${name || group}${[name ? group : "", given].filter(Boolean).map((line) =>
      html`<small class="faint block">${line}</small>`)}`;
  }

  private steps(task: TaskView): Html {
    const { tasks } = this.desk;
    return html`<button class="button small" data-act="done" @click=${() => void tasks.finish(task)}>
        ${icon("check")} ${t("task.done")}</button>
      ${task.operator === null && this.desk.hasDesk ? html`<button class="button small"
        data-act="take" @click=${() => void tasks.take(task)}>${t("task.take")}</button>` : nothing}
      ${task.client_id !== null && this.desk.hasDesk ? html`<button class="button small" data-act="call"
        ?disabled=${this.desk.live !== null}
        @click=${() => void this.desk.outbound.callClient(task.client_id ?? 0)}>
        ${icon("phone")} ${t("client.call")}</button>` : nothing}
      <button class="button small" data-act="move"
        @click=${() => tasks.open({ kind: "reschedule", task })}>${t("task.reschedule")}</button>
      <button class="button small" data-act="hand-over"
        @click=${() => tasks.open({ kind: "hand_over", task })}>${t("task.hand_over")}</button>`;
  }

  private reopener(task: TaskView): Html {
    return html`<button class="button small" data-act="reopen"
      @click=${() => void this.reopen(task)}>${t("task.reopen")}</button>`;
  }

  private async reopen(task: TaskView): Promise<void> {
    if (await this.desk.ask("task.reopen", { id: task.id })) await this.readDone();
  }

  // ── its history ───────────────────────────────────────────────────────────────────────────
  private async toggle(task: TaskView): Promise<void> {
    if (!this.histories.delete(task.id)) {
      const result = await this.desk.ask("task.history", { id: task.id });
      if (result) this.histories.set(task.id, (result as { events: TaskEventView[] }).events);
    }
    this.requestUpdate();
  }

  private history(task: TaskView): Html {
    const events = this.histories.get(task.id);
    if (!events) return nothing;
    return html`<ol class="task-history">${events.map((event) => html`<li>
      <span class="num faint">${dayAndTime(event.at, now())}</span>
      <b>${words("task_event", event.kind)}</b>
      ${event.by === "clock" ? nothing : this.desk.operatorName(event.by)}
      <span class="faint">${this.became(event)}</span>
      ${event.note ? html`<q>${event.note}</q>` : nothing}</li>`)}</ol>`;
  }

  /** What an event changed: the person, or the date. */
  private became(event: TaskEventView): string {
    if (event.kind === "handed_over") {
      return `→ ${event.operator ? this.desk.operatorName(event.operator)
        : this.desk.groupName(event.group ?? "")}`;
    }
    return event.kind === "moved" ? `→ ${dayAndTime(event.due_at, now())}` : "";
  }
}

function due(task: TaskView): Html {
  if (task.done_at) {
    return html`<span class="num">${dayAndTime(task.done_at, now())}</span>`;
  }
  const left = secondsUntil(task.due_at);
  return html`<span class="num">${dayAndTime(task.due_at, now())}</span>
    <small class="block ${left < 0 ? "is-late" : "faint"}">${left < 0
      ? html`${icon("triangle-alert")} ${t("requests.late_by", { time: stretch(-left) })}`
      : t("requests.left", { time: stretch(left) })}</small>`;
}

customElements.define("task-board", TaskBoard);
