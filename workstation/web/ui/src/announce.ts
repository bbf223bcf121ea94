// A new conversation: open it if nobody is typing, ring, notify, and mark when it is painted.
import { isLive, type Desk } from "./desk.js";
import type { ConversationView } from "./protocol.gen.js";
import { phone } from "./numbers.js";
import { Ring } from "./ring.js";
import { isRingMuted } from "./settings.js";
import { say, t } from "./texts.js";

/** Opening the sound device takes a fifth of a second: after the page is drawn, before a call. */
const SOUND_AFTER_MS = 1500;

type Shelf = Record<string, ConversationView>;

export interface Announcer {
  compare(before: Shelf, after: Shelf): void;
  /** Something of mine fell due. */
  tick(): void;
  ring: Ring;
}

export function announce(desk: Desk): Announcer {
  const ring = new Ring();
  setTimeout(() => ring.prepare(), SOUND_AFTER_MS);
  const compare = (before: Shelf, after: Shelf): void => {
    for (const one of Object.values(after)) {
      if (!before[one.id] && isLive(one)) appeared(desk, one);
    }
    if (!ringsNow(desk) || isRingMuted()) ring.stop();
    else afterPaint(() => { if (ringsNow(desk)) ring.start(); });
  };
  const tick = (): void => { if (!isRingMuted() && desk.phone.ringsHere) void ring.tick(); };
  return { compare, tick, ring };
}

function ringsNow(desk: Desk): boolean {
  return desk.phone.ringsHere && desk.conversations.some((one) => one.state === "ringing");
}

function appeared(desk: Desk, conversation: ConversationView): void {
  const live = desk.live;
  const isBusy = live !== null && live.id !== conversation.id;
  if (!isBusy && !isTyping()) {
    if (conversation.client_id) desk.opened.delete(conversation.client_id);
    desk.shown = { kind: "conversation", id: conversation.id };
    if (desk.hasDesk && desk.tab !== "desk") desk.go("desk");
  }
  markPainted(conversation);
  afterPaint(() => notifyHidden(conversation));
}

/** The picture comes first, then the sound: opening a sound device can take a while. */
function afterPaint(run: () => void): void {
  if (document.hidden) run();
  else requestAnimationFrame(() => setTimeout(run));
}

/** A draft, a form or the search field has the cursor: nothing may take it away. */
export function isTyping(): boolean {
  const field = document.activeElement;
  return field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement ||
    (field instanceof HTMLInputElement && !["checkbox", "radio"].includes(field.type));
}

/** `performance` entry "conversation painted" with Asterisk's moment, for `make bench-screen`. */
function markPainted(conversation: ConversationView): void {
  const detail = { id: conversation.id, call: conversation.call,
                   offered_at: conversation.offered_at };
  performance.mark("conversation heard", { detail });
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => performance.mark("conversation painted", {
      detail: { ...detail, painted_at: performance.timeOrigin + performance.now() } });
    channel.port2.postMessage(null);
  });
}

function notifyHidden(conversation: ConversationView): void {
  if (!document.hidden || !("Notification" in window)) return;
  if (Notification.permission !== "granted") return;
  const who = whoIs(conversation);
  const note = new Notification(t("ring.title", { who }), {
    body: [conversation.number_label, say(conversation.queue_name)].filter(Boolean).join(" · "),
    tag: `deskline-${conversation.id}`,
  });
  note.onclick = () => window.focus();
}

/** The client if known, else what the network said, else the number. */
export function whoIs(conversation: ConversationView): string {
  if (conversation.card) return phone(conversation.card.name);
  if (conversation.candidates.length > 1 && !isLive(conversation)) return conversation.number_label;
  return conversation.caller_name || conversation.number_label || t("number.hidden");
}
