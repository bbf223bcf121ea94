import assert from "node:assert/strict";
import test from "node:test";
import { Places } from "../src/targets.js";

const keys = (rows: { row: { key: string }; isHere: boolean }[]): string[] =>
  rows.map(({ row, isHere }) => row.key + (isHere ? "" : " gone"));

test("rows keep the order in which they were first seen, and who is gone keeps his place", () => {
  const places = new Places<{ key: string }>();
  assert.deepEqual(keys(places.take([{ key: "a" }, { key: "b" }])), ["a", "b"]);
  assert.deepEqual(keys(places.take([{ key: "c" }, { key: "b" }])), ["a gone", "b", "c"]);
  assert.deepEqual(keys(places.take([{ key: "b" }, { key: "a" }])), ["a", "b", "c gone"]);
});

test("a row is shown as it is now", () => {
  const places = new Places<{ key: string; state: string }>();
  places.take([{ key: "a", state: "ready" }]);
  assert.equal(places.take([{ key: "a", state: "talking" }])[0]?.row.state, "talking");
});
