// What a lead may do with the operator of a tile. Every item keeps its place and its letter; what
// cannot be done now is dim.
import { html, nothing } from "lit";
import { hearing, MODES, supervise, talkOf, type Deed } from "../supervision.js";
import { t } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { LOOKS } from "./listening_bar.js";
import { Piece } from "./piece.js";

const DEEDS: Deed[] = [...MODES, "take_over", "stop_listening"];

class TileMenu extends Piece {
  static override readonly follows = ["calls", "operators"] as const;
  private operator = "";

  /** Below the tile, or above it where the window ends. */
  async open(operator: string, tile: Element): Promise<void> {
    this.operator = operator;
    this.requestUpdate();
    await this.updateComplete;
    const menu = this.querySelector<HTMLElement>(".tile-menu");
    if (!menu) return;
    menu.showPopover();
    const place = tile.getBoundingClientRect();
    const top = place.bottom + menu.offsetHeight < innerHeight ? place.bottom + 2
      : Math.max(0, place.top - menu.offsetHeight - 2);
    menu.style.setProperty("--top", `${top}px`);
    menu.style.setProperty("--left",
                           `${Math.min(place.left, innerWidth - menu.offsetWidth - 8)}px`);
    (this.items.find((one) => !one.disabled) ?? menu).focus();
  }

  protected override render(): Html {
    const name = this.operator ? this.desk.operatorName(this.operator) : "";
    return html`<div class="menu tile-menu" popover role="menu" tabindex="-1" aria-label=${name}
      @keydown=${this.pressed}><p class="menu-title">${name}</p>
      ${DEEDS.map((deed) => this.item(deed))}
      <p class="menu-title tile-menu-why">${this.call("listen") ? nothing : t("supervise.no_talk")}</p>
    </div>`;
  }

  private item(deed: Deed): Html {
    const { icon: shape, key } = LOOKS[deed];
    return html`<button class="menu-item" role="menuitem" data-act=${deed}
      ?disabled=${!this.call(deed)} @click=${() => this.run(deed)}>
      ${icon(shape)} ${t(`supervise.${deed}`)} ${keyHint(key)}</button>`;
  }

  /** The call that the deed would be done to; null when it cannot be done. */
  private call(deed: Deed): string | null {
    const heard = hearing(this.desk);
    const isHis = heard !== null && heard.call.operator === this.operator;
    if (deed === "stop_listening") return isHis ? heard.call.id : null;
    if (isHis && heard.mine.mode === deed) return null;
    return talkOf(this.desk, this.desk.views.operators[this.operator])?.id ?? null;
  }

  private run(deed: Deed): void {
    const call = this.call(deed);
    if (!call) return;
    this.querySelector<HTMLElement>(".tile-menu")?.hidePopover();
    void supervise(this.desk, deed, call);
  }

  private get items(): HTMLButtonElement[] {
    return [...this.querySelectorAll<HTMLButtonElement>(".menu-item")];
  }

  private pressed = (event: KeyboardEvent): void => {
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    const deed = DEEDS.find((one) => event.code === `Key${LOOKS[one].key}`);
    const step = event.code === "ArrowDown" ? 1 : event.code === "ArrowUp" ? -1 : 0;
    if (plain && deed) this.run(deed);
    else if (step) this.walk(step);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  private walk(step: number): void {
    const items = this.items.filter((one) => !one.disabled);
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    items.at((at + step + items.length) % Math.max(items.length, 1))?.focus();
  }
}

customElements.define("tile-menu", TileMenu);
export type { TileMenu };
