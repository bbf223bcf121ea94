// Everything one can do, by name: what has a key, and what has none. Found by any part of its words.
import { asDelivered, bindings } from "./bindings.js";
import type { Desk } from "./desk.js";
import { sectionsOf } from "./sections.js";
import { isRingMuted, muteRing, readPage, wear, type Theme } from "./settings.js";
import { changeLocale } from "./speak.js";
import { say, spoken, t, tOr } from "./texts.js";

export interface Command {
  id: string;
  words: string;
  key: string;                // as shown, "" when it has none
  run: () => void;
}

export const ONLY_ACTIONS = ">";
const MOST = 8;

/** Those whose words hold every part of `text`, the ones that begin with it first. Pure. */
export function found<C extends { words: string }>(text: string, commands: readonly C[],
                                                   most = MOST): C[] {
  const parts = folded(text.replace(ONLY_ACTIONS, "")).split(/\s+/).filter(Boolean);
  const ranked = commands.flatMap((command) => {
    const words = folded(command.words);
    const places = parts.map((part) => place(words, part));
    return places.includes(Infinity) ? []
      : [{ command, rank: places.reduce((sum, one) => sum + one, 0) }];
  });
  return ranked.sort((a, b) => a.rank - b.rank).slice(0, most).map(({ command }) => command);
}

/** 0 at the beginning, 1 where a word begins, 2 within one. */
function place(words: string, part: string): number {
  const at = words.indexOf(part);
  if (at <= 0) return at === 0 ? 0 : Infinity;
  return words.includes(` ${part}`) ? 1 : 2;
}

function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLocaleLowerCase();
}

export function commands(desk: Desk): Command[] {
  return [...withKeys(desk), ...outcomes(desk), ...states(desk), ...places(desk), ...looks(desk)];
}

/** Families of keys (1 … 9) are left out: what they choose has its own names. */
function withKeys(desk: Desk): Command[] {
  const known = new Set<string>();
  const delivered = asDelivered(desk);
  return bindings(desk).flatMap((one, at) => {
    const isOne = !/[*]|^Escape$/.test(delivered[at]?.keys ?? "") && !known.has(one.text);
    known.add(one.text);
    if (!isOne || one.text === "search.title") return [];
    return [{ id: one.text, words: t(one.text), key: one.shown ?? "", run: () => void one.run(-1) }];
  });
}

function outcomes(desk: Desk): Command[] {
  const one = desk.conversation;
  return (one?.dispositions ?? []).map(({ id, name }, at) => ({
    id: `outcome-${id}`, words: `${t("keys.outcome")}: ${say(name)}`,
    key: at < 9 ? `Alt ${at + 1}` : "",
    run: () => { if (one) desk.drafts.type(one, { disposition: id }); } }));
}

function states(desk: Desk): Command[] {
  if (!desk.hasDesk) return [];
  const { phone, catalogue } = desk;
  const plain = (id: string, words: string, run: () => void): Command =>
    ({ id, words, key: "", run });
  return [
    ...(catalogue?.pause_reasons ?? []).map((reason) => plain(`pause-${reason.id}`,
      `${t("state.pause")}: ${tOr(`reason.${reason.id}`, reason.name)}`,
      () => void phone.goAway("paused", reason.id))),
    plain("offline", t("state.go_offline"), () => void phone.goAway("offline")),
    plain("use-desk", `${t("phone.which")}: ${t("phone.desk")}`, () => void phone.use("desk")),
    ...(phone.web ? [
      plain("use-web", `${t("phone.which")}: ${t("phone.web")}`, () => void phone.use("web")),
      plain("devices", t("devices.title"), () => desk.open("devices")),
      ...(phone.web.state === "elsewhere"
        ? [plain("take-over", t("phone.take_over"), () => void phone.takeOver())] : [])] : []),
  ];
}

function places(desk: Desk): Command[] {
  const go = t("palette.go");
  return [
    ...desk.tabs.map((tab) => ({ id: `tab-${tab}`, words: `${go}: ${t(`tab.${tab}`)}`, key: "",
                                 run: () => desk.go(tab) })),
    ...(desk.tabs.includes("base") ? sectionsOf(desk) : []).map((section) => ({
      id: `section-${section.id}`, words: `${go}: ${t(`base.${section.id}`)}`, key: "",
      run: () => desk.goToSection(section.id) }))];
}

function looks(desk: Desk): Command[] {
  const themes: Theme[] = ["system", "light", "dark"];
  return [
    ...themes.map((one) => ({ id: `theme-${one}`, words: t(`theme.${one}`), key: "",
                              run: () => { wear(one); desk.changed(); } })),
    ...readPage().locales.filter(({ id }) => id !== spoken()).map(({ id, name }) => ({
      id: `locale-${id}`, words: `${t("palette.language")}: ${name}`, key: "",
      run: () => void changeLocale(id).then(desk.changed) })),
    { id: "ring", words: t(isRingMuted() ? "ring.turn_on" : "ring.turn_off"), key: "",
      run: () => { muteRing(!isRingMuted()); desk.changed(); } },
    { id: "sign-out", words: t("page.sign_out"), key: "", run: () => void desk.signOut() },
  ];
}
