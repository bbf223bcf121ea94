// What was typed upon the same draft on two screens, joined. The server does it alike
// (`workstation/protocol/joining.py`); both are held to `test/join_cases.json`.

export interface Content {
  note: string;
  disposition: string | null;
  form_type: string | null;
  form: Record<string, string>;
  follow: Record<string, string>;
}

/** Both sets of changes to `base`; where both changed the same field, ours stands. */
export function join(base: Content, mine: Content, theirs: Content): Content {
  return {
    note: joinText(base.note, mine.note, theirs.note),
    disposition: pick(base.disposition, mine.disposition, theirs.disposition) ?? null,
    form_type: pick(base.form_type, mine.form_type, theirs.form_type) ?? null,
    form: joinFields(base.form, mine.form, theirs.form),
    follow: joinFields(base.follow, mine.follow, theirs.follow),
  };
}

export function isSame(one: Content, other: Content): boolean {
  return one.note === other.note && one.disposition === other.disposition
    && one.form_type === other.form_type && areSame(one.form, other.form)
    && areSame(one.follow, other.follow);
}

function areSame(one: Record<string, string>, other: Record<string, string>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length
    && names.every((name) => one[name] === other[name]);
}

function pick<T>(base: T, mine: T, theirs: T): T {
  return mine === base ? theirs : mine;
}

function joinFields(base: Record<string, string>, mine: Record<string, string>,
                    theirs: Record<string, string>): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const value = pick(base[name], mine[name], theirs[name]);
    if (value !== undefined) joined[name] = value;
  }
  return joined;
}

/** Three-way merge of one changed stretch on each side; letters typed are kept. */
export function joinText(base: string, mine: string, theirs: string): string {
  if (mine === base || mine === theirs) return theirs;
  if (theirs === base) return mine;
  const a = stretch(base, mine);
  const b = stretch(base, theirs);
  const [first, second] = a.start < b.start ? [a, b] : [b, a];
  if (first.end <= second.start && first.start < second.start) {
    return base.slice(0, first.start) + first.text + base.slice(first.end, second.start)
      + second.text + base.slice(second.end);
  }
  const start = Math.min(a.start, b.start);
  const end = Math.max(a.end, b.end);
  const ours = base.slice(start, a.start) + a.text + base.slice(a.end, end);
  const other = base.slice(start, b.start) + b.text + base.slice(b.end, end);
  const both = ours.startsWith(other) ? ours : other.startsWith(ours) ? other : other + ours;
  return base.slice(0, start) + both + base.slice(end);
}

interface Stretch {
  start: number;
  end: number;
  text: string;
}

/** `before.slice(0, start) + text + before.slice(end)` is `after`, as short as can be. */
export function stretch(before: string, after: string): Stretch {
  const limit = Math.min(before.length, after.length);
  let start = 0;
  while (start < limit && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < limit - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}
