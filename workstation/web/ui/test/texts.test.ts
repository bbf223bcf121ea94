import assert from "node:assert/strict";
import { test } from "node:test";
import en from "../../../texts/en.json";
import ru from "../../../texts/ru.json";
import { clock, money, say, speak, stretch, t, tellTimeIn, timeOfDay, words } from "../src/texts.js";

test("plural forms of both languages", () => {
  speak("en", en);
  assert.equal(t("calls.count", { n: 1 }), "1 call");
  assert.equal(t("calls.count", { n: 5 }), "5 calls");
  speak("ru", ru);
  assert.equal(t("calls.count", { n: 1 }), "1 звонок");
  assert.equal(t("calls.count", { n: 3 }), "3 звонка");
  assert.equal(t("calls.count", { n: 11 }), "11 звонков");
});

test("a missing text shows its key, a value in a text is never a pattern", () => {
  speak("en", { hello: "Hello {name}" });
  assert.equal(t("no.such"), "no.such");
  assert.equal(t("hello", { name: "{name} $& <b>" }), "Hello {name} $& <b>");
});

test("names the server knows and codes it sends become words", () => {
  speak("ru", ru);
  assert.equal(say("Billing"), "Расчёты");
  assert.equal(say("Renamed by the company"), "Renamed by the company");
  assert.equal(words("why", "code_nobody_knows"), "code nobody knows");
});

test("sums and times are written in the user's way and the company's zone", () => {
  speak("ru", ru);
  assert.equal(money(481250, "RUB").replaceAll(/\s/g, " "), "4 812,50 ₽");
  speak("en", en);
  assert.equal(money(-481250, "RUB"), "-₽4,812.50");
  assert.equal(money(1200, "JPY"), "¥1,200");
  tellTimeIn("Europe/Moscow");
  assert.equal(timeOfDay("2026-11-22T09:03:00Z"), "12:03");
});

test("stretches of time", () => {
  speak("en", en);
  assert.equal(clock(42), "0:42");
  assert.equal(clock(3723), "1:02:03");
  assert.equal(stretch(45), "45 s");
  assert.equal(stretch(7290), "2 h 1 min");
  assert.equal(stretch(90_000), "1 day");
});

test("a sentence of the server is said in the user's language, its moments in local time", () => {
  speak("ru", ru);
  tellTimeIn("Europe/Moscow");
  assert.equal(say("It dials: 3 operators are ready."), "Идёт набор: готовы операторы: 3.");
  const said = say("The line was busy. Owed again from 2026-11-22 10:00:00 UTC.");
  assert.match(said, /^Линия была занята\. Снова с 22 нояб\., 13:00\.$/);
  assert.equal(say("Something nobody translated."), "Something nobody translated.");
});
