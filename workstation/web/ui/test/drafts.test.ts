import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Drafts, fromServer, heard, isUnsent, sending, sent, typed } from "../src/drafts.js";
import { joinText } from "../src/joining.js";
import type { ConversationView, DraftView, SaveDraft } from "../src/protocol.gen.js";
import cases from "./join_cases.json";

const VIEW: DraftView = { version: 3, note: "server", disposition: null, form_type: null, form: {},
                          saved_at: null };

function conversation(draft: DraftView, id = 7): ConversationView {
  return { id, draft } as ConversationView;
}

test("a newer view is taken over when nothing here is unsent", () => {
  const after = heard(fromServer(VIEW), { ...VIEW, version: 4, note: "from the terminal" });
  assert.equal(after.note, "from the terminal");
});

test("unsent letters stay, the other screen's are joined with them", () => {
  const mine = typed(fromServer(VIEW), { note: "server mine" });
  const after = heard(mine, { ...VIEW, version: 9, note: "their server", disposition: "resolved" });
  assert.equal(after.note, "their server mine");
  assert.equal(after.disposition, "resolved");
  assert.ok(isUnsent(after), "what was joined is not stored yet");
});

test("our own echo changes nothing, an older one neither", () => {
  const mine = sending(typed(fromServer(VIEW), { note: "mine" }));
  const echoed = heard(mine, { ...VIEW, version: 4, note: "mine" });
  assert.equal(echoed.note, "mine");
  const safe = sent(mine, 5, "now");
  assert.equal(heard(safe, { ...VIEW, version: 4, note: "old" }).note, "mine");
  assert.ok(!isUnsent(safe));
});

test("what the server joined meanwhile is joined here with what was typed on", () => {
  const flown = typed(sending(typed(fromServer(VIEW), { note: "server a" })), { note: "server ab" });
  const after = sent(flown, 5, "now", { ...VIEW, version: 5, note: "x server a" });
  assert.equal(after.note, "x server ab");
  assert.equal(after.base, 5);
});

for (const one of cases) {
  test(`joined as the server does: ${one.name}`, () => {
    assert.equal(joinText(one.base, one.mine, one.theirs), one.joined);
  });
}

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
  drafts.hear({ "7": conversation({ ...VIEW, version: 3 }) });
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
