// What two cards say, line by line, with what they share and where they differ. Pure.
import type { CardView, ComparedView } from "../protocol.gen.js";
import { languageName, money, t } from "../texts.js";

export interface Said {
  text: string;
  /** The other card says it too. */
  isShared: boolean;
}

export interface Line {
  /** Of `choosable`, or a name of ours. */
  id: string;
  label: string;
  sides: [Said[], Said[]];
  isChoosable: boolean;
}

type Told = [id: string, label: string, of: (card: CardView) => string[]];

const LINES: Told[] = [
  ["name", "duplicates.name", (card) => [card.name]],
  ["kind", "duplicates.kind", (card) => [t(`kind.${card.kind}`)]],
  ["phones", "client.phones", (card) => card.phones.map((phone) => phone.e164)],
  ["emails", "duplicates.emails", (card) => (card.emails ?? []).map((mail) => mail.email)],
  ["addresses", "duplicates.addresses", (card) => places(card)],
  ["accounts", "duplicates.accounts", (card) => card.accounts.map((account) => account.number)],
  ["debt", "duplicates.debt", (card) => card.debt_minor
    ? [money(card.debt_minor, card.currency)] : []],
  ["language", "duplicates.language", (card) => card.language ? [languageName(card.language)] : []],
  ["time_zone", "duplicates.time_zone", (card) => card.time_zone ? [card.time_zone] : []],
  ["flags", "duplicates.flags", (card) => card.flags],
  ["tags", "duplicates.tags", (card) => card.tags],
  ["relations", "duplicates.relations", (card) => (card.relations ?? []).map((one) => one.name)],
  ["source", "duplicates.source", (card) => card.source ? [card.source] : []],
];

function places(card: CardView): string[] {
  const found = [...(card.addresses ?? []).map((one) => one.text),
    ...card.accounts.map((account) => account.address ?? "")];
  return [...new Set(found.filter(Boolean))];
}

/** Lines that either card fills, those of custom fields last. */
export function linesOf(both: ComparedView): Line[] {
  const told = LINES.map(([id, label, of]) =>
    line(id, t(label), of(both.low), of(both.high), both.choosable));
  const keys = new Map([...(both.low.custom ?? []), ...(both.high.custom ?? [])].map((one) => [one.field.key, one.field.label]));
  const custom = [...keys].map(([key, label]) => line(`custom.${key}`, label,
    textOf(both.low, key), textOf(both.high, key), both.choosable));
  return [...told, ...custom].filter(({ sides }) => sides[0].length + sides[1].length > 0);
}

function textOf(card: CardView, key: string): string[] {
  const text = card.custom?.find((one) => one.field.key === key)?.text ?? "";
  return text ? [text] : [];
}

function line(id: string, label: string, low: string[], high: string[], choosable: string[]): Line {
  const said = (mine: string[], theirs: string[]): Said[] =>
    mine.map((text) => ({ text, isShared: theirs.includes(text) }));
  return { id, label, sides: [said(low, high), said(high, low)],
           isChoosable: choosable.includes(id) };
}
