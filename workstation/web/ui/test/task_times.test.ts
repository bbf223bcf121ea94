import assert from "node:assert/strict";
import { test } from "node:test";
import { localTime, momentOf, quickTimes } from "../src/task_times.js";

test("a date is read on the company's clock, summer and winter", () => {
  assert.equal(momentOf("2026-11-22T14:30", "Europe/Moscow")?.toISOString(),
               "2026-11-22T11:30:00.000Z");
  assert.equal(momentOf("2026-07-01T09:00", "Europe/Berlin")?.toISOString(),
               "2026-07-01T07:00:00.000Z");
  assert.equal(momentOf("2026-12-01T09:00", "Europe/Berlin")?.toISOString(),
               "2026-12-01T08:00:00.000Z");
  assert.equal(momentOf("soon", "Europe/Berlin"), null);
  assert.equal(momentOf("", "Europe/Berlin"), null);
});

test("there and back again is the same minute, in every zone", () => {
  for (const zone of ["UTC", "Europe/Moscow", "America/St_Johns", "Pacific/Kiritimati"]) {
    for (let hour = 0; hour < 24; hour += 1) {
      const at = new Date(Date.UTC(2026, 9, 25, hour, 35));
      const back = momentOf(localTime(at, zone), zone);
      assert.equal(localTime(back ?? at, zone), localTime(at, zone));
    }
  }
});

test("what is offered lies ahead", () => {
  const evening = new Date("2026-11-22T20:00:00Z");
  assert.deepEqual(quickTimes(evening, "UTC").map((one) => one.text),
                   ["hour", "tomorrow", "week"]);
  assert.equal(quickTimes(evening, "UTC")[1]?.at, "2026-11-23T10:00");
  assert.equal(quickTimes(new Date("2026-11-22T09:01:00Z"), "UTC")[0]?.at, "2026-11-22T10:05");
});
