// Keys of scripts, offers, dialling, my day and help.
import type { Desk } from "./desk.js";
import type { WorkTab } from "./guide.js";
import type { Binding } from "./keys.js";

const TRIES = 60;       // frames: a second

export function guideKeys(desk: Desk): Binding[] {
  const key = (letter: string, text: string, run: () => void | false,
               group: Binding["group"] = "work"): Binding =>
    ({ keys: `Alt+Key${letter}`, text, shown: `Alt ${letter}`, group, whileTyping: true, run });
  return [
    key("Q", "work.script", () => show(desk, "script", ".script-step.is-waiting :is(input, .outcome)")),
    key("V", "work.offers", () => show(desk, "offers", ".offer")),
    key("C", "dial.title", () => desk.outbound.openHere(), "phone"),
    key("D", "day.title", () => desk.team.open(), "page"),
    ...(desk.hasDesk ? [key("Y", "help.me_or_not", () => void desk.team.help(), "page")] : []),
    key("A", "message.acknowledge", () => desk.team.acknowledge(), "page"),
  ];
}

/** Opens a tab of the work area and goes to what is to be done there. */
export function show(desk: Desk, tab: WorkTab, selector: string): void | false {
  if (desk.dialog || desk.guide.open(tab) === false) return false;
  focusSoon(desk, tab, selector);
}

/** What is read from the server first comes some moments later. */
function focusSoon(desk: Desk, tab: WorkTab, selector: string, tries = TRIES): void {
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLElement>(selector);
    if (field) field.focus();
    else if (tries > 0 && desk.guide.tab === tab) focusSoon(desk, tab, selector, tries - 1);
  });
}
