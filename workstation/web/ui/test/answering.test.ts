import assert from "node:assert/strict";
import { test } from "node:test";
import { isAskedTo, isOfDialler } from "../src/answering.js";
import type { ConversationView } from "../src/protocol.gen.js";

const ringing = { call: "c1", state: "ringing", direction: "out", campaign: "Debtors" } as ConversationView;

test("a call that the operator dialled, or that says so, is answered", () => {
  assert.equal(isAskedTo("", 900), true);
  assert.equal(isAskedTo("", 60_000), false);
  assert.equal(isAskedTo("<sip:deskline>;answer-after=0", 60_000), true);
});

test("of those that ring only the dialler's own is, and only on the telephone it rings", () => {
  assert.equal(isOfDialler("c1", [ringing]), true);
  assert.equal(isOfDialler("c2", [ringing]), false);
  assert.equal(isOfDialler("c1", [{ ...ringing, direction: "in" }]), false);
  assert.equal(isOfDialler("c1", [{ ...ringing, campaign: "" }]), false);
  assert.equal(isOfDialler("c1", [{ ...ringing, state: "talking" }]), false);
});
