// Tasks on this screen: which are mine, which reminders nobody has put away, what is being typed.
import { now } from "./moments.js";
import type { Desk } from "./desk.js";
import type { TaskView } from "./protocol.gen.js";
import { readList, writeList } from "./settings.js";
import { t } from "./texts.js";

export type TaskFilter = "mine" | "team" | "given" | "done";

/** What the dialog is about: a new task, or another person or date for one. */
export interface TaskDraft {
  kind: "make" | "hand_over" | "reschedule";
  task?: TaskView;
  title?: string;
  clientId?: number | null;
  clientName?: string;
  requestId?: number | null;
  conversation?: number | null;
}

/** A reminder, or the news for a lead that something is late. `key` is put away with OK. */
export interface Alert {
  key: string;
  task: TaskView;
  isLate: boolean;
}

const PUT_AWAY_KEPT = 300;

export class TaskDesk {
  draft: TaskDraft = { kind: "make" };
  private putAway = new Set(readList("tasks_told"));

  constructor(private readonly desk: Desk) {}

  get all(): TaskView[] {
    return Object.values(this.desk.views.tasks)
      .sort((a, b) => a.due_at.localeCompare(b.due_at) || a.id - b.id);
  }

  /** Mine to do: I answer for it, or my group does and nobody has taken it yet. */
  isMine = (task: TaskView): boolean => {
    const { me } = this.desk;
    if (task.operator !== null) return task.operator === me?.id;
    return task.group !== null && (me?.groups.includes(task.group) ?? false);
  };

  get mine(): TaskView[] {
    return this.all.filter(this.isMine);
  }

  get late(): TaskView[] {
    return this.mine.filter(isLate);
  }

  ofClient(clientId: number): TaskView[] {
    return this.all.filter((task) => task.client_id === clientId);
  }

  // ── reminders ─────────────────────────────────────────────────────────────────────────────
  get alerts(): Alert[] {
    const me = this.desk.me?.id ?? "";
    const found: Alert[] = [];
    for (const task of this.all) {
      if (task.told_at && this.isMine(task)) {
        found.push({ key: `${task.id}@${task.told_at}`, task, isLate: false });
      }
      if (task.late_at && task.leads.includes(me) && task.operator !== me) {
        found.push({ key: `${task.id}!${task.late_at}`, task, isLate: true });
      }
    }
    return found.filter((alert) => !this.putAway.has(alert.key));
  }

  putAlertAway(alert: Alert): void {
    this.putAway.add(alert.key);
    const kept = [...this.putAway].slice(-PUT_AWAY_KEPT);
    this.putAway = new Set(kept);
    writeList("tasks_told", kept);
    this.desk.changed();
  }

  /** Tells who is looking elsewhere; who looks here sees it by itself. */
  tell(before: ReadonlySet<string>): void {
    if (!document.hidden || !("Notification" in window)) return;
    if (Notification.permission !== "granted") return;
    for (const { key, task, isLate } of this.alerts.slice(0, 3)) {
      if (before.has(key)) continue;
      const note = new Notification(t(isLate ? "task.is_late" : "task.is_due"),
                                    { body: task.title, tag: `deskline-task-${task.id}` });
      note.onclick = () => window.focus();
    }
  }

  // ── asking ────────────────────────────────────────────────────────────────────────────────
  open(draft: TaskDraft): void {
    this.draft = draft;
    this.desk.open("task");
  }

  /** A task about what is on the screen: the conversation, the client opened, or nothing. */
  openHere(): void {
    const { conversation, shown } = this.desk;
    const opened = shown?.kind === "client" ? this.desk.opened.get(shown.id) : undefined;
    const card = opened?.card ?? conversation?.card;
    this.open({ kind: "make", clientId: card?.client_id ?? null, clientName: card?.name ?? "",
                conversation: opened ? null : conversation?.id ?? null });
  }

  async finish(task: TaskView): Promise<void> {
    const done = await this.desk.ask("task.done", { id: task.id });
    if (done) this.desk.toast("info", t("task.was_done", { title: task.title }));
  }

  async take(task: TaskView): Promise<void> {
    const { me } = this.desk;
    if (me) await this.desk.ask("task.hand_over",
                                { id: task.id, operator: me.id, group: task.group });
  }
}

/** The page's clock decides, so that a task turns late without a message. */
export function isLate(task: TaskView): boolean {
  return task.done_at === null && Date.parse(task.due_at) < now().getTime();
}
