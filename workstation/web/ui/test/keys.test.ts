import assert from "node:assert/strict";
import { test } from "node:test";
import { chord } from "../src/keys.js";

function press(code: string, more: Partial<KeyboardEvent> = {}): string {
  return chord({ code, key: "", ctrlKey: false, altKey: false, metaKey: false, shiftKey: false,
                 ...more } as KeyboardEvent);
}

test("a Russian layout presses the same keys", () => {
  assert.equal(press("KeyN", { key: "т", altKey: true }), "Alt+KeyN");
  assert.equal(press("KeyK", { key: "л", ctrlKey: true }), "Ctrl+KeyK");
});

test("the number pad counts as digits and Enter", () => {
  assert.equal(press("Numpad3"), "Digit3");
  assert.equal(press("NumpadEnter", { ctrlKey: true }), "Ctrl+Enter");
});

test("? and / are known wherever they lie", () => {
  assert.equal(press("Digit7", { key: "/", shiftKey: true }), "Slash");
  assert.equal(press("Minus", { key: "?", shiftKey: true }), "Shift+Slash");
});

test("the command key of a Mac is Ctrl", () => {
  assert.equal(press("Enter", { metaKey: true }), "Ctrl+Enter");
});
