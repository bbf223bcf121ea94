import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Drafts, fromServer, heard, sending, sent, typed } from "../src/drafts.js";
import type { ConversationView, DraftView, SaveDraft } from "../src/protocol.gen.js";

const VIEW: DraftView = { version: 3, note: "server", disposition: null, form_type: null, form: {},
                          saved_at: null };

function conversation(draft: DraftView, id = 7): ConversationView {
  return { id, draft } as ConversationView;
}

test("a newer view is taken over when nothing here is unsent", () => {
  const after = heard(fromServer(VIEW), { ...VIEW, version: 4, note: "from the terminal" });
  assert.equal(after.note, "from the terminal");
});

test("unsent letters are never overwritten", () => {
  const mine = typed(fromServer(VIEW), { note: "mine" });
  assert.equal(heard(mine, { ...VIEW, version: 9, note: "other" }).note, "mine");
});

test("letters in flight are not overwritten, and an older echo changes nothing", () => {
  const mine = sending(typed(fromServer(VIEW), { note: "mine" }));
  assert.equal(heard(mine, { ...VIEW, version: 4, note: "echo" }).note, "mine");
  const safe = sent(mine, 5, "now");
  assert.equal(heard(safe, { ...VIEW, version: 4, note: "echo" }).note, "mine");
});

function desk(save: (draft: SaveDraft) => Promise<unknown>): Drafts {
  return new Drafts(save, () => undefined, () => "2026-11-22T10:00:00Z");
}

test("letters are sent within 300 ms of the first one, not after the last", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const saved: string[] = [];
  const drafts = desk(async (draft) => { saved.push(draft.note); return { version: 4 }; });
  const one = conversation(VIEW);
  drafts.hear({ "7": one });
  for (const note of ["a", "ab", "abc"]) {
    drafts.type(one, { note });
    mock.timers.tick(140);
  }
  await Promise.resolve();
  assert.deepEqual(saved, ["abc"]);
  mock.timers.reset();
});

test("what could not be sent is sent when the link is back", async () => {
  let isUp = false;
  const saved: string[] = [];
  const drafts = desk(async (draft) => {
    if (!isUp) throw new Error("offline");
    saved.push(draft.note);
    return { version: 4 };
  });
  const one = conversation(VIEW);
  drafts.type(one, { note: "kept" });
  await drafts.settle(7);
  assert.equal(drafts.of(one).note, "kept");
  assert.ok(drafts.hasUnsent);
  isUp = true;
  drafts.hear({ "7": conversation({ ...VIEW, version: 8, note: "older letters" }) });
  drafts.sendAll();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(saved, ["kept"]);
  assert.ok(!drafts.hasUnsent);
});

test("a draft of a conversation that is gone is forgotten, unless it is unsent", () => {
  const drafts = desk(() => Promise.reject(new Error("offline")));
  const one = conversation(VIEW, 7);
  const two = conversation(VIEW, 8);
  drafts.hear({ "7": one, "8": two });
  drafts.type(two, { note: "unsent" });
  drafts.hear({});
  assert.equal(drafts.of(one).note, "server");
  assert.equal(drafts.of(two).note, "unsent");
});
