// Outcomes of two levels: a key opens a group, the next one chooses in it. Pure.
import type { DispositionView } from "./protocol.gen.js";

/** One place of the first level: an outcome of its own, or a group of several. */
export interface Place {
  name: string;
  choices: DispositionView[];     // one: it is chosen at once
}

/** The first level, in the order of the first outcome of each. */
export function placesOf(choices: readonly DispositionView[]): Place[] {
  const places: Place[] = [];
  const groups = new Map<string, Place>();
  for (const choice of choices) {
    const known = choice.group ? groups.get(choice.group) : undefined;
    if (known) {
      known.choices.push(choice);
      continue;
    }
    const place: Place = { name: choice.group || choice.name, choices: [choice] };
    if (choice.group) groups.set(choice.group, place);
    places.push(place);
  }
  for (const place of places) if (place.choices.length === 1) place.name = place.choices[0]!.name;
  return places;
}

/** What key 1-9 means: an outcome, a group to open, or nothing. `open`: the group that is. */
export function picked(choices: readonly DispositionView[], open: string, digit: number):
    { outcome: string } | { group: string } | null {
  const places = placesOf(choices);
  const inside = places.find((place) => place.name === open && place.choices.length > 1);
  if (inside) {
    const choice = inside.choices[digit - 1];
    return choice ? { outcome: choice.id } : null;
  }
  const place = places[digit - 1];
  if (!place) return null;
  return place.choices.length > 1 ? { group: place.name } : { outcome: place.choices[0]!.id };
}

/** How many letters the note still lacks for this outcome. */
export function lettersMissing(choice: DispositionView, note: string): number {
  const needed = Math.max(choice.note_min ?? 0, choice.needs_note ? 1 : 0);
  return Math.max(0, needed - [...note.trim()].length);
}
