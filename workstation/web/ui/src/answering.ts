// Which calls this telephone answers by itself: the one its operator has just dialled, the one a
// lead comes in by, and, where the installation allows it, those of the dialler.
import type { ConversationView } from "./protocol.gen.js";

/** A click brings the call back to one's own telephone within so long. */
export const DIAL_COUNTS_MS = 15_000;

export function isAskedTo(callInfo: string, sinceDialledMs: number): boolean {
  return callInfo.includes("answer-after=0") || sinceDialledMs < DIAL_COUNTS_MS;
}

/** `call`: the one that rings here. Who was called by the dialler has answered and waits. */
export function isOfDialler(call: string, conversations: readonly ConversationView[]): boolean {
  return conversations.some((one) => one.call === call && one.state === "ringing"
    && one.direction === "out" && one.campaign !== "");
}
