// What one person likes on this machine: language, theme, sounds. Nothing about clients is kept here.

export type Theme = "system" | "light" | "dark";

export interface Page {
  locale: string;
  locales: { id: string; name: string; texts: string }[];
  build: string;
}

/** What the server wrote into the page's <body data-…>. */
export function readPage(): Page {
  const { locale, locales, build } = document.body.dataset;
  return { locale: locale ?? "en", locales: JSON.parse(locales ?? "[]") as Page["locales"],
           build: build ?? "" };
}

export function rememberLocale(locale: string): void {
  document.cookie = `deskline_locale=${locale}; path=/; max-age=31536000; samesite=strict`;
}

export function theme(): Theme {
  const kept = read("theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function wear(next: Theme): void {
  write("theme", next);
  document.documentElement.dataset["theme"] = next;
}

export function isRingMuted(): boolean {
  return read("ring") === "muted";
}

export function muteRing(muted: boolean): void {
  write("ring", muted ? "muted" : "on");
}

/** Of thresholds that are crossed. */
export function isAlarmMuted(): boolean {
  return read("alarm") === "muted";
}

export function muteAlarm(muted: boolean): void {
  write("alarm", muted ? "muted" : "on");
}

/** Short words kept on this machine, for instance what was put away. */
export function readList(name: string): string[] {
  return (read(name) ?? "").split(",").filter(Boolean);
}

export function writeList(name: string, words: readonly string[]): void {
  write(name, words.join(","));
}

export function readWord(name: string): string {
  return read(name) ?? "";
}

export function writeWord(name: string, word: string): void {
  write(name, word);
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(`deskline.${name}`);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(`deskline.${name}`, value);
  } catch {
    // A browser that keeps nothing: the choice holds until the page is closed.
  }
}
