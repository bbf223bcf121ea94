// How a request is written: its stages as its type names them, its form as its fields do.
import type { Desk } from "./desk.js";
import { now } from "./moments.js";
import type { FormFieldView, FormView, RequestView } from "./protocol.gen.js";
import { day, say, spoken, words } from "./texts.js";

export function formOf(desk: Desk, type: string): FormView | undefined {
  return desk.catalogue?.request_types.find((one) => one.type === type);
}

export function titleOf(desk: Desk, request: RequestView): string {
  return say(formOf(desk, request.type)?.title ?? request.title);
}

export function stageName(desk: Desk, type: string, stage: string): string {
  const known = formOf(desk, type)?.stages?.find(([id]) => id === stage);
  return known?.[1] || words("stage", stage);
}

/** What the button says that leads there. */
export function stepName(desk: Desk, type: string, stage: string): string {
  const known = formOf(desk, type)?.stages?.find(([id]) => id === stage);
  return known?.[2] || words("stage_to", stage);
}

/** Whom one may give it to: those the settings name, and whoever is on the floor. */
export function peopleOf(desk: Desk): { id: string; name: string }[] {
  const found = new Map((desk.catalogue?.operators ?? []).map((one) => [one.id, one.name]));
  for (const one of Object.values(desk.views.operators)) found.set(one.id, one.name);
  return [...found].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name));
}

/** What was filled in: [label, value], as this language writes them. */
export function filledIn(desk: Desk, request: RequestView): (readonly [string, string])[] {
  const form = formOf(desk, request.type);
  return Object.entries(request.fields).filter(([, value]) => value).map(([name, value]) => {
    const field = form?.fields.find((one) => one.name === name);
    return [say(field?.label ?? name), written(field, value)] as const;
  });
}

function written(field: FormFieldView | undefined, value: string): string {
  const chosen = field?.choices.find(([id]) => id === value)?.[1];
  if (chosen) return say(chosen);
  if (field?.kind === "number" && Number.isFinite(Number(value))) {
    return new Intl.NumberFormat(spoken(), { maximumFractionDigits: 6 }).format(Number(value));
  }
  if (field?.kind === "date" && /^\d{4}-\d\d-\d\d$/.test(value)) return day(value, now());
  return value;
}
