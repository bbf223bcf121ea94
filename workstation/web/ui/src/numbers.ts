// Telephone numbers as people write them.

/** A number as people write it; servers send calls' numbers bare: `+79031234567`. */
export function phone(number: string): string {
  const local = /^\+7(\d{3})(\d{3})(\d\d)(\d\d)$/.exec(number);
  if (local) return `+7 ${local[1]} ${local[2]}-${local[3]}-${local[4]}`;
  const groups = /^\+\d{7,}$/.test(number) ? number.slice(1).match(/\d{1,3}/g) : null;
  return groups ? `+${groups.join(" ")}` : number;
}
