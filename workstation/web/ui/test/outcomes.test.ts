import assert from "node:assert/strict";
import { test } from "node:test";
import { lettersMissing, picked, placesOf } from "../src/outcomes.js";
import type { DispositionView } from "../src/protocol.gen.js";

const outcome = (id: string, group = "", note_min = 0): DispositionView =>
  ({ id, name: id, needs_note: note_min > 0, group, note_min });
const CHOICES = [outcome("resolved", "Settled"), outcome("explained", "Settled"),
                 outcome("wrong", "Stranger"), outcome("other", "", 5), outcome("later", "Settled")];

test("the first level keeps the order of the first outcome of each group", () => {
  assert.deepEqual(placesOf(CHOICES).map((place) => [place.name, place.choices.length]),
                   [["Settled", 3], ["wrong", 1], ["other", 1]]);
});

test("a key opens a group, the next one chooses in it", () => {
  assert.deepEqual(picked(CHOICES, "", 1), { group: "Settled" });
  assert.deepEqual(picked(CHOICES, "Settled", 3), { outcome: "later" });
  assert.equal(picked(CHOICES, "Settled", 4), null);
});

test("a group of one is chosen at once, so is an outcome without a group", () => {
  assert.deepEqual(picked(CHOICES, "", 2), { outcome: "wrong" });
  assert.deepEqual(picked(CHOICES, "", 3), { outcome: "other" });
  assert.equal(picked(CHOICES, "", 4), null);
});

test("outcomes without groups have one key each, as ever", () => {
  const flat = [outcome("a"), outcome("b")];
  assert.deepEqual(picked(flat, "", 2), { outcome: "b" });
});

test("what the note lacks is counted in letters, not in spaces", () => {
  assert.equal(lettersMissing(outcome("other", "", 5), "  abc "), 2);
  assert.equal(lettersMissing(outcome("other", "", 5), "ночью"), 0);
  assert.equal(lettersMissing(outcome("free"), ""), 0);
});
