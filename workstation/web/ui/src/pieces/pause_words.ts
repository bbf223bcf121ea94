// What is said of a pause: set aside for not answering, how long it may last, that it is over.
import { html, nothing } from "lit";
import type { OperatorView } from "../protocol.gen.js";
import { stretch, t, tOr } from "../texts.js";
import { type Html } from "./bits.js";

/** Asterisk's own reason: the telephone rang and nobody answered. */
export const SET_ASIDE = "Auto-Pause";

export function isSetAside(one: OperatorView | null): boolean {
  return one?.state === "paused" && one.reason === SET_ASIDE;
}

/** In the place of the call, while there is none. */
export function restWords(one: OperatorView | null): Html {
  if (isSetAside(one)) {
    return html`<span class="rest is-set-aside" role="alert">${t("strip.set_aside")}</span>`;
  }
  const state = one?.state === "paused" ? "paused" : "offline";
  return html`<span class="rest">${t(`strip.${state}`)} ${timeUsed(one)}</span>`;
}

/** `12:10 of 45 min`, amber and then red when it is over. */
export function timeUsed(one: OperatorView | null): Html {
  if (!one || one.limit_s === null || one.limit_s === undefined) return nothing;
  const limit = stretch(one.limit_s);
  return html`<span class="pause-used ${one.over ? `is-over-${one.over}` : ""}"
    role=${one.over ? "alert" : "none"}>${one.over ? `${t("pause.over")} ` : nothing}<tick-time
    since=${one.since}></tick-time> ${t("pause.of", { limit })}</span>`;
}

export function reasonWords(one: OperatorView): Html {
  if (one.state !== "paused" || !one.reason) return nothing;
  return html` · ${tOr(`reason.${one.reason}`, one.reason)}`;
}

/** On the floor: in words and not in colour alone. */
export function overWords(one: OperatorView): Html {
  if (!one.over || !one.limit_s) return nothing;
  return html`<span class="pause-used is-over-${one.over}">${
    t("pause.longer_than", { limit: stretch(one.limit_s) })}</span>`;
}
