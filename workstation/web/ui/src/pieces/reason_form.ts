// Too many cards opened: why is this one needed? The server keeps the reason in the audit.
import { html, nothing } from "lit";
import { t } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

class ReasonForm extends Piece {
  protected override render(): Html {
    const asked = this.desk.reasonFor;
    if (!asked) return nothing;
    return html`<header class="dialog-head"><h2>${t("rights.title")}</h2>
        <button class="quiet" aria-label=${t("close")} @click=${() => this.desk.open("")}>
          ${icon("x")}</button></header>
      <form class="pad reason-form" @submit=${this.send}>
        <p>${t("rights.reason_lead", { hour: asked.hour, day: asked.day })}</p>
        <label class="field"><span>${t("rights.reason")}</span>
          <input name="reason" autofocus required minlength="5" maxlength="300" autocomplete="off"></label>
        <button class="button primary">${t("rights.open")}</button></form>`;
  }

  protected override firstUpdated(): void {
    this.querySelector("input")?.focus();
  }

  private send = (event: SubmitEvent): void => {
    event.preventDefault();
    const asked = this.desk.reasonFor;
    const reason = String(new FormData(event.target as HTMLFormElement).get("reason") ?? "").trim();
    this.desk.open("");
    if (asked) void this.desk.openClient(asked.client, reason);
  };
}

customElements.define("reason-form", ReasonForm);
