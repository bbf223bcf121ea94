// A menu that opens at something of the page, and its keys: arrows walk, letters do.
export async function openAt(menu: HTMLElement | null, at: Element): Promise<void> {
  if (!menu) return;
  menu.showPopover();
  const place = at.getBoundingClientRect();
  const top = place.bottom + menu.offsetHeight < innerHeight ? place.bottom + 2
    : Math.max(0, place.top - menu.offsetHeight - 2);
  menu.style.setProperty("--top", `${top}px`);
  menu.style.setProperty("--left", `${Math.min(place.left, innerWidth - menu.offsetWidth - 8)}px`);
  (itemsOf(menu).find((one) => !one.disabled) ?? menu).focus();
}

export function itemsOf(menu: ParentNode): HTMLButtonElement[] {
  return [...menu.querySelectorAll<HTMLButtonElement>(".menu-item")];
}

/** Whether an arrow was meant. */
export function walked(menu: ParentNode, event: KeyboardEvent): boolean {
  const step = event.code === "ArrowDown" ? 1 : event.code === "ArrowUp" ? -1 : 0;
  if (!step) return false;
  const items = itemsOf(menu).filter((one) => !one.disabled);
  const at = items.indexOf(document.activeElement as HTMLButtonElement);
  items.at((at + step + items.length) % Math.max(items.length, 1))?.focus();
  return true;
}
