// Reminders that came due, and for a lead what is late: they stay until they are put away.
import { html, nothing } from "lit";
import { now } from "../moments.js";
import type { Alert } from "../task_desk.js";
import { dayAndTime, t } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const SHOWN = 3;

class TaskAlerts extends Piece {
  static override readonly follows = ["tasks"] as const;

  protected override render(): Html {
    const { alerts } = this.desk.tasks;
    const more = alerts.length - SHOWN;
    return html`${alerts.slice(0, SHOWN).map((alert) => this.one(alert))}
      ${more > 0 ? html`<button class="button small" @click=${() => this.desk.go("tasks")}>${
        t("task.more_alerts", { n: more })}</button>` : nothing}`;
  }

  private one(alert: Alert): Html {
    const { task, isLate } = alert;
    const clientId = task.client_id;
    const who = task.operator ? this.desk.operatorName(task.operator)
      : this.desk.groupName(task.group ?? "");
    return html`<div class="task-alert ${isLate ? "is-late-alert" : ""}" data-task=${task.id}>
      <p>${icon(isLate ? "triangle-alert" : "bell")}
        <strong>${t(isLate ? "task.is_late" : "task.is_due")}</strong>
        <span class="num faint">${dayAndTime(task.due_at, now())}</span></p>
      <p class="task-alert-what">${task.title}</p>
      <p class="faint">${[task.client_name, isLate ? who : ""].filter(Boolean).join(" · ")}</p>
      <div class="task-alert-do">
        ${isLate ? nothing : html`<button class="button small" data-act="alert-done"
          @click=${() => void this.desk.tasks.finish(task)}>${icon("check")} ${t("task.done")}</button>`}
        ${clientId !== null && this.desk.hasDesk ? html`<button class="button small"
          @click=${() => void this.desk.openClient(clientId)}>${t("task.open_client")}</button>` : nothing}
        <button class="button small" data-act="put-away"
          @click=${() => this.desk.tasks.putAlertAway(alert)}>${t("task.put_away")}</button>
      </div></div>`;
  }
}

customElements.define("task-alerts", TaskAlerts);
