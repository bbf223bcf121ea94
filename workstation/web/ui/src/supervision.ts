// Hearing a team's calls: whose I hear, and how. The phone is called by the server and answers
// by itself; what is true is what the calls on the floor say.
import type { Desk } from "./desk.js";
import type { Binding } from "./keys.js";
import type { PhoneState } from "./phone.js";
import type { CallView, ListenerView, OperatorView } from "./protocol.gen.js";

export type Deed = "listen" | "whisper" | "barge" | "take_over" | "stop_listening";
export const MODES = ["listen", "whisper", "barge"] as const;
const STARTED_WITHIN_MS = 6000;
const SEEN_WITHIN_MS = 1500;

export interface Hearing {
  call: CallView;
  mine: ListenerView;
}

/** The call I hear now, and in which way. */
export function hearing(desk: Desk): Hearing | null {
  for (const call of Object.values(desk.views.calls)) {
    const mine = (call.listeners ?? []).find((one) => one.supervisor === desk.me?.id);
    if (mine) return { call, mine };
  }
  return null;
}

/** The operator's call that can be heard: he talks, or has put it on hold. */
export function talkOf(desk: Desk, operator: OperatorView | undefined): CallView | null {
  const call = operator?.call ? desk.views.calls[operator.call] : undefined;
  if (!call || call.operator !== operator?.id || operator.id === desk.me?.id) return null;
  return call.state === "talking" || call.state === "held" ? call : null;
}

/** One deed after the other; the same one pressed again while it is under way is no second order. */
let newest = "";
let underWay: Promise<void> = Promise.resolve();

export function supervise(desk: Desk, deed: Deed, call: string): Promise<void> {
  const order = `${deed} ${call}`;
  if (order === newest) return underWay;
  newest = order;
  underWay = underWay.catch(() => undefined).then(() => carryOut(desk, deed, call)).finally(() => {
    if (newest === order) newest = "";
  });
  return underWay;
}

async function carryOut(desk: Desk, deed: Deed, call: string): Promise<void> {
  if (deed !== "stop_listening") await havePhone(desk);
  await desk.ask(`call.${deed}`, { call });
}

/** A page that is the telephone registers first; the server sees it some moments later. */
async function havePhone(desk: Desk): Promise<void> {
  const { web } = desk.phone;
  if (!web || desk.operator?.phone === "desk" || web.isReady) return;
  if (!isStarting(web.state)) await web.start();
  await until(() => !isStarting(web.state), STARTED_WITHIN_MS);
  await until(() => !web.isReady || (desk.operator?.registered ?? false), SEEN_WITHIN_MS);
}

/** Two starts at once would take the phone from each other. */
function isStarting(state: PhoneState): boolean {
  return state === "asking" || state === "connecting";
}

async function until(isSo: () => boolean, withinMs: number): Promise<void> {
  for (const end = Date.now() + withinMs; !isSo() && Date.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The keys of the bar, while I hear somebody. */
export function supervisionKeys(desk: Desk): Binding[] {
  const key = (letter: string, deed: Deed): Binding => ({
    keys: `Alt+Key${letter}`, text: `supervise.${deed}`, shown: `Alt ${letter}`, group: "phone",
    whileTyping: true,
    run: () => {
      const heard = hearing(desk);
      if (!heard) return false;
      void supervise(desk, deed, heard.call.id);
    },
  });
  return desk.isLead ? [key("L", "listen"), key("W", "whisper"), key("B", "barge"),
                        key("G", "take_over"), key("H", "stop_listening")] : [];
}
