import assert from "node:assert/strict";
import { test } from "node:test";
import { found } from "../src/palette.js";

const named = (...names: string[]): { words: string }[] => names.map((words) => ({ words }));
const names = (text: string, ...all: string[]): string[] =>
  found(text, named(...all)).map(({ words }) => words);

test("an action is found by any part of its words, the beginning first", () => {
  assert.deepEqual(names("hold", "Threshold", "On hold", "Hold or resume"),
                   ["Hold or resume", "On hold", "Threshold"]);
});

test("all parts must be there, in any order", () => {
  assert.deepEqual(names("lunch pau", "Pause: Lunch", "Pause: Coffee"), ["Pause: Lunch"]);
});

test("accents and capitals do not matter, and neither does the sign for actions only", () => {
  assert.deepEqual(names(">epuise", "Épuisé", "Pause"), ["Épuisé"]);
  assert.deepEqual(names(">УДЕРЖ", "Удержать", "Завершить"), ["Удержать"]);
});
