// Leads hear of it when somebody is set aside or his pause lasts too long: once each time.
import type { Desk } from "./desk.js";
import type { OperatorView } from "./protocol.gen.js";
import { isSetAside } from "./pieces/pause_words.js";
import { stretch, t, tOr } from "./texts.js";

export function watchPauses(desk: Desk): () => void {
  let known = desk.views.operators;
  return desk.watch(() => {
    const before = known;
    known = desk.views.operators;
    if (known === before || !desk.isLead) return;
    for (const one of Object.values(known)) {
      const text = one.id === desk.me?.id ? "" : news(before[one.id], one);
      if (text) desk.toast("info", text);
    }
  });
}

function news(before: OperatorView | undefined, one: OperatorView): string {
  if (!before) return "";
  if (isSetAside(one) && !isSetAside(before)) return t("pause.is_set_aside", { name: one.name });
  if (!one.over || one.over === before.over || !one.limit_s) return "";
  return t("pause.is_over", { name: one.name, limit: stretch(one.limit_s),
                              reason: tOr(`reason.${one.reason}`, one.reason) });
}
