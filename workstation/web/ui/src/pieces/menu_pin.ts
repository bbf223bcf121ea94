// A client's PIN for the voice menu: made anew or taken back, and told once.
import { html, nothing } from "lit";
import { api, ApiRefused } from "../api.js";
import { problemInWords } from "../desk.js";
import { t } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

class MenuPin extends Piece {
  static override readonly follows = [] as const;
  static override properties = { ...Piece.properties, client: { attribute: false } };
  declare client: number;
  private asked = 0;
  private isSet = false;
  private pin = "";
  private isOpen = false;

  protected override render(): Html {
    if (this.asked !== this.client) {
      this.asked = this.client;
      this.pin = "";
      this.isOpen = false;
    }
    return html`<button class="link-button" data-act="pin" aria-expanded=${this.isOpen ? "true" : "false"}
        @click=${() => void this.toggle()}>${t("menu_pin.title")}</button>
      ${this.isOpen ? html`<div class="menu-pin" role="status">
        ${this.pin ? html`<p>${t("menu_pin.tell")} <strong class="number" data-pin>${this.pin}</strong></p>`
          : html`<p class="faint">${t(this.isSet ? "menu_pin.is_set" : "menu_pin.none")}</p>`}
        <button class="button small" data-act="pin-renew" @click=${() => void this.renew()}>
          ${icon("shield-check")} ${t(this.isSet ? "menu_pin.renew" : "menu_pin.make")}</button>
        ${this.isSet ? html`<button class="button small" data-act="pin-drop" @click=${() => void this.drop()}>
          ${t("menu_pin.drop")}</button>` : nothing}</div>` : nothing}`;
  }

  private async toggle(): Promise<void> {
    this.isOpen = !this.isOpen;
    this.pin = "";
    if (this.isOpen) {
      await this.tried(async () => {
        this.isSet = (await api<{ is_set: boolean }>("GET", this.path)).is_set;
      });
    }
    this.requestUpdate();
  }

  private async renew(): Promise<void> {
    await this.tried(async () => {
      this.pin = (await api<{ pin: string }>("POST", this.path)).pin;
      this.isSet = true;
    });
  }

  private async drop(): Promise<void> {
    await this.tried(async () => {
      await api("DELETE", this.path);
      this.pin = "";
      this.isSet = false;
    });
  }

  private get path(): string {
    return `/clients/${this.client}/menu-pin`;
  }

  private async tried(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiRefused)) throw error;
      this.desk.toast("error", problemInWords(error.problem));
    }
    this.requestUpdate();
  }
}

customElements.define("menu-pin", MenuPin);
