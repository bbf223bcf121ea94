// The page "waiting": who is to be called back, which numbers are open and what would happen at a
// moment, incidents. Leads look and decide; every reason is kept.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { now } from "../moments.js";
import { phone } from "../numbers.js";
import type { Actions, CallBackView, EntryView, IncidentView } from "../protocol.gen.js";
import type { Section } from "../sections.js";
import { dayAndTime, t, tOr } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

interface Shown { at: string; callbacks: CallBackView[]; entries: EntryView[]; incidents: IncidentView[] }

type Why = { act: "callback.withdraw"; id: number } | { act: "entry.close"; entry: string };
const EVERY_MS = 4_000;

class WaitsPage extends Piece {
  static override readonly follows = [] as const;
  private shown: Shown | null = null;
  private at = "";
  private why: Why | null = null;
  private timer = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
    this.timer = window.setInterval(() => void this.read(), EVERY_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  protected override render(): Html {
    const shown = this.shown;
    return html`<header class="page-head"><h1>${t("waits.title")}</h1></header>
      ${shown === null ? nothing : html`<div class="scroll page-body waits" tabindex="0" role="region"
        aria-label=${t("waits.title")}>
        <section aria-labelledby="waits-incidents"><h2 class="section-title" id="waits-incidents">
          ${t("waits.incidents")}</h2>${this.incidents(shown.incidents)}</section>
        <section aria-labelledby="waits-callbacks"><h2 class="section-title" id="waits-callbacks">
          ${t("waits.callbacks")}</h2>${this.callbacks(shown.callbacks)}</section>
        <section aria-labelledby="waits-hours"><div class="section-head">
          <h2 class="section-title" id="waits-hours">${t("waits.hours")}</h2>${this.moment()}</div>
          ${this.entries(shown.entries)}</section></div>`}`;
  }

  // ── call-backs ────────────────────────────────────────────────────────────────────────────
  private callbacks(all: CallBackView[]): Html {
    if (!all.length) return empty(t("waits.none"), t("waits.none_how"));
    return html`<table class="plain"><thead><tr><th class="num">${t("waits.place")}</th>
      <th>${t("waits.who")}</th><th>${t("waits.queue")}</th><th>${t("waits.since")}</th>
      <th>${t("waits.state")}</th><th class="num">${t("waits.tries")}</th><td></td></tr></thead>
      <tbody>${repeat(all, (one) => one.id, (one) => this.callback(one))}</tbody></table>`;
  }

  private callback(one: CallBackView): Html {
    const isOver = one.place === 0;
    return html`<tr data-callback=${one.id} class=${isOver ? "faint" : ""}>
      <td class="num">${isOver ? "–" : one.place}</td>
      <td>${one.client_id === null ? nothing : html`<button class="button small"
        @click=${() => void this.desk.openClient(one.client_id!)}>${one.client_name}</button> · `}<span
        class="number">${phone(one.number)}</span> <span class="faint">${t(`waits.source_${one.source}`)}</span></td>
      <td>${this.desk.queueName(one.queue)}</td>
      <td>${dayAndTime(one.arrived_at, now())}</td>
      <td>${t(`waits.state_${one.state}`)}${one.why ? html` · ${tOr(`waits.why_${one.why}`, one.why)}` : nothing}
        ${one.not_before && !isOver ? html`<span class="faint">${
          t("waits.again_at", { at: dayAndTime(one.not_before, now()) })}</span>` : nothing}</td>
      <td class="num">${one.tries}</td>
      <td>${isOver ? nothing : this.isAsked("callback.withdraw", one.id)
        ? this.reason(t("waits.withdraw_why"), t("waits.withdraw"))
        : html`<button class="button small" data-act="withdraw"
          @click=${() => this.asked({ act: "callback.withdraw", id: one.id })}>${t("waits.withdraw")}</button>`}</td></tr>`;
  }

  // ── opening hours ─────────────────────────────────────────────────────────────────────────
  private moment(): Html {
    return html`<form class="waits-at" @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        void this.read();
      }}><label>${t("waits.at")} <input type="datetime-local" name="at" .value=${this.at}
        @change=${(event: Event) => { this.at = (event.target as HTMLInputElement).value; }}></label>
      <button class="button small">${t("waits.ask")}</button>
      ${this.at ? html`<button class="button small" type="button" @click=${() => {
        this.at = "";
        void this.read();
      }}>${t("waits.now")}</button>` : nothing}</form>`;
  }

  private entries(all: EntryView[]): Html {
    return html`<table class="plain"><tbody>${repeat(all, (one) => one.entry, (one) => this.entry(one))}</tbody></table>
      ${this.isAsked("entry.close", "") ? this.reason(t("waits.close_why"), t("waits.close_all"))
        : html`<div class="waits-all"><button class="button small danger" data-act="close-all"
          @click=${() => this.asked({ act: "entry.close", entry: "" })}>${t("waits.close_all")}</button>
          <button class="button small" @click=${() => void this.open("")}>${t("waits.open_all")}</button></div>`}`;
  }

  private entry(one: EntryView): Html {
    const until = one.until ? t(one.is_open ? "waits.until_closes" : "waits.until_opens",
                                { at: dayAndTime(one.until, now()) }) : "";
    return html`<tr data-entry=${one.entry}><td class="number">${phone(one.entry)}</td>
      <td class=${one.is_open ? "" : "is-late"}>${icon(one.is_open ? "phone-incoming" : "phone-off")}
        ${t(one.is_open ? "waits.open" : "waits.closed")}</td>
      <td>${t(`waits.why_${one.why}`, { by: one.by, reason: one.reason })}</td><td>${until}</td>
      <td class="faint">${t("waits.menu_queue", { menu: one.menu, queue: this.desk.queueName(one.queue) })}</td>
      <td>${this.at ? nothing : this.isAsked("entry.close", one.entry)
        ? this.reason(t("waits.close_why"), t("waits.close"))
        : one.why === "switched"
          ? html`<button class="button small" data-act="open" @click=${() => void this.open(one.entry)}>
            ${t("waits.reopen")}</button>`
          : html`<button class="button small" data-act="close"
            @click=${() => this.asked({ act: "entry.close", entry: one.entry })}>${t("waits.close")}</button>`}</td></tr>`;
  }

  // ── incidents ─────────────────────────────────────────────────────────────────────────────
  private incidents(all: IncidentView[]): Html {
    if (!all.length) return empty(t("waits.no_incidents"), t("waits.no_incidents_how"));
    return html`<ul class="waits-incidents">${repeat(all, (one) => one.id, (one) => html`
      <li data-incident=${one.id}><b>${one.city}, ${one.street}</b>
        <span class=${one.state === "proposed" ? "is-late" : ""}>${t(`waits.incident_${one.state}`)}</span>
        <span>${t("waits.callers", { n: one.callers })}</span>
        ${one.state === "ended" ? html`<span>${t("waits.untold", { n: one.untold })}</span>` : nothing}
        <span class="faint">${dayAndTime(one.opened_at ?? one.proposed_at, now())}</span>
        ${one.state === "proposed" ? html`
          <button class="button small primary" data-act="confirm" title=${t("waits.confirm_how")}
            @click=${() => void this.decide(one, "open")}>${t("waits.confirm")}</button>
          <button class="button small" data-act="dismiss"
            @click=${() => void this.decide(one, "dismissed")}>${t("waits.dismiss")}</button>` : nothing}
        ${one.state === "open" ? html`<button class="button small" data-act="end"
          @click=${() => void this.decide(one, "ended")}>${t("waits.end")}</button>` : nothing}</li>`)}</ul>`;
  }

  // ── deeds ─────────────────────────────────────────────────────────────────────────────────
  private reason(question: string, deed: string): Html {
    return html`<form class="waits-why" @submit=${this.send}><label><span>${question}</span>
      <input name="why" required minlength="3" maxlength="200" autocomplete="off"></label>
      <button class="button small primary">${deed}</button>
      <button class="button small" type="button" @click=${() => this.asked(null)}>${t("waits.cancel")}</button></form>`;
  }

  private isAsked(act: Why["act"], what: number | string): boolean {
    return this.why?.act === act && (this.why.act === "entry.close" ? this.why.entry : this.why.id) === what;
  }

  private asked(why: Why | null): void {
    this.why = why;
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLInputElement>("input[name=why]")?.focus());
  }

  private send = (event: SubmitEvent): void => {
    event.preventDefault();
    const why = this.why;
    const said = String(new FormData(event.target as HTMLFormElement).get("why") ?? "").trim();
    this.why = null;
    if (why?.act === "callback.withdraw") void this.done("callback.withdraw", { id: why.id, why: said });
    if (why?.act === "entry.close") void this.done("entry.close", { entry: why.entry, reason: said });
  };

  private open(entry: string): Promise<void> {
    return this.done("entry.open", { entry });
  }

  private decide(one: IncidentView, state: "open" | "dismissed" | "ended"): Promise<void> {
    return this.done("incident.decide", { id: one.id, state });
  }

  private async done<Name extends keyof Actions>(name: Name, args: Actions[Name]): Promise<void> {
    await this.desk.ask(name, args);
    await this.read();
  }

  private async read(): Promise<void> {
    const shown = await this.desk.ask("waiting.show", this.at ? { at: this.at } : {});
    if (shown) this.shown = shown as unknown as Shown;
    this.requestUpdate();
  }
}

customElements.define("waits-page", WaitsPage);

export const waitsSection: Section = {
  id: "waits", who: "leads",
  draw: (desk) => html`<waits-page class="section-body" .desk=${desk}></waits-page>`,
};
