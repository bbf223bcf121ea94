// What a lead may do with a caller who waits: fetch him to the own phone, or send him elsewhere.
import { html } from "lit";
import { phone } from "../numbers.js";
import { t } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import { openAt, walked } from "./popover.js";

class QueueMenu extends Piece {
  static override readonly follows = ["calls", "queues"] as const;
  private waiting = "";

  async open(call: string, at: Element): Promise<void> {
    this.waiting = call;
    this.requestUpdate();
    await this.updateComplete;
    await openAt(this.menu, at);
  }

  private get menu(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".queue-menu");
  }

  protected override render(): Html {
    const call = this.desk.views.calls[this.waiting];
    const who = call ? call.client_name || call.name || phone(call.number) : "";
    return html`<div class="menu queue-menu" popover role="menu" tabindex="-1" aria-label=${who || t("number.hidden")}
      @keydown=${this.pressed}><p class="menu-title">${who || t("number.hidden")}</p>
      <button class="menu-item" role="menuitem" data-act="pull" ?disabled=${!this.mayPull}
        @click=${this.pull}>${icon("phone-incoming")} ${t("call.pick_up")} ${keyHint("P")}</button>
      <button class="menu-item" role="menuitem" data-act="redirect" ?disabled=${!this.maySend}
        @click=${this.send}>${icon("phone-forwarded")} ${t("calls.move")} ${keyHint("R")}</button></div>`;
  }

  private get mayPull(): boolean {
    return this.desk.hasDesk && this.desk.views.calls[this.waiting] !== undefined;
  }

  private get maySend(): boolean {
    return this.desk.controls.movingVerb(this.waiting) !== null;
  }

  private pull = (): void => {
    this.menu?.hidePopover();
    void this.desk.controls.take("pick_up", this.waiting);
  };

  private send = (): void => {
    this.menu?.hidePopover();
    this.desk.controls.move(this.waiting);
  };

  private pressed = (event: KeyboardEvent): void => {
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    if (plain && event.code === "KeyP" && this.mayPull) this.pull();
    else if (plain && event.code === "KeyR" && this.maySend) this.send();
    else if (!walked(this, event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
}

customElements.define("queue-menu", QueueMenu);
export type { QueueMenu };
