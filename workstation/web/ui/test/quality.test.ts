import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, NO_LOOKS, secondsOf, summed, type Quality, type Verdict } from "../src/quality.js";

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

test("a line that jumps is not good either", () => {
  assert.equal(judge(before, { received: 1100, lost: 2 }, 30, 35).verdict, "fair");
  assert.equal(judge(before, { received: 1100, lost: 2 }, 30, 80).verdict, "poor");
});

const look = (verdict: Verdict, lossShare: number): Quality =>
  ({ verdict, lossShare, roundTripMs: 40, jitterMs: 10 });

test("a leg is the mean of its looks with its worst one, and the time it was bad", () => {
  const sum = [look("good", 0), look("poor", 0.2), look("fair", 0.04), look("good", 0)]
    .reduce((before, one) => summed(before, one, false), NO_LOOKS);
  assert.equal(sum.worst, "poor");
  assert.ok(Math.abs(sum.loss - 0.06) < 1e-9);
  assert.deepEqual([secondsOf(sum.looks), secondsOf(sum.bad), sum.roundTripMs], [8, 2, 40]);
});

test("no sound on hold, or before anybody spoke, is no fault of the line", () => {
  assert.equal(summed(NO_LOOKS, look("silent", 0), false), NO_LOOKS);
  const talked = summed(NO_LOOKS, look("good", 0), false);
  assert.equal(summed(talked, look("silent", 0), true), talked);
  assert.equal(summed(talked, look("silent", 0), false).worst, "silent");
});
