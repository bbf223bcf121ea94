// Dialogs over the page: search, keys, transfer, keypad. One at a time; Escape closes.
import { html, nothing, type PropertyValues } from "lit";
import type { Dialog } from "../desk.js";
import { bindings } from "../bindings.js";
import { t } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import "./search_box.js";
import "./reason_form.js";
import "./task_form.js";

const PAD = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

class DeskDialogs extends Piece {
  private openNow: Dialog = "";
  private cameFrom: HTMLElement | null = null;

  protected override render(): Html {
    const { dialog } = this.desk;
    return html`<dialog class="dialog is-${dialog}" aria-label=${dialog ? t(`${dialog}.title`) : nothing}
      @close=${this.closed} @click=${this.clickedBeside} @keydown=${this.keyed}>
      ${dialog === "keys" ? this.keys() : dialog === "search"
        ? html`<search-box .desk=${this.desk}></search-box>`
        : dialog === "task" ? html`<task-form .desk=${this.desk}></task-form>`
        : dialog === "rights" ? html`<reason-form .desk=${this.desk}></reason-form>`
        : dialog === "transfer" ? this.transfer() : dialog === "keypad" ? this.keypad() : nothing}
    </dialog>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const { dialog } = this.desk;
    if (dialog === this.openNow) return;
    const element = this.querySelector("dialog");
    if (dialog && !this.openNow) {
      this.cameFrom = document.activeElement as HTMLElement | null;
      element?.showModal();
    }
    this.openNow = dialog;
    if (dialog) element?.querySelector<HTMLElement>("[autofocus]")?.focus();
    else element?.close();
  }

  private closed = (): void => {
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
    this.desk.phone.web?.press(event.key);
  };

  private head(title: string): Html {
    return html`<header class="dialog-head"><h2>${title}</h2>
      <button class="quiet" aria-label=${t("close")} @click=${() => this.desk.open("")}>
        ${icon("x")}</button></header>`;
  }

  private keys(): Html {
    const groups = ["phone", "work", "page"] as const;
    return html`${this.head(t("keys.title"))}<div class="keys" tabindex="0" autofocus role="region"
      aria-label=${t("keys.title")}>
      ${groups.map((group) => html`<section><h3>${t(`keys.${group}`)}</h3><dl>
        ${bindings(this.desk).filter((binding) => binding.group === group && binding.shown).map(
          (binding) => html`<div><dt>${t(binding.text)}</dt>
            <dd>${(binding.shown ?? "").split(", ").map((keys) => keyHint(keys))}</dd></div>`)}
      </dl></section>`)}</div>`;
  }

  private transfer(): Html {
    const colleagues = Object.values(this.desk.views.operators)
      .filter((operator) => operator.id !== this.desk.me?.id && operator.state !== "offline");
    return html`${this.head(t("transfer.title"))}
      <form class="pad" @submit=${this.handOver}>
        <label class="field"><span>${t("transfer.to")}</span>
          <input name="target" autofocus autocomplete="off" inputmode="tel" required
            pattern="[+0-9]{2,15}" list="colleagues" placeholder=${t("transfer.example")}></label>
        <datalist id="colleagues">${colleagues.map((operator) => html`
          <option value=${operator.id}>${operator.name}</option>`)}</datalist>
        <p class="faint">${t("transfer.how")}</p>
        <div class="form-end"><button class="button primary">${icon("phone-forwarded")}
          ${t("transfer.go")} ${keyHint("↵")}</button></div></form>`;
  }

  private handOver = (event: Event): void => {
    event.preventDefault();
    const target = String(new FormData(event.target as HTMLFormElement).get("target") ?? "");
    if (!/^[+0-9]{2,15}$/.test(target)) return;
    this.desk.phone.web?.transfer(target);
    this.desk.open("");
  };

  private keypad(): Html {
    const pressed = this.desk.phone.call?.keys ?? "";
    return html`${this.head(t("keypad.title"))}
      <output class="keypad-shown num" aria-live="polite">${pressed || "\u00a0"}</output>
      <div class="keypad" tabindex="0" autofocus role="group" aria-label=${t("keypad.title")}>${PAD.map(
        (key) => html`<button @click=${() => this.desk.phone.web?.press(key)}>${key}</button>`)}
      </div>`;
  }
}

customElements.define("desk-dialogs", DeskDialogs);
