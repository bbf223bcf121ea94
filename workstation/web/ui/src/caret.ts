// Where the cursor belongs after somebody else's letters arrived in the same field. Pure.

/** The place in `next` of the letter that stood at `caret` in `old`. */
export function moved(old: string, next: string, caret: number): number {
  const shortest = Math.min(old.length, next.length);
  let head = 0;
  while (head < shortest && old[head] === next[head]) head += 1;
  if (caret <= head) return caret;
  let tail = 0;
  while (tail < shortest - head && old.at(-1 - tail) === next.at(-1 - tail)) tail += 1;
  if (caret >= old.length - tail) return next.length - (old.length - caret);
  return Math.min(caret, next.length - tail);
}

type Field = HTMLInputElement | HTMLTextAreaElement;

/** Shows `text` in `field`; the cursor and the selection stay with their letters. */
export function show(field: Field, text: string): void {
  if (field.value === text) return;
  const [start, end] = [field.selectionStart, field.selectionEnd];
  const old = field.value;
  field.value = text;
  if (start === null || end === null || field !== document.activeElement) return;
  field.setSelectionRange(moved(old, text, start), moved(old, text, end));
}
