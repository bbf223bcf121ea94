import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../src/quality.js";

const before = { received: 1000, lost: 2 };

test("a clean line is good, a lossy one is not", () => {
  assert.equal(judge(before, { received: 1100, lost: 2 }, 30).verdict, "good");
  assert.equal(judge(before, { received: 1096, lost: 5 }, 30).verdict, "fair");
  assert.equal(judge(before, { received: 1090, lost: 12 }, 30).verdict, "poor");
});

test("a long way is felt too", () => {
  assert.equal(judge(before, { received: 1100, lost: 2 }, 250).verdict, "fair");
});

test("nothing arriving is told as such", () => {
  assert.equal(judge(before, before, 30).verdict, "silent");
});
