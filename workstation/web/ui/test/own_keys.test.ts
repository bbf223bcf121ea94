import assert from "node:assert/strict";
import { test } from "node:test";
import type { Binding } from "../src/keys.js";
import { chordShown, isChangeable, refusal, withOwn } from "../src/own_keys.js";

const run = (): void => undefined;
const TABLE: Binding[] = [
  { keys: "F2", text: "call.answer", shown: "F2", group: "phone", run },
  { keys: "F4", text: "call.hold", shown: "F4", group: "phone", run },
  { keys: "Alt+Digit*", text: "keys.outcome", group: "work", run },
  { keys: "Ctrl+KeyK", text: "search.title", shown: "Ctrl K, /", group: "page", run },
  { keys: "Slash", text: "search.title", group: "page", run },
];
const keysOf = (own: Record<string, string>): string[] => withOwn(TABLE, own).map((one) => one.keys);

test("a changed key takes the place of the delivered one and is shown as people write it", () => {
  const [answer] = withOwn(TABLE, { "call.answer": "Ctrl+Alt+KeyA" });
  assert.equal(answer?.keys, "Ctrl+Alt+KeyA");
  assert.equal(answer?.shown, "Ctrl Alt A");
  assert.equal(chordShown("Alt+ArrowLeft"), "Alt ←");
});

test("two actions may swap their keys, and no key ever does two things", () => {
  assert.deepEqual(keysOf({ "call.answer": "F4", "call.hold": "F2" }).slice(0, 2), ["F4", "F2"]);
  assert.deepEqual(keysOf({ "call.answer": "F4" }).slice(0, 2), ["F4", ""]);
});

test("the sign that everybody knows stays beside a changed key", () => {
  assert.deepEqual(keysOf({ "search.title": "F1" }).slice(3), ["F1", "Slash"]);
  assert.equal(isChangeable(TABLE[2] as Binding), false);
});

test("what cannot be a key is refused with the reason", () => {
  assert.deepEqual(refusal(TABLE, "call.answer", "F4"), { code: "taken", by: "call.hold" });
  assert.deepEqual(refusal(TABLE, "call.answer", "Alt+Digit7"), { code: "taken", by: "keys.outcome" });
  assert.deepEqual(refusal(TABLE, "call.answer", "KeyA"), { code: "bare" });
  assert.deepEqual(refusal(TABLE, "call.answer", "Ctrl+KeyW"), { code: "browser" });
  assert.deepEqual(refusal(TABLE, "call.answer", "Ctrl+IntlRo"), { code: "bare" });
  assert.equal(refusal(TABLE, "call.answer", "Alt+KeyQ"), null);
  assert.equal(refusal(TABLE, "call.answer", "F2"), null);
});
