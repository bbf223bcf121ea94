// Cards that are being edited: what was typed outlives a look at another conversation, a call and
// a reload of the page; it goes when it is saved or undone.
import { carriedOver, formOf, type CardForm } from "./card_form.js";
import type { CardView, ChangedView } from "./protocol.gen.js";

export interface Editing {
  base: CardView;
  form: CardForm;
  /** Place in the form → code of what is wrong there. */
  errors: Record<string, string>;
  /** What others saved while this was typed. */
  theirs: ChangedView[];
  isSaving: boolean;
}

const KEPT = "deskline.card_edits";
const open = new Map<number, Editing>(read());

export function editing(clientId: number): Editing | undefined {
  return open.get(clientId);
}

export function begin(card: CardView): Editing {
  const found = open.get(card.client_id);
  if (found) return found;
  const made = { base: card, form: formOf(card), errors: {}, theirs: [], isSaving: false };
  open.set(card.client_id, made);
  keep();
  return made;
}

export function typed(one: Editing, change: Partial<CardForm>): void {
  one.form = { ...one.form, ...change };
  keep();
}

/** Somebody saved meanwhile: his card is the base now, what was typed upon the old one stays. */
export function rebase(one: Editing, fresh: CardView, theirs: ChangedView[]): void {
  one.form = carriedOver(one.base, one.form, fresh);
  one.base = fresh;
  one.theirs = [...one.theirs, ...theirs];
  keep();
}

export function end(clientId: number): void {
  open.delete(clientId);
  keep();
}

function keep(): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify([...open]));
  } catch {
    // a full or forbidden store: the edit lives as long as the page
  }
}

function read(): [number, Editing][] {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]") as [number, Editing][];
    return kept.map(([id, one]) => [id, { ...one, isSaving: false }]);
  } catch {
    return [];
  }
}
