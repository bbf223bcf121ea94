// The dialog of a task: make one in one step, hand it over, give it another date.
import { html, nothing } from "lit";
import { now } from "../moments.js";
import type { TaskView } from "../protocol.gen.js";
import type { TaskDraft } from "../task_desk.js";
import { localTime, momentOf, quickTimes } from "../task_times.js";
import { dayAndTime, say, t } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

/** Minutes after the date; before it negative. */
const REMINDERS = [-1440, -60, -15, 0, 60];

class TaskForm extends Piece {
  static override readonly follows = [] as const;
  private isAsking = false;

  protected override render(): Html {
    const { draft } = this.desk.tasks;
    return html`<header class="dialog-head"><h2>${t(`task.${draft.kind}`)}</h2>
        <button class="quiet" aria-label=${t("close")} @click=${this.leave}>${icon("x")}</button>
      </header>
      <form class="pad task-form" @submit=${this.send}>
        ${this.about(draft)}
        ${draft.kind === "make" ? html`<label class="field"><span>${t("task.what")}</span>
          <input name="title" maxlength="200" required autofocus autocomplete="off"
            .defaultValue=${draft.title ?? ""}></label>` : nothing}
        ${draft.kind === "reschedule" ? nothing : this.who(draft)}
        ${draft.kind === "hand_over" ? nothing : this.when(draft.task)}
        <label class="field"><span>${t("task.note")}</span>
          <textarea name="note" rows="2" maxlength="2000"></textarea></label>
        <div class="form-end"><button class="button primary" ?disabled=${this.isAsking}>
          ${icon("check")} ${t(`task.do_${draft.kind}`)} ${keyHint("↵")}</button></div>
      </form>`;
  }

  protected override firstUpdated(): void {
    this.querySelector<HTMLElement>("[autofocus]")?.focus();
  }

  private about(draft: TaskDraft): Html {
    const { task } = draft;
    const client = task?.client_name || draft.clientName;
    const request = task?.request_id ?? draft.requestId;
    if (!client && !request && !task) return html`<p class="faint">${t("task.about_nothing")}</p>`;
    return html`<p class="task-about">
      ${task ? html`<strong>${task.title}</strong>` : nothing}
      ${client ? html`<span class="chip">${icon("user")} ${client}</span>` : nothing}
      ${request ? html`<span class="chip">${icon("clipboard-list")} ${
        t("task.request", { number: request })}</span>` : nothing}</p>`;
  }

  private who(draft: TaskDraft): Html {
    const { catalogue, me } = this.desk;
    const kept = draft.task;
    const chosen = kept ? (kept.operator ? `o:${kept.operator}` : `g:${kept.group}`) : `o:${me?.id}`;
    const option = (value: string, text: string): Html =>
      html`<option value=${value} ?selected=${value === chosen}>${text}</option>`;
    return html`<label class="field"><span>${t("task.who")}</span><select name="who"
      ?autofocus=${draft.kind === "hand_over"}>
      ${me ? option(`o:${me.id}`, t("task.me", { name: me.name })) : nothing}
      <optgroup label=${t("task.groups")}>${(catalogue?.groups ?? []).map((group) =>
        option(`g:${group.id}`, say(group.name)))}</optgroup>
      <optgroup label=${t("task.people")}>${(catalogue?.operators ?? [])
        .filter((one) => one.id !== me?.id)
        .map((one) => option(`o:${one.id}`, one.name))}</optgroup></select></label>`;
  }

  private when(task: TaskView | undefined): Html {
    const zone = this.zone;
    const quick = quickTimes(now(), zone);
    const value = task ? localTime(new Date(task.due_at), zone) : quick[0]?.at ?? "";
    const remind = task?.remind ?? [-15, 0];
    return html`<div class="field"><label for="task-due">${t("task.due")}</label>
        <div class="task-when"><input type="datetime-local" id="task-due" name="due" required
          .defaultValue=${value} ?autofocus=${task !== undefined}>
        ${quick.map((one) => html`<button type="button" class="button small" data-quick=${one.text}
          @click=${() => this.setDue(one.at)}>${t(`task.quick.${one.text}`)}</button>`)}</div></div>
      <fieldset class="task-remind"><legend>${t("task.remind")}</legend>
        ${REMINDERS.map((minutes) => html`<label><input type="checkbox" name="remind"
          value=${minutes} .defaultChecked=${remind.includes(minutes)}> ${
          t(`task.remind.${minutes}`)}</label>`)}</fieldset>`;
  }

  private get zone(): string {
    return this.desk.catalogue?.time_zone ?? "UTC";
  }

  private setDue(at: string): void {
    const field = this.querySelector<HTMLInputElement>("#task-due");
    if (field) field.value = at;
  }

  private leave = (): void => this.desk.open("");

  private send = (event: Event): void => {
    event.preventDefault();
    void this.ask(new FormData(event.target as HTMLFormElement));
  };

  private async ask(typed: FormData): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    this.requestUpdate();
    try {
      const task = await this.asked(typed);
      if (!task) return;
      this.desk.open("");
      this.desk.toast("info", t("task.kept", {
        title: task.title, when: dayAndTime(task.due_at, now()) }));
    } finally {
      this.isAsking = false;
      this.requestUpdate();
    }
  }

  private async asked(typed: FormData): Promise<TaskView | undefined> {
    const { draft } = this.desk.tasks;
    const text = (name: string): string => String(typed.get(name) ?? "");
    const [kind, id] = [text("who").slice(0, 1), text("who").slice(2)];
    const who = { operator: kind === "o" ? id : null, group: kind === "g" ? id : null };
    const due = momentOf(text("due"), this.zone)?.toISOString() ?? "";
    const remind = typed.getAll("remind").map(Number);
    const note = text("note");
    const result = draft.kind === "hand_over"
      ? await this.desk.ask("task.hand_over", { id: draft.task?.id ?? 0, note, ...who })
      : draft.kind === "reschedule"
        ? await this.desk.ask("task.reschedule",
                              { id: draft.task?.id ?? 0, due_at: due, remind, note })
        : await this.desk.ask("task.make", {
          title: text("title"), due_at: due, remind, note, ...who,
          client_id: draft.clientId ?? null, request_id: draft.requestId ?? null,
          conversation: draft.conversation ?? null });
    return (result as { task: TaskView } | undefined)?.task;
  }
}

customElements.define("task-form", TaskForm);
