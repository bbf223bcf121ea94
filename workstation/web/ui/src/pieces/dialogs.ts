// Dialogs over the page: search, keys, transfer, keypad. One at a time; Escape closes.
import { html, nothing, type PropertyValues } from "lit";
import type { Dialog } from "../desk.js";
import { t } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import "./day_panel.js";
import "./devices_panel.js";
import "./dial_form.js";
import "./keys_panel.js";
import "./search_box.js";
import "./reason_form.js";
import "./task_form.js";
import "./transfer_panel.js";
import "./unfinished_panel.js";
import "./waiting_panel.js";

const PAD = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

class DeskDialogs extends Piece {
  private openNow: Dialog = "";
  private cameFrom: HTMLElement | null = null;
  private pressed = "";           // on the keypad, since it was opened

  protected override render(): Html {
    const { dialog } = this.desk;
    return html`<dialog class="dialog is-${dialog}" aria-label=${dialog ? t(`${dialog}.title`) : nothing}
      @cancel=${this.left} @close=${this.closed} @click=${this.clickedBeside} @keydown=${this.keyed}>
      ${dialog === "keys" ? html`${this.head(t("keys.title"))}<keys-panel .desk=${this.desk}></keys-panel>`
        : dialog === "devices" ? html`${this.head(t("devices.title"))}
          <devices-panel .desk=${this.desk}></devices-panel>` : dialog === "search"
        ? html`<search-box .desk=${this.desk}></search-box>`
        : dialog === "task" ? html`<task-form .desk=${this.desk}></task-form>`
        : dialog === "dial" ? html`<dial-form .desk=${this.desk}></dial-form>`
        : dialog === "day" ? html`<day-panel .desk=${this.desk}></day-panel>`
        : dialog === "rights" ? html`<reason-form .desk=${this.desk}></reason-form>`
        : dialog === "transfer" ? html`${this.head(t("transfer.title"))}
          <transfer-panel .desk=${this.desk}></transfer-panel>`
        : dialog === "waiting" ? html`${this.head(t("waiting.title"))}
          <waiting-panel .desk=${this.desk}></waiting-panel>`
        : dialog === "unfinished" ? html`${this.head(t("unfinished.title"))}
          <unfinished-panel .desk=${this.desk}></unfinished-panel>`
        : dialog === "keypad" ? this.keypad() : nothing}
    </dialog>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const { dialog } = this.desk;
    if (dialog === this.openNow) return;
    const element = this.querySelector("dialog");
    // Not by `openNow`: a browser closes it first, and tells a moment later.
    if (dialog && element && !element.open) {
      this.cameFrom = document.activeElement as HTMLElement | null;
      this.pressed = "";
      element.showModal();
    }
    this.openNow = dialog;
    if (dialog) element?.querySelector<HTMLElement>("[autofocus]")?.focus();
    else element?.close();
  }

  /** Escape, told at once: the next key finds it closed. */
  private left = (event: Event): void => {
    if (event.target === event.currentTarget) this.desk.open("");
  };

  /** Told late, when another may be open by now: a key pressed at once must not close that one. */
  private closed = (): void => {
    if (this.querySelector("dialog")?.open) return;
    if (this.desk.dialog) this.desk.open("");
    this.cameFrom?.focus();
  };

  private clickedBeside = (event: MouseEvent): void => {
    if (event.target instanceof HTMLDialogElement) this.desk.open("");
  };

  private keyed = (event: KeyboardEvent): void => {
    if (this.desk.dialog !== "keypad") return;
    if (!/^[0-9*#]$/.test(event.key)) return;
    event.preventDefault();
    this.press(event.key);
  };

  private press(digit: string): void {
    this.pressed = (this.pressed + digit).slice(-24);
    this.desk.controls.press(digit);
    this.requestUpdate();
  }

  private head(title: string): Html {
    return html`<header class="dialog-head"><h2>${title}</h2>
      <button class="quiet" aria-label=${t("close")} @click=${() => this.desk.open("")}>
        ${icon("x")}</button></header>`;
  }

  private keypad(): Html {
    return html`${this.head(t("keypad.title"))}
      <output class="keypad-shown num" aria-live="polite">${this.pressed || "\u00a0"}</output>
      <div class="keypad" tabindex="0" autofocus role="group" aria-label=${t("keypad.title")}>${PAD.map(
        (key) => html`<button @click=${() => this.press(key)}>${key}</button>`)}
      </div>`;
  }
}

customElements.define("desk-dialogs", DeskDialogs);
