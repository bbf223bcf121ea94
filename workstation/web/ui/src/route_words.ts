// A call's way as people read it.
import type { Desk } from "./desk.js";
import { conditions, type Reason } from "./kept_types.js";
import { t } from "./texts.js";

/** Anna Petrova, then Billing, priority 6. */
export function way(desk: Desk, queue: string, priority: number, operator: string | null): string {
  const where = operator ? t("routing.first_then", { who: desk.operatorName(operator), queue: desk.queueName(queue) })
    : desk.queueName(queue);
  return priority ? `${where}, ${t("routing.priority", { n: priority })}` : where;
}

export function because(reason: Reason): string {
  return `${reason.says || reason.rule}: ${conditions(reason.because).join(", ")}`;
}
