// Figures past a threshold: in words, told once as they cross, with a sound that can be muted.
import type { Desk } from "./desk.js";
import type { AlarmView, QueueView } from "./protocol.gen.js";
import { Ring } from "./ring.js";
import { isAlarmMuted } from "./settings.js";
import { clock, number, say, t } from "./texts.js";

export type Figure = AlarmView["figure"];
export type Shelf = Readonly<Record<string, Pick<QueueView, "id" | "name" | "alarms">>>;

export interface Crossed {
  queue: string;
  alarm: AlarmView;
}

export function alarmOf(queue: Pick<QueueView, "alarms">, figure: Figure): AlarmView | undefined {
  return (queue.alarms ?? []).find((one) => one.figure === figure);
}

/** The worse of all that stands. */
export function worst(queue: Pick<QueueView, "alarms">): "" | "amber" | "red" {
  const levels = (queue.alarms ?? []).map((one) => one.level);
  return levels.includes("red") ? "red" : levels.includes("amber") ? "amber" : "";
}

/** What rose between two pictures: came, or went from amber to red. */
export function risen(before: Shelf, after: Shelf): Crossed[] {
  return Object.values(after).flatMap((queue) => {
    const known = before[queue.id];
    if (!known) return [];
    return (queue.alarms ?? []).filter((alarm) => {
      const old = alarmOf(known, alarm.figure);
      return !old || (old.level === "amber" && alarm.level === "red");
    }).map((alarm) => ({ queue: queue.name, alarm }));
  });
}

/** `longest wait 3:00 or more`. */
export function alarmWords(alarm: Pick<AlarmView, "figure" | "bound">): string {
  const bound = alarm.figure === "longest" ? clock(alarm.bound) : number(alarm.bound);
  return t(`alarm.${alarm.figure}`, { bound });
}

const ring = new Ring();

/** Leads hear of each crossing once; the tiles go on showing it. */
export function watchAlarms(desk: Desk): () => void {
  let known: Shelf = desk.views.queues;
  let isFirst = true;
  return desk.watch(() => {
    const before = known;
    known = desk.views.queues;
    if (known === before) return;
    const news = isFirst || !desk.isLead ? [] : risen(before, known);
    isFirst = false;
    for (const { queue, alarm } of news) {
      desk.toast(alarm.level === "red" ? "error" : "info", [
        `${t(`alarm.${alarm.level}`)} · ${say(queue)}: ${alarmWords(alarm)}`, alarm.message,
      ].filter(Boolean).join(" · "));
    }
    if (news.some(({ alarm }) => alarm.sound)) sound(news.some(({ alarm }) => alarm.level === "red"));
  });
}

export function sound(isRed: boolean): void {
  if (isAlarmMuted()) return;
  void (isRed ? ring.once() : ring.tick());
}
