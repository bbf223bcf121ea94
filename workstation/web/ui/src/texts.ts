// The users' words and their way to write sums, dates and numbers.

export type Values = Record<string, string | number>;

let locale = "en";
let texts: Record<string, string> = {};
let plural = new Intl.PluralRules("en");
const listeners = new Set<() => void>();

export function speak(nextLocale: string, catalogue: Record<string, string>): void {
  locale = nextLocale;
  texts = catalogue;
  sentences = sentencesOf(catalogue);
  plural = new Intl.PluralRules(nextLocale);
  formats.clear();
  for (const listener of listeners) listener();
}

export function onSpeak(listener: () => void): void {
  listeners.add(listener);
}

export function spoken(): string {
  return locale;
}

/** The text of `key`; with `n` its plural form; a missing text shows its key. */
export function t(key: string, values: Values = {}): string {
  const text = texts[key] ?? withNumber(key, values["n"]) ?? key;
  return fill(text, values);
}

function fill(text: string, values: Values): string {
  return text.replace(PLACE, (whole, name: string) => String(values[name] ?? whole));
}

/** The text of `key`, or `otherwise` when no catalogue has it (ids that administrators invent). */
export function tOr(key: string, otherwise: string): string {
  return texts[key] ?? otherwise;
}

/** What the server says in English (a queue's name, why nothing is dialled), in the user's
 * language if the catalogue has it; a sentence may hold places: `word.{n} operators are ready`. */
export function say(text: string): string {
  const known = texts[`word.${text}`];
  if (known !== undefined) return known;
  for (const { shape, names, said } of sentences) {
    const found = shape.exec(text);
    if (!found) continue;
    const values = Object.fromEntries(names.map((name, at) => [name, say(found[at + 1] ?? "")]));
    return fill(said, values);
  }
  return text.replace(MOMENT, (_, on: string, at: string) => {
    const when = `${on}T${at}Z`;
    return `${day(when)}, ${timeOfDay(when)}`;
  });
}

const MOMENT = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/g;
const PLACE = /\{(\w+)\}/g;

interface Sentence {
  shape: RegExp;
  names: string[];
  said: string;
}

let sentences: Sentence[] = [];

/** The catalogue's sentences with places, as patterns. */
function sentencesOf(catalogue: Record<string, string>): Sentence[] {
  return Object.entries(catalogue).flatMap(([key, said]) => {
    if (!key.startsWith("word.") || !key.includes("{")) return [];
    const template = key.slice("word.".length);
    const names = [...template.matchAll(PLACE)].map((place) => place[1] ?? "");
    const plain = template.split(PLACE).filter((_, at) => at % 2 === 0);
    const shape = plain.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("(.+)");
    return [{ shape: new RegExp(`^${shape}$`, "s"), names, said }];
  });
}

/** A code in words: the catalogue's, else the code itself without its underscores. */
export function words(family: string, code: string): string {
  return texts[`${family}.${code}`] ?? (/^[a-z_]+$/.test(code) ? code.replaceAll("_", " ") : code);
}

function withNumber(stem: string, n: string | number | undefined): string | undefined {
  if (typeof n !== "number") return undefined;
  return texts[`${stem}.${plural.select(n)}`] ?? texts[`${stem}.other`];
}

const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function format<F extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => F): F {
  const known = formats.get(key);
  if (known) return known as F;
  const made = make();
  formats.set(key, made);
  return made;
}

/** `minor` units of `currency` (kopecks, cents) in the user's way of writing. */
export function money(minor: number, currency: string): string {
  const shape = format(`money ${currency}`, () => new Intl.NumberFormat(
    locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" }));
  const digits = shape.resolvedOptions().maximumFractionDigits ?? 2;
  return shape.format(minor / 10 ** digits);
}

export function number(value: number): string {
  return format("number", () => new Intl.NumberFormat(
    locale, { maximumFractionDigits: 1 })).format(value);
}

/** A language's name in the user's own, `de` → German. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** The time of day in another zone now; "" for a zone nobody knows. */
export function timeThere(timeZone: string, at: Date): string {
  try {
    return new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {
      hour: "2-digit", minute: "2-digit", timeZone }).format(at);
  } catch {
    return "";
  }
}

export function percent(share: number): string {
  return format("percent", () => new Intl.NumberFormat(
    locale, { style: "percent", maximumFractionDigits: 0 })).format(share);
}

let zone: string | undefined;

/** Moments are shown in the company's zone, whatever the machine's is. */
export function tellTimeIn(timeZone: string): void {
  zone = timeZone;
  formats.clear();
}

function moment(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return format(name, () => new Intl.DateTimeFormat(
    locale === "en" ? "en-GB" : locale, { ...options, ...(zone ? { timeZone: zone } : {}) }));
}

export function timeToTheSecond(at: string): string {
  return moment("seconds", { hour: "2-digit", minute: "2-digit", second: "2-digit" })
    .format(new Date(at));
}

export function timeOfDay(at: string): string {
  return moment("time", { hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}

/** `22 Nov`; of another year `28/09/25`. */
export function day(at: string, now = new Date()): string {
  const date = new Date(at.length === 10 ? `${at}T12:00:00Z` : at);
  const sameYear = date.getUTCFullYear() === now.getUTCFullYear();
  const shape = sameYear
    ? moment("day", { day: "numeric", month: "short" })
    : moment("day of year", { day: "2-digit", month: "2-digit", year: "2-digit" });
  return shape.format(date);
}

/** `12:03` today, else `09 Nov`. */
export function whenShort(at: string, now: Date): string {
  const same = moment("date", { dateStyle: "short" });
  return same.format(new Date(at)) === same.format(now) ? timeOfDay(at) : day(at, now);
}

export function dayAndTime(at: string, now: Date): string {
  return `${day(at, now)}, ${timeOfDay(at)}`;
}

/** Seconds as `0:42`, `12:03`, `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const s = String(whole % 60).padStart(2, "0");
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

/** A long stretch in words: `45 s`, `12 min`, `3 h 20 min`, `2 days`. */
export function stretch(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return t("stretch.s", { n: whole });
  if (whole < 3600) return t("stretch.min", { n: Math.floor(whole / 60) });
  if (whole < 86_400) {
    const minutes = Math.floor(whole / 60) % 60;
    const hours = t("stretch.h", { n: Math.floor(whole / 3600) });
    return minutes ? `${hours} ${t("stretch.min", { n: minutes })}` : hours;
  }
  return t("stretch.days", { n: Math.floor(whole / 86_400) });
}

const UTC = "UTC";

/** A day of the company's calendar, `2026-11-23`, as `Mon 23 Nov`. */
export function dateOf(isoDay: string): string {
  return format("calendar", () => new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {
    weekday: "short", day: "numeric", month: "short", timeZone: UTC })).format(new Date(isoDay));
}

export function monthOf(isoMonth: string): string {
  return format("month", () => new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {
    month: "long", year: "numeric", timeZone: UTC })).format(new Date(`${isoMonth}-01`));
}

/** 1 is Monday. */
export function weekday(isoNumber: number): string {
  return format("weekday", () => new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {
    weekday: "short", timeZone: UTC })).format(new Date(Date.UTC(2024, 0, isoNumber)));
}

/** Today, or another moment's day, on the company's calendar: `2026-11-23`. */
export function companyDay(at: Date): string {
  return format("company day", () => new Intl.DateTimeFormat("en-CA", {
    year: "numeric", month: "2-digit", day: "2-digit", ...(zone ? { timeZone: zone } : {}) })).format(at);
}
