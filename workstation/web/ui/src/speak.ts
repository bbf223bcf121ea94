// Fetching a language and switching to it without a reload.
import { readPage, rememberLocale } from "./settings.js";
import { speak } from "./texts.js";

export async function useLocale(id: string): Promise<void> {
  const { locales } = readPage();
  const chosen = locales.find((one) => one.id === id) ?? locales[0];
  if (!chosen) return;
  const answer = await fetch(chosen.texts);
  speak(chosen.id, await answer.json() as Record<string, string>);
  document.documentElement.lang = chosen.id;
}

export async function changeLocale(id: string): Promise<void> {
  await useLocale(id);
  rememberLocale(id);
}
