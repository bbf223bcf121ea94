import assert from "node:assert/strict";
import { test } from "node:test";
import { carriedOver, editOf, formOf, isChanged, newLine, placeOf } from "../src/card_form.js";
import type { CardView } from "../src/protocol.gen.js";

function card(change: Partial<CardView> = {}): CardView {
  return {
    client_id: 1, kind: "person", name: "Ivanov", language: "ru", flags: ["vip"], tags: ["a", "b"],
    phones: [
      { e164: "+79161234567", label: "+7 916 123-45-67", source: "import:x", confirmed_at: null,
        confirmed_by: null, name: "", primary: true, trust: 50 },
      { e164: "+74951112233", label: "+7 495 111-22-33", source: "call", confirmed_at: null,
        confirmed_by: null, name: "work", primary: false, trust: 30 }],
    accounts: [], debt_minor: 0, debt_since: null, currency: "RUB", masked: false,
    others_on_number: [], version: 3, time_zone: "", source: "", emails: [],
    addresses: [{ id: 7, text: "", city: "Samara", street: "Lenina", house: "5", flat: "",
                  postcode: "", name: "home", primary: true, source: "operator", trust: 60,
                  confirmed_at: null, confirmed_by: null }],
    relations: [], consents: [], custom: [], ...change };
}

test("a form that nobody touched makes no edit", () => {
  assert.deepEqual(editOf(card(), formOf(card())).edit, {});
  assert.equal(isChanged(card(), formOf(card())), false);
});

test("only what differs is sent", () => {
  const form = { ...formOf(card()), name: "Petrov", tags: "b,  c ;", flags: [] };
  assert.deepEqual(editOf(card(), form).edit, { name: "Petrov", tags: ["b", "c"], flags: [] });
});

test("an empty new line is nobody's, a written one is sent and its errors find it", () => {
  const form = formOf(card());
  form.phones.push(newLine("phones"), { ...newLine("phones"), values: { number: "8 916", name: "x" } });
  const { edit, places } = editOf(card(), form);
  assert.deepEqual(edit, { phones: [{ number: "8 916", name: "x" }] });
  assert.equal(places.get("phones.0"), "phones.3");
});

test("a line is preferred, vouched for, taken away by its number", () => {
  const form = formOf(card());
  form.phones = [{ ...form.phones[0]!, isRemoved: true },
                 { ...form.phones[1]!, isPrimary: true, isConfirmed: true }];
  assert.deepEqual(editOf(card(), form).edit, { phones: [
    { removed: true, number: "+79161234567" },
    { confirmed: true, primary: true, number: "+74951112233" }] });
});

test("an address is written whole, or only named", () => {
  const form = formOf(card());
  const [home] = form.addresses;
  form.addresses = [{ ...home!, values: { ...home!.values, name: "old home" } }];
  assert.deepEqual(editOf(card(), form).edit, { addresses: [{ id: 7, name: "old home" }] });
  form.addresses = [{ ...home!, values: { ...home!.values, house: "6" } }];
  assert.deepEqual(editOf(card(), form).edit, { addresses: [{
    id: 7, city: "Samara", street: "Lenina", house: "6", flat: "", postcode: "" }] });
});

test("what was typed is carried over to the newer card, and the rest follows it", () => {
  const form = formOf(card());
  form.name = "Mine";
  form.phones[1]!.values = { ...form.phones[1]!.values, name: "mine" };
  form.emails.push({ ...newLine("emails"), values: { email: "a@b.example", name: "" } });
  const fresh = card({ name: "Theirs", language: "en", version: 4, tags: ["theirs"] });
  const next = carriedOver(card(), form, fresh);
  assert.equal(next.name, "Mine");
  assert.equal(next.language, "en");
  assert.equal(next.tags, "theirs");
  assert.deepEqual(editOf(fresh, next).edit, {
    name: "Mine", phones: [{ number: "+74951112233", name: "mine" }],
    emails: [{ email: "a@b.example", name: "" }] });
});

test("a line the other took away comes back as a new one if I wrote on it", () => {
  const form = formOf(card());
  form.phones[1]!.values = { ...form.phones[1]!.values, name: "mine" };
  const fresh = card({ phones: [card().phones[0]!] });
  const next = carriedOver(card(), form, fresh);
  assert.deepEqual(editOf(fresh, next).edit, {
    phones: [{ number: "+7 495 111-22-33", name: "mine" }] });
});

test("what changed stands beside its place in the form", () => {
  assert.equal(placeOf("phone:+79161234567"), "phones");
  assert.equal(placeOf("name"), "name");
  assert.equal(placeOf("custom.limit"), "custom.limit");
});
