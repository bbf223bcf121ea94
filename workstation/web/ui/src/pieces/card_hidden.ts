// What a card does not show to this person, and by which rule.
import { html, nothing } from "lit";
import type { CardView } from "../protocol.gen.js";
import { t } from "../texts.js";
import { icon, type Html } from "./bits.js";

export function hiddenLine(card: CardView): Html {
  const hidden = card.hidden ?? [];
  if (hidden.length === 0) return nothing;
  const groups = hidden.map((one) => t(`rights.group.${one.group}`)).join(", ");
  const rules = [...new Set(hidden.map((one) => one.right))].join(", ");
  return html`<p class="notice-line hidden-line">${icon("shield-question-mark")} ${
    t("rights.hidden", { groups })} <small class="faint">${t("rights.by", { right: rules })}</small></p>`;
}
