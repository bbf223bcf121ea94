import assert from "node:assert/strict";
import { test } from "node:test";
import type { Change, Views } from "../src/protocol.gen.js";
import { fromSnapshot, merge } from "../src/views.js";
import cases from "./merge_cases.json";

interface Case {
  name: string;
  views: Record<string, Record<string, unknown>>;
  changes: Change[];
  fresh: Record<string, Record<string, unknown>>;
}

for (const { name, views, changes, fresh } of cases as unknown as Case[]) {
  test(`old views + delta = fresh views: ${name}`, () => {
    const before = structuredClone(views);
    const after = merge(views as unknown as Views, changes);
    assert.deepEqual(after, fresh);
    assert.deepEqual(views, before, "the old views stay as they were");
  });
}

test("a shelf nobody touched stays the same object, so that nothing draws again", () => {
  const views = fromSnapshot({ queues: { billing: {} }, calls: {} });
  const after = merge(views, [["calls", "c1", {}]]);
  assert.equal(after.queues, views.queues);
  assert.notEqual(after.calls, views.calls);
});

test("a snapshot without a collection still has its shelf", () => {
  assert.deepEqual(fromSnapshot({}).gaps, {});
});
