import assert from "node:assert/strict";
import { test } from "node:test";
import { fraction, outline, pauses, stepped } from "../src/sound.js";

test("pauses lie between the stretches with sound", () => {
  assert.deepEqual(pauses([[0, 4], [6, 8], [9, null]], 10), [[0.4, 0.6], [0.8, 0.9]]);
  assert.deepEqual(pauses([[0, 10]], 10), []);
  assert.deepEqual(pauses([], 10), []);
});

test("keys step five seconds and stop at the ends", () => {
  assert.equal(stepped("ArrowRight", 3, 60), 8);
  assert.equal(stepped("ArrowRight", 58, 60), 60);
  assert.equal(stepped("ArrowLeft", 3, 60), 0);
  assert.equal(stepped("End", 3, 60), 60);
  assert.equal(stepped("x", 3, 60), null);
});

test("a waveform stays on its side of the line", () => {
  const up = outline([0, 128, 255], 300, 32, 255, -1), down = outline([255], 300, 32, 255, 1);
  assert.match(up, /^M0 32L0\.0 31\.4H/);
  assert.match(up, /L200\.0 2\.0/);
  assert.match(down, /L0\.0 62\.0/);
  assert.equal(outline([], 300, 32, 255, 1), "");
});

test("how far it is, is never outside", () => {
  assert.deepEqual([fraction(5, 10), fraction(20, 10), fraction(1, 0)], [0.5, 1, 0]);
});
