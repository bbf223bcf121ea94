// What a lead may do with the operator of a tile. Every item keeps its place and its letter; what
// cannot be done now is dim.
import { html, nothing } from "lit";
import { hearing, MODES, supervise, talkOf, type Deed } from "../supervision.js";
import { t } from "../texts.js";
import type { IconName } from "../icon_shapes.js";
import { icon, keyHint, type Html } from "./bits.js";
import { LOOKS } from "./listening_bar.js";
import { Piece } from "./piece.js";
import { openAt, walked } from "./popover.js";
import "./tile_dialog.js";
import type { TileDialog, TileForm } from "./tile_dialog.js";

const DEEDS: Deed[] = [...MODES, "take_over", "stop_listening"];
const FORMS: { form: TileForm; icon: IconName; key: string }[] = [
  { form: "state", icon: "pause", key: "S" }, { form: "message", icon: "message-square", key: "M" }];

class TileMenu extends Piece {
  static override readonly follows = ["calls", "operators"] as const;
  private operator = "";

  async open(operator: string, tile: Element): Promise<void> {
    this.operator = operator;
    this.requestUpdate();
    await this.updateComplete;
    await openAt(this.querySelector<HTMLElement>(".tile-menu"), tile);
  }

  protected override render(): Html {
    const name = this.operator ? this.desk.operatorName(this.operator) : "";
    return html`<div class="menu tile-menu" popover role="menu" tabindex="-1" aria-label=${name}
      @keydown=${this.pressed}><p class="menu-title">${name}</p>
      ${DEEDS.map((deed) => this.item(deed))}
      <p class="menu-title tile-menu-why">${this.call("listen") ? nothing : t("supervise.no_talk")}</p>
      ${FORMS.map(({ form, icon: shape, key }) => html`<button class="menu-item" role="menuitem" data-act=${form}
        ?disabled=${this.operator === this.desk.me?.id} @click=${() => this.write(form)}>
        ${icon(shape)} ${t(`tile.${form}`)} ${keyHint(key)}</button>`)}
    </div><tile-dialog .desk=${this.desk}></tile-dialog>`;
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

  private write(form: TileForm): void {
    if (this.operator === this.desk.me?.id) return;
    this.querySelector<HTMLElement>(".tile-menu")?.hidePopover();
    void this.querySelector<TileDialog>("tile-dialog")?.open(this.operator, form);
  }

  private pressed = (event: KeyboardEvent): void => {
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    const deed = DEEDS.find((one) => event.code === `Key${LOOKS[one].key}`);
    const form = FORMS.find((one) => event.code === `Key${one.key}`)?.form;
    if ((event.target as Element).closest("dialog")) return;
    if (plain && deed) this.run(deed);
    else if (plain && form) this.write(form);
    else if (!walked(this, event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
}

customElements.define("tile-menu", TileMenu);
export type { TileMenu };
