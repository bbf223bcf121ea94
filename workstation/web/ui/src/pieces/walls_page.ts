// Links of wall screens: made, copied once, taken back.
import { html, nothing } from "lit";
import type { Desk } from "../desk.js";
import { now } from "../moments.js";
import type { WallLinkView } from "../protocol.gen.js";
import { dayAndTime, say, t } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

class WallsPage extends Piece {
  static override readonly follows = [] as const;
  private links: WallLinkView[] | null = null;
  private made = "";          // the address, told once

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
  }

  protected override render(): Html {
    const links = this.links ?? [];
    return html`<header class="page-head"><h1>${t("base.walls")}</h1>
        <span class="faint">${t("wall.how")}</span></header>
      <div class="scroll page-body" tabindex="0" role="region" aria-label=${t("base.walls")}>
        ${this.made ? html`<div class="wall-made" role="status"><p>${icon("check")} <strong>${t("wall.made")}</strong></p>
          <p><a href=${this.made} target="_blank" rel="noopener"><code>${this.made}</code></a></p></div>` : nothing}
        ${this.form()}
        ${this.links && links.length === 0 ? empty(t("wall.none"), t("wall.none_how")) : html`<table class="table"><thead><tr>
          ${["name", "shows", "by", "seen"].map((one) => html`<th scope="col">${t(`wall.${one}`)}</th>`)}
          <th scope="col"><span class="sr-only">${t("wall.revoke")}</span></th></tr></thead>
          <tbody>${links.map((one) => this.row(one))}</tbody></table>`}</div>`;
  }

  private form(): Html {
    const isAdministrator = this.desk.me?.roles.includes("administrator") ?? false;
    return html`<form class="wall-form" @submit=${this.make}>
      <label class="field"><span>${t("wall.name")}</span><input name="name" maxlength="80" required autocomplete="off"
        placeholder=${t("wall.name_hint")}></label>
      <fieldset class="wall-queues"><legend>${t("floor.queues")}</legend>
        ${(this.desk.catalogue?.queues ?? []).map((one) => html`<label><input type="checkbox" name="queue"
          value=${one.id}> ${say(one.name)}</label>`)}</fieldset>
      <p class="faint">${t("wall.all_queues")}</p>
      ${isAdministrator ? html`<label class="wall-callers"><input type="checkbox" name="callers"> ${t("wall.callers")}</label>` : nothing}
      <button class="button primary" data-act="make-wall">${icon("plus")} ${t("wall.make")}</button></form>`;
  }

  private row(one: WallLinkView): Html {
    const shows = one.queues.length ? one.queues.map((queue) => this.desk.queueName(queue)).join(", ") : t("threshold.all_queues");
    return html`<tr data-wall=${one.id}><td><strong>${one.name}</strong></td>
      <td>${shows}${one.callers ? html` <span class="chip is-warning">${t("wall.with_callers")}</span>` : nothing}</td>
      <td>${this.desk.operatorName(one.by)} <small class="faint">${dayAndTime(one.at, now())}</small></td>
      <td>${one.seen_at ? dayAndTime(one.seen_at, now()) : html`<span class="faint">${t("wall.never")}</span>`}</td>
      <td class="next">${one.revoked_at ? html`<span class="faint">${t("wall.revoked", { at: dayAndTime(one.revoked_at, now()) })}</span>`
        : html`<button class="button small" data-revoke=${one.id} @click=${() => void this.revoke(one)}>${t("wall.revoke")}</button>`}</td></tr>`;
  }

  private make = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const made = await this.desk.ask("wall.make", {
      name: String(data.get("name") ?? ""), queues: data.getAll("queue").map(String),
      callers: data.get("callers") !== null });
    if (!made) return;
    this.made = `${location.origin}/wall#${(made as { token: string }).token}`;
    form.reset();
    await this.read();
  };

  private async revoke(one: WallLinkView): Promise<void> {
    if (await this.desk.ask("wall.revoke", { id: one.id })) this.desk.toast("info", t("wall.was_revoked", { name: one.name }));
    await this.read();
  }

  private async read(): Promise<void> {
    const found = await this.desk.ask("wall.list", {});
    if (found) this.links = (found as { links: WallLinkView[] }).links;
    this.requestUpdate();
  }
}

customElements.define("walls-page", WallsPage);

export const wallsSection = {
  id: "walls", who: "leads" as const,
  draw: (desk: Desk): Html => html`<walls-page class="section-body" .desk=${desk}></walls-page>`,
};
