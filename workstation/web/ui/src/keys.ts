// Every key of the page in one table, by place on the keyboard: a Russian layout works the same.

export interface Binding {
  keys: string;               // "F2", "Alt+Digit1", "Ctrl+Enter"; several with spaces between
  text: string;               // catalogue key of what it does; the action's name too
  group: "phone" | "work" | "page";
  whileTyping?: boolean;      // also when a field has the cursor
  shown?: string;             // how the list of keys writes it
  run: (digit: number) => void | false;
}

const EDITABLE = "input:not([type=checkbox]):not([type=radio]), textarea, select";

export function listen(bindings: () => Binding[]): void {
  addEventListener("keydown", (event) => {
    const pressed = chord(event);
    const typing = event.target instanceof Element && event.target.matches(EDITABLE);
    const found = bindings().find((binding) =>
      binding.keys.split(" ").some((keys) => matches(keys, pressed)) &&
      (!typing || binding.whileTyping));
    if (!found || event.repeat) return;
    if (found.run(digitOf(event.code)) !== false) event.preventDefault();
  });
}

function matches(keys: string, pressed: string): boolean {
  if (!keys.endsWith("Digit*")) return keys === pressed;
  return new RegExp(`^${keys.slice(0, -1).replaceAll("+", "\\+")}[0-9]$`).test(pressed);
}

/** `?` and `/` are asked for by their sign too: they lie elsewhere on many keyboards. */
export function chord(event: KeyboardEvent): string {
  if (event.key === "?") return "Shift+Slash";
  if (event.key === "/" && !event.ctrlKey && !event.altKey) return "Slash";
  const code = event.code.replace(/^Numpad([0-9])$/, "Digit$1").replace("NumpadEnter", "Enter");
  const control = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  return `${control}${event.altKey ? "Alt+" : ""}${code}`;
}

function digitOf(code: string): number {
  return Number(/([0-9])$/.exec(code)?.[1] ?? -1);
}
