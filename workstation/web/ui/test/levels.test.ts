import assert from "node:assert/strict";
import { test } from "node:test";
import { heard, level } from "../src/levels.js";

const sine = (loudness: number): Float32Array =>
  Float32Array.from({ length: 1024 }, (_, at) => loudness * Math.sin(at / 5));

test("silence is nothing, a shout is everything, speech lies between", () => {
  assert.equal(level(new Float32Array(1024)), 0);
  assert.equal(level(sine(1)), 1);
  const speech = level(sine(0.1));
  assert.ok(speech > 0.4 && speech < 0.97, String(speech));
});

test("the words tell who is not heard from who crackles", () => {
  assert.deepEqual([0, 0.3, 0.7, 1].map(heard), ["silent", "quiet", "good", "loud"]);
});
