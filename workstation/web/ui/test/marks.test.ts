import assert from "node:assert/strict";
import { test } from "node:test";
import { parts, phoneParts } from "../src/marks.js";

const met = (found: { text: string; met: boolean }[]): string =>
  found.map((part) => part.met ? `[${part.text}]` : part.text).join("");

test("a name in parts, what was met in brackets", () => {
  assert.equal(met(parts("Иванов Иван", [[0, 5], [7, 11]])), "[Ивано]в [Иван]");
  assert.equal(met(parts("Ivanov", [])), "Ivanov");
  assert.equal(met(parts("", [[0, 2]])), "");
});

test("marks count characters, not halves of one", () => {
  assert.equal(met(parts("🙂 Иван", [[2, 6]])), "🙂 [Иван]");
});

test("a number keeps its marks as people write it", () => {
  assert.equal(met(phoneParts("+79161234567", [[5, 9]])), "+7 916 [123-4]5-67");
  assert.equal(met(phoneParts("+79161234567", [[0, 12]])), "[+7 916 123-45-67]");
  assert.equal(met(phoneParts("+79161234567", [[5, 40]])), "+7 916 123-45-67");
});
