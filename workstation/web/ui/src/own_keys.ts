// Keys that a person changed: kept by the server, the same on all his screens and the terminal.
import type { Binding } from "./keys.js";

export type Own = Record<string, string>;       // action (a binding's text) → its chord

export type Refusal = { code: "bare" | "browser" } | { code: "taken"; by: string };

/** Keys that type, move the cursor, or that no browser gives away. */
const BARE = /^(Key[A-Z]|Digit[0-9]|Numpad.*|Space|Enter|Tab|Escape|Backspace|Delete|Home|End|Page.*|Arrow.*|Comma|Period|Slash|Semicolon|Quote|Bracket.*|Backslash|Minus|Equal|Backquote|Intl.*)$/;
const BROWSERS = new Set(["F5", "F11", "F12", ...[..."ACFLNRTVWXYZ"].map((one) => `Ctrl+Key${one}`),
  ...[..."0123456789"].map((one) => `Ctrl+Digit${one}`), "Alt+F4"]);
const CAN_BE = /^(Ctrl\+)?(Alt\+)?(F[1-9]|F1[0-2]|Key[A-Z]|Digit[0-9]|Enter|Space|Home|End|Insert|PageUp|PageDown|Arrow(Left|Right|Up|Down)|Comma|Period|Slash|Semicolon|Quote|BracketLeft|BracketRight|Backslash|Minus|Equal|Backquote)$/;

/** Families of keys, and the ones everybody knows, stay as they are. */
export function isChangeable(binding: Binding): boolean {
  return !/[*]|^Escape$|^Slash$|^Shift/.test(binding.keys);
}

/** The bindings with one's own keys; a delivered key that was given away is nobody's twice. */
export function withOwn(bindings: Binding[], own: Own): Binding[] {
  const chosen = new Set(Object.values(own));
  return bindings.map((one) => {
    const mine = isChangeable(one) ? own[one.text] : undefined;
    if (mine) return { ...one, keys: mine, shown: chordShown(mine) };
    const left = one.keys.split(" ").filter((keys) => !chosen.has(keys));
    return left.length === one.keys.split(" ").length ? one
      : { ...one, keys: left.join(" "), shown: left.map(chordShown).join(", ") };
  });
}

/** Why `chord` cannot be the key of `action`; null when it can. */
export function refusal(bindings: Binding[], action: string, chord: string): Refusal | null {
  if (BARE.test(chord) || !CAN_BE.test(chord)) return { code: "bare" };
  if (BROWSERS.has(chord)) return { code: "browser" };
  const other = bindings.find((one) => one.text !== action && one.keys.split(" ").some(
    (keys) => keys === chord || (keys.endsWith("*") && startsLike(keys.slice(0, -1), chord))));
  return other ? { code: "taken", by: other.text } : null;
}

function startsLike(family: string, chord: string): boolean {
  return chord.startsWith(family) && /^[0-9]$/.test(chord.slice(family.length));
}

const SIGNS: Record<string, string> = {
  Enter: "↵", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Comma: ",",
  Period: ".", Slash: "/", Semicolon: ";", Quote: "'", BracketLeft: "[", BracketRight: "]",
  Backslash: "\\", Minus: "-", Equal: "=", Backquote: "`",
};

/** `Ctrl+Alt+KeyN` as people write it: `Ctrl Alt N`. */
export function chordShown(chord: string): string {
  return chord.split("+").map((part) => SIGNS[part] ?? part.replace(/^(Key|Digit)/, "")).join(" ");
}

const replaced = new Map<string, string>();     // a delivered key as shown → one's own

export function shownKey(delivered: string): string {
  return replaced.get(delivered) ?? delivered;
}

/** What stands beside the buttons from now on. */
export function showOwn(bindings: Binding[], own: Own): void {
  replaced.clear();
  for (const one of bindings) {
    const [delivered = ""] = (one.shown ?? one.keys).split(", ");
    const mine = own[one.text];
    if (mine && isChangeable(one)) replaced.set(delivered, chordShown(mine));
  }
}
