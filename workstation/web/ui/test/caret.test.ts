import assert from "node:assert/strict";
import { test } from "node:test";
import { moved } from "../src/caret.js";

const CASES: [string, string, string, number, number][] = [
  ["letters before the cursor push it on", "meter", "the meter", 5, 9],
  ["letters after the cursor leave it", "meter", "meter read", 2, 2],
  ["letters taken away before it draw it back", "the meter", "meter", 9, 5],
  ["an insertion in the middle, cursor at the end", "ab", "aXb", 2, 3],
  ["an insertion in the middle, cursor before it", "ab", "aXb", 1, 1],
  ["all is new: the cursor stays inside", "abcdef", "xy", 3, 2],
  ["nothing changed", "same", "same", 2, 2],
];

for (const [name, old, next, caret, expected] of CASES) {
  test(name, () => assert.equal(moved(old, next, caret), expected));
}
