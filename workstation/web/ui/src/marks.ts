// What a search met in a text: the text in parts, each met or not.
import { phone } from "./numbers.js";

export interface Part { text: string; met: boolean }

/** `marks` are `[start, end)` counted in characters, as the server counts: not in UTF-16 units. */
export function parts(text: string, marks: number[][]): Part[] {
  const letters = Array.from(text);
  const found: Part[] = [];
  let at = 0;
  for (const [start = 0, end = 0] of marks) {
    found.push({ text: letters.slice(at, start).join(""), met: false },
               { text: letters.slice(start, end).join(""), met: true });
    at = end;
  }
  found.push({ text: letters.slice(at).join(""), met: false });
  return found.filter((part) => part.text);
}

/** The same for a number, as people write it: its digits keep their marks. */
export function phoneParts(number: string, marks: number[][]): Part[] {
  const written = phone(number);
  const places = [...written].flatMap((sign, place) => (/[+\d]/.test(sign) ? [place] : []));
  return parts(written, marks.flatMap(([start = 0, end = 0]) => {
    const [first, last] = [places[start], places[end - 1]];
    return first === undefined || last === undefined ? [] : [[first, last + 1]];
  }));
}
