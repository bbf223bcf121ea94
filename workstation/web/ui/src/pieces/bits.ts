// Small parts many pieces draw alike.
import { html, nothing, type TemplateResult } from "lit";
import type { CallState, ConversationState, OperatorState } from "../protocol.gen.js";
import type { IconName } from "../icon_shapes.js";
import { shownKey } from "../own_keys.js";
import { words } from "../texts.js";

export type Html = TemplateResult | typeof nothing;
export type Mark = OperatorState | ConversationState | CallState;

const MARKS: Record<string, string> = {
  ringing: "offered", dialling: "offered", done: "offline", missed: "breach", menu: "paused",
  waiting: "offered",
};

/** The state's shape in the state's colour; the word stands beside it. */
export function mark(state: Mark): Html {
  return html`<span class="mark mark-${MARKS[state] ?? state}"></span>`;
}

export function tone(state: Mark): string {
  return `tone-${MARKS[state] ?? state}`;
}

export function icon(name: IconName): Html {
  return html`<desk-icon name=${name}></desk-icon>`;
}

/** `keys` as delivered; who changed them sees his own. */
export function keyHint(keys: string): Html {
  return html`<kbd>${shownKey(keys)}</kbd>`;
}

export function empty(title: string, how: string): Html {
  return html`<div class="empty"><p class="empty-title">${title}</p><p>${how}</p></div>`;
}

export function directionIcon(direction: string, missed = false): IconName {
  if (missed) return "phone-missed";
  return direction === "out" ? "phone-outgoing" : "phone-incoming";
}

/** What the caller did in the menu; steps that say nothing to people have empty words. */
export function menuPath(path: string[]): string {
  return path.map((step) => words("menu", step.split(":").at(-1) ?? "")).filter(Boolean).join(" › ");
}
