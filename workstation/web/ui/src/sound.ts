// What a recording's player draws and where its keys lead, as pure functions.
export type Mark = readonly [from: number, to: number | null];

export const SPEEDS = [1, 1.25, 1.5, 2, 0.75] as const;
const STEP_S = 5;

/** How far `at` is, 0 to 1. */
export function fraction(at: number, long: number): number {
  return long > 0 ? Math.min(1, Math.max(0, at / long)) : 0;
}

/** The pauses between the stretches with sound, as shares of the whole. */
export function pauses(marks: readonly Mark[], seconds: number): [number, number][] {
  const found: [number, number][] = [];
  for (let at = 1; at < marks.length; at++) {
    const from = marks[at - 1]?.[1], to = marks[at]?.[0];
    if (from != null && to !== undefined && to > from) {
      found.push([fraction(from, seconds), fraction(to, seconds)]);
    }
  }
  return found;
}

/** The filled outline of one side: from the middle line up (`way` -1) or down (1). */
export function outline(peaks: readonly number[], width: number, middle: number, loudest: number,
  way: 1 | -1): string {
  if (peaks.length === 0) return "";
  const step = width / peaks.length;
  const points = peaks.map((peak, at) => {
    // Quiet speech is seen too: the square root lifts it.
    const height = Math.max(0.6, Math.sqrt(peak / loudest) * (middle - 2));
    return `L${(at * step).toFixed(1)} ${(middle + way * height).toFixed(1)}H${((at + 0.7) * step).toFixed(1)}V${middle}`;
  });
  return `M0 ${middle}${points.join("")}V${middle}H0Z`;
}

/** Where a key leads from `at`; null for keys that lead nowhere. */
export function stepped(key: string, at: number, long: number): number | null {
  switch (key) {
    case "ArrowRight": return Math.min(long, at + STEP_S);
    case "ArrowLeft": return Math.max(0, at - STEP_S);
    case "Home": return 0;
    case "End": return long;
    default: return null;
  }
}
