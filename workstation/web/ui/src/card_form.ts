// A card being edited: what stands in its form, what of it differs, and how it is carried over to
// a newer card. Pure; the law: a form that nobody touched makes no edit, and what was typed stays.
import type {
  AddressEdit, CardView, ClientEdit, ConsentEdit, EmailEdit, PhoneEdit, RelationEdit,
} from "./protocol.gen.js";

export const FLAGS = ["vip", "do_not_call", "deceased", "in_court"] as const;
export const CONSENTS = ["calls", "messages", "mail", "recording", "data", "sharing",
  "recorded_calls"] as const;
export const ROLES = ["son", "daughter", "parent", "spouse", "relative", "guardian",
  "representative", "tenant", "landlord", "neighbour", "bookkeeper", "director", "employee",
  "lawyer", "other"] as const;
type Flag = typeof FLAGS[number];

/** One line of a list. `key` names what is there already: a number, an address' id; "" is new. */
export interface Line {
  key: string;
  values: Record<string, string>;
  isPrimary: boolean;
  isConfirmed: boolean;
  isRemoved: boolean;
}

export interface CardForm {
  name: string;
  kind: "person" | "organisation";
  language: string;
  time_zone: string;
  tags: string;
  flags: Flag[];
  phones: Line[];
  emails: Line[];
  addresses: Line[];
  relations: Line[];
  consents: Record<string, string>;       // kind → "", given, withdrawn
  consentHow: string;
  custom: Record<string, string>;
}

export type ListName = "phones" | "emails" | "addresses" | "relations";
export const LISTS: ListName[] = ["phones", "emails", "addresses", "relations"];
const PLACE = ["city", "street", "house", "flat", "postcode"] as const;
const SCALARS = ["name", "kind", "language", "time_zone"] as const;

export function formOf(card: CardView): CardForm {
  return {
    name: card.name, kind: card.kind, language: card.language, time_zone: card.time_zone ?? "",
    tags: card.tags.join(", "),
    flags: FLAGS.filter((flag) => card.flags.includes(flag)),
    phones: card.phones.map((one) => line(one.e164, { number: one.label, name: one.name ?? "" },
                                          one.primary ?? false)),
    emails: (card.emails ?? []).map((one) => line(
      one.email, { email: one.email, name: one.name }, one.primary)),
    addresses: (card.addresses ?? []).map((one) => line(String(one.id), {
      city: one.city, street: one.street, house: one.house, flat: one.flat,
      postcode: one.postcode, name: one.name }, one.primary)),
    relations: (card.relations ?? []).map((one) => line(String(one.id), {
      client: String(one.client_id), client_name: one.name, role: one.role, note: one.note,
      calls_for: one.calls_for ? "yes" : "" }, false)),
    consents: Object.fromEntries(CONSENTS.map((kind) => [kind, said(card, kind)])),
    consentHow: "phone",
    custom: Object.fromEntries((card.custom ?? []).filter((one) => !one.hidden)
      .map((one) => [one.field.key, one.text])),
  };
}

function line(key: string, values: Record<string, string>, isPrimary: boolean): Line {
  return { key, values, isPrimary, isConfirmed: false, isRemoved: false };
}

export function newLine(list: ListName): Line {
  const values: Record<ListName, Record<string, string>> = {
    phones: { number: "", name: "" }, emails: { email: "", name: "" },
    addresses: { city: "", street: "", house: "", flat: "", postcode: "", name: "" },
    relations: { client: "", client_name: "", role: "", note: "", calls_for: "yes" },
  };
  return line("", values[list], false);
}

function said(card: CardView, kind: string): string {
  const latest = (card.consents ?? []).find((one) => one.kind === kind);
  return latest ? (latest.given ? "given" : "withdrawn") : "";
}

/** What differs from the card. `places`: where an error of the server belongs, `phones.0` →
 * `phones.2`, the line of the form. */
export function editOf(card: CardView, form: CardForm): { edit: ClientEdit; places: Map<string, string> } {
  const before = formOf(card);
  const edit: Record<string, unknown> = {};
  for (const name of SCALARS) if (form[name] !== before[name]) edit[name] = form[name];
  if (form.tags !== before.tags) edit["tags"] = tagsOf(form.tags);
  if (form.flags.join() !== before.flags.join()) edit["flags"] = form.flags;
  const custom = Object.entries(form.custom).filter(([key, text]) => text !== (before.custom[key] ?? ""));
  if (custom.length) edit["custom"] = Object.fromEntries(custom);
  const consents = consentEdits(before, form);
  if (consents.length) edit["consents"] = consents;
  const places = new Map<string, string>();
  for (const list of LISTS) {
    const found: unknown[] = [];
    form[list].forEach((one, at) => {
      const made = lineEdit(list, before[list].find((old) => old.key === one.key && one.key !== ""), one);
      if (made) places.set(`${list}.${found.push(made) - 1}`, `${list}.${at}`);
    });
    if (found.length) edit[list] = found;
  }
  return { edit: edit as ClientEdit, places };
}

function tagsOf(text: string): string[] {
  return text.split(/[,;]/).map((tag) => tag.trim()).filter(Boolean);
}

function consentEdits(before: CardForm, form: CardForm): ConsentEdit[] {
  return CONSENTS.filter((kind) => form.consents[kind] && form.consents[kind] !== before.consents[kind])
    .map((kind) => ({ kind, given: form.consents[kind] === "given",
                      channel: form.consentHow as NonNullable<ConsentEdit["channel"]> }));
}

function isBlank(list: ListName, one: Line): boolean {
  if (list === "relations") return !one.values["client"] && !one.values["role"];
  return Object.values(one.values).every((value) => !value.trim());
}

function lineEdit(list: ListName, old: Line | undefined, one: Line): unknown {
  if (!old && (one.isRemoved || isBlank(list, one))) return null;
  const marks = {
    ...(one.isRemoved ? { removed: true } : {}), ...(one.isConfirmed ? { confirmed: true } : {}),
    ...(list !== "relations" && one.isPrimary !== (old?.isPrimary ?? false)
      ? { primary: one.isPrimary } : {}),
  };
  const different = !old || Object.keys(marks).length > 0
    || Object.entries(one.values).some(([name, value]) => value !== old.values[name]);
  return different ? { ...marks, ...valuesOf(list, old, one) } : null;
}

function valuesOf(list: ListName, old: Line | undefined, one: Line): object {
  const text = (name: string): string => one.values[name] ?? "";
  const name = !old || text("name") !== old.values["name"] ? { name: text("name") } : {};
  switch (list) {
    case "phones": return { number: old ? old.key : text("number"), ...name } satisfies PhoneEdit;
    case "emails": return { email: old ? old.key : text("email"), ...name } satisfies EmailEdit;
    case "addresses": {
      const isWritten = PLACE.some((part) => text(part) !== old?.values[part]);
      const place = isWritten && !one.isRemoved
        ? Object.fromEntries(PLACE.map((part) => [part, text(part)])) : {};
      return { ...(old ? { id: Number(old.key) } : {}), ...place, ...name } satisfies AddressEdit;
    }
    case "relations": return (old ? { id: Number(old.key), note: text("note") } : {
      ...(text("client") ? { client_id: Number(text("client")) } : {}), role: text("role"),
      calls_for: text("calls_for") === "yes", note: text("note"),
    }) satisfies RelationEdit;
  }
}

export function isChanged(card: CardView, form: CardForm): boolean {
  return Object.keys(editOf(card, form).edit).length > 0;
}

/** What somebody typed upon `old`, put upon `fresh`: his own fields stay, the others follow. */
export function carriedOver(old: CardView, form: CardForm, fresh: CardView): CardForm {
  const before = formOf(old);
  const next = formOf(fresh);
  for (const name of SCALARS) {
    if (form[name] !== before[name]) Object.assign(next, { [name]: form[name] });
  }
  if (form.tags !== before.tags) next.tags = form.tags;
  if (form.flags.join() !== before.flags.join()) next.flags = form.flags;
  next.consentHow = form.consentHow;
  for (const kind of CONSENTS) {
    const typed = form.consents[kind] ?? "";
    if (typed !== before.consents[kind]) next.consents[kind] = typed;
  }
  for (const [key, text] of Object.entries(form.custom)) {
    if (text !== (before.custom[key] ?? "")) next.custom[key] = text;
  }
  for (const list of LISTS) next[list] = linesOver(list, before[list], form[list], next[list]);
  return next;
}

/** Lines that were touched stay as typed, also where the other one took theirs away. */
function linesOver(list: ListName, before: Line[], typed: Line[], fresh: Line[]): Line[] {
  const touched = typed.filter((one) => lineEdit(list, before.find(
    (old) => old.key === one.key && one.key !== ""), one));
  const replaced = fresh.map((one) => touched.find((mine) => mine.key === one.key) ?? one);
  const added = touched.filter((mine) => !replaced.includes(mine))
    .map((mine) => ({ ...mine, key: "" }))
    .filter((mine) => !mine.isRemoved);
  return [...replaced, ...added];
}

/** The name of a place in the form for what somebody else changed, `phone:+7…` → `phones`. */
export function placeOf(field: string): string {
  const [kind = ""] = field.split(":");
  const lists: Record<string, string> = {
    phone: "phones", email: "emails", address: "addresses", relation: "relations",
    consent: "consents" };
  return lists[kind] ?? field;
}
