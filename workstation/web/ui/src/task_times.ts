// Dates of tasks: people mean the company's clock, whatever zone their machine is set to. Pure.

/** What a clock in `zone` shows at `at`: `2026-11-22T14:30`, as a date field wants it. */
export function localTime(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit",
    minute: "2-digit", hourCycle: "h23",
  }).formatToParts(at);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? "00";
  return `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}`;
}

/** The moment at which a clock in `zone` shows `local`; null for what is no date. */
export function momentOf(local: string, zone: string): Date | null {
  const wanted = Date.parse(`${local}:00Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(local) || Number.isNaN(wanted)) return null;
  let guess = wanted;
  for (let tries = 0; tries < 3; tries += 1) {
    const off = wanted - Date.parse(`${localTime(new Date(guess), zone)}:00Z`);
    if (off === 0) break;
    guess += off;
  }
  return new Date(guess);
}

export interface QuickTime {
  text: string;       // the end of a text's key
  at: string;         // as `localTime`
}

/** What is meant most often, on the company's clock, all of it ahead of `now`. */
export function quickTimes(now: Date, zone: string): QuickTime[] {
  const minute = 60_000;
  const inAnHour = new Date(Math.ceil((now.getTime() + 60 * minute) / (5 * minute)) * 5 * minute);
  const today = localTime(now, zone).slice(0, 10);
  const dayAfter = (days: number): string =>
    new Date(Date.parse(`${today}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
  const found: QuickTime[] = [
    { text: "hour", at: localTime(inAnHour, zone) },
    { text: "today", at: `${today}T17:00` },
    { text: "tomorrow", at: `${dayAfter(1)}T10:00` },
    { text: "week", at: `${dayAfter(7)}T10:00` },
  ];
  return found.filter((one) => one.at > localTime(now, zone));
}
