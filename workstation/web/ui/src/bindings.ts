// The keys of the page and what they do. The list behind `?` is drawn from the same table.
import type { Desk } from "./desk.js";
import { guideKeys, show } from "./guide_keys.js";
import type { Binding } from "./keys.js";
import { withOwn } from "./own_keys.js";
import { supervisionKeys } from "./supervision.js";

export function bindings(desk: Desk): Binding[] {
  return withOwn(asDelivered(desk), desk.keys.own);
}

export function asDelivered(desk: Desk): Binding[] {
  return [...phone(desk), ...supervisionKeys(desk), ...work(desk), ...guideKeys(desk), ...page(desk)];
}

function phone(desk: Desk): Binding[] {
  const { controls } = desk;
  const key = (keys: string, text: string, run: () => void, shown = keys): Binding =>
    ({ keys, text, run, shown, group: "phone", whileTyping: true });
  return [
    key("F2", "call.answer", () => controls.answer()),
    key("F3", "waiting.title", () => desk.open(desk.dialog === "waiting" ? "" : "waiting")),
    key("F4", "call.hold_or_resume", () => controls.hold()),
    key("F6", "call.mute_or_not", () => controls.mute()),
    key("F7", "call.transfer_or_complete", () => controls.transferOrComplete()),
    key("F8", "call.keypad", () => { if (controls.mayPress) desk.open("keypad"); }),
    key("F9", "call.end_or_back", () => controls.end()),
    key("F10", "call.park_or_join", () => controls.parkOrJoin()),
    key("Alt+KeyZ", "conference.drop_client", () => controls.drop("client"), "Alt Z"),
    key("Alt+KeyX", "conference.drop_third", () => controls.drop("third"), "Alt X"),
    key("Alt+KeyP", "recording.pause_or_not", () => controls.pauseRecording(), "Alt P"),
    key("Alt+KeyO", "recording.on_or_off", () => controls.record(), "Alt O"),
    key("Alt+Digit0", "state.go_ready", () => void desk.phone.goReady(), "Alt 0"),
    key("Alt+KeyS", "state.menu", () => press("state-menu .state-button"), "Alt S"),
  ];
}

function work(desk: Desk): Binding[] {
  const one = desk.conversation;
  const typing = { group: "work", whileTyping: true } as const;
  return [
    { keys: "Digit*", text: "keys.choose", shown: "1 … 9, 0", group: "work",
      run: (digit) => chooseCandidate(desk, digit) },
    { keys: "Alt+Digit*", text: "keys.outcome", shown: "Alt 1 … Alt 9", ...typing,
      run: (digit) => chooseOutcome(desk, digit) },
    { keys: "Ctrl+Enter Ctrl+NumpadEnter", text: "finish.done", shown: "Ctrl ↵", ...typing,
      run: () => { if (desk.dialog) return false; if (one) void desk.finish(one); } },
    { keys: "Alt+KeyN", text: "note.title", shown: "Alt N", ...typing, run: () => focus("#note") },
    { keys: "Alt+KeyR", text: "work.request", shown: "Alt R", ...typing,
      run: () => show(desk, "request", "#request-type") },
    { keys: "Alt+Enter", text: "request.file", shown: "Alt ↵", ...typing,
      run: () => press("[data-act=file]") },
    { keys: "Alt+KeyE", text: "edit.title", shown: "Alt E", ...typing,
      run: () => press("[data-act=edit-card]") },
    { keys: "Alt+KeyI", text: "keys.identity", shown: "Alt I", ...typing,
      run: () => focus("[data-question]") === false ? press("[data-act=identity]") : undefined },
    { keys: "Alt+KeyU", text: "keys.take_handed", shown: "Alt U", ...typing,
      run: () => one ? desk.ending.takeHanded(one) : false },
    { keys: "Alt+KeyJ", text: "unfinished.title", shown: "Alt J", ...typing,
      run: () => desk.open(desk.dialog === "unfinished" ? "" : "unfinished") },
    { keys: "Alt+Backspace", text: "keys.all_groups", shown: "Alt ⌫", ...typing,
      run: () => one && desk.ending.openGroup(one) ? desk.ending.open(one, "") : false },
    { keys: "Alt+KeyB", text: "card.dial", shown: "Alt B", ...typing,
      run: () => press("[data-act=card-dial]") },
    { keys: "Alt+KeyH", text: "card.skip", shown: "Alt H", ...typing,
      run: () => press("[data-act=card-skip]") },
    { keys: "Alt+KeyM", text: "wrap_up.more", shown: "Alt M", ...typing,
      run: () => press("[data-act=extend]") },
    { keys: "Alt+KeyT", text: "task.make", shown: "Alt T", ...typing,
      run: () => desk.dialog ? false : desk.tasks.openHere() },
    { keys: "Alt+ArrowLeft Alt+ArrowUp", text: "keys.previous", shown: "Alt ←", ...typing,
      run: () => step(desk, -1) },
    { keys: "Alt+ArrowRight Alt+ArrowDown", text: "keys.next", shown: "Alt →", ...typing,
      run: () => step(desk, 1) },
  ];
}

function page(desk: Desk): Binding[] {
  return [
    { keys: "Ctrl+KeyK", text: "search.title", shown: "Ctrl K, /", group: "page",
      whileTyping: true, run: () => desk.hasDesk ? desk.open("search") : false },
    { keys: "Slash", text: "search.title", group: "page",
      run: () => desk.dialog || !desk.hasDesk ? false : desk.open("search") },
    { keys: "Shift+Slash", text: "keys.title", shown: "?", group: "page",
      run: () => desk.open(desk.dialog === "keys" ? "" : "keys") },
    { keys: "Escape", text: "close", shown: "Esc", group: "page", whileTyping: true,
      run: () => leaveField() },
  ];
}

function chooseCandidate(desk: Desk, digit: number): void | false {
  const one = desk.conversation;
  if (one?.card) return desk.guide.digit(one, digit);
  if (!one || desk.dialog) return false;
  if (digit === 0) return focus("#new-client-name");
  const candidate = one.candidates[digit - 1];
  if (!candidate) return false;
  void desk.ask("conversation.choose", { conversation: one.id, client_id: candidate.client_id });
}

function chooseOutcome(desk: Desk, digit: number): void | false {
  const one = desk.conversation;
  return one ? desk.ending.pick(one, digit) : false;
}

function step(desk: Desk, by: number): void {
  const all = desk.conversations;
  const at = all.findIndex((one) => one.id === desk.conversation?.id);
  const next = all.at((Math.max(at, 0) + by + all.length) % Math.max(all.length, 1));
  if (next) desk.show({ kind: "conversation", id: next.id });
}

function press(selector: string): void | false {
  const button = document.querySelector<HTMLButtonElement>(selector);
  if (!button || button.disabled) return false;
  button.click();
}

function focus(selector: string): void | false {
  const field = document.querySelector<HTMLElement>(selector);
  if (!field) return false;
  field.focus();
}

/** Escape leaves a field, so that the digits choose again; a dialog closes by itself. */
function leaveField(): void | false {
  const field = document.activeElement;
  if (document.querySelector("dialog[open]") || !(field instanceof HTMLElement)) return false;
  field.blur();
  return false;
}
