// Periods of whole days of the company's calendar, as reports ask for them.

export interface Period { first: string; last: string }
export const PRESETS = ["today", "yesterday", "week", "month", "quarter"] as const;
export type Preset = (typeof PRESETS)[number];
const DAY_MS = 86_400_000;
const LENGTHS: Record<Preset, number> = { today: 1, yesterday: 1, week: 7, month: 30, quarter: 90 };

export function shifted(isoDay: string, days: number): string {
  return new Date(Date.parse(isoDay) + days * DAY_MS).toISOString().slice(0, 10);
}

export function lengthOf(period: Period): number {
  return Math.round((Date.parse(period.last) - Date.parse(period.first)) / DAY_MS) + 1;
}

/** The last days, today among them. */
export function preset(name: Preset, today: string): Period {
  if (name === "yesterday") return { first: shifted(today, -1), last: shifted(today, -1) };
  return { first: shifted(today, 1 - LENGTHS[name]), last: today };
}

export function presetOf(period: Period, today: string): Preset | null {
  return PRESETS.find((name) => {
    const one = preset(name, today);
    return one.first === period.first && one.last === period.last;
  }) ?? null;
}

/** The first day of the equally long period to compare with: the same weekdays where that is
    possible. */
export function before(period: Period): string {
  const length = lengthOf(period);
  return shifted(period.first, -(length < 7 ? 7 : Math.ceil(length / 7) * 7));
}
