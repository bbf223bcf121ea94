// The audit: who saw, changed and took away what, and whether the chain is whole. Administrators'.
import { html, nothing } from "lit";
import type { Desk } from "../desk.js";
import { now } from "../moments.js";
import type { AuditEntryView, ChainView } from "../protocol.gen.js";
import { dayAndTime, t, tOr } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

interface Listed {
  entries: AuditEntryView[];
  cursor: string | null;
  kinds: string[];
  chain: ChainView;
}

interface Filter {
  by: string;
  client_id: number | null;
  what: string;
  since: string;
  until: string;
}

const NOTHING: Filter = { by: "", client_id: null, what: "", since: "", until: "" };

class AuditPage extends Piece {
  static override readonly follows = [] as const;
  private filter: Filter = NOTHING;
  private listed: Listed | null = null;
  private isChecking = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read(null);
  }

  protected override render(): Html {
    const entries = this.listed?.entries ?? [];
    return html`
      <header class="page-head"><h1>${t("audit.title")}</h1>
        <span class="faint">${t("audit.count", { n: entries.length })}</span>
        <span class="spring"></span>${this.listed ? this.chain(this.listed.chain) : nothing}</header>
      ${this.filters()}
      <div class="scroll page-body" tabindex="0" role="region" aria-label=${t("audit.title")}>
        ${this.listed && entries.length === 0 ? empty(t("audit.none"), t("audit.none_how"))
          : html`<table class="table audit"><thead><tr>
            ${["when", "by", "what", "client", "facts", "place"].map((column) =>
              html`<th scope="col">${t(`audit.${column}`)}</th>`)}
            </tr></thead><tbody>${entries.map((entry) => this.row(entry))}</tbody></table>`}
        ${this.listed?.cursor ? html`<p class="more"><button class="button" data-act="more"
          @click=${() => void this.read(this.listed?.cursor ?? null)}>${t("audit.more")}</button></p>`
          : nothing}
      </div>`;
  }

  // ── the chain ─────────────────────────────────────────────────────────────────────────────
  private chain(chain: ChainView): Html {
    return html`<p class="chain" role="status">${this.verdict(chain)}
      <button class="button small" data-act="verify" ?disabled=${this.isChecking}
        @click=${() => void this.verify()}>${icon("shield-check")} ${
          t(this.isChecking ? "audit.checking" : "audit.verify")}</button></p>`;
  }

  private verdict(chain: ChainView): Html {
    if (!chain.checked_at) return html`<span class="faint">${t("audit.never")}</span>`;
    const at = dayAndTime(chain.checked_at, now());
    if (!chain.fault) {
      return html`<span class="chip is-running" title=${`${t("audit.head")} ${chain.head}: ${chain.head_hash}`}>
        ${icon("check")} ${t("audit.whole", { rows: chain.rows, at })}</span>${chain.waiting
          ? html`<span class="faint">${t("audit.waiting", { rows: chain.waiting })}</span>` : nothing}`;
    }
    return html`<strong class="chip is-flag">${icon("triangle-alert")} ${t("audit.broken", {
      place: chain.broken_place ?? "?", fault: t(`audit.fault.${chain.fault}`) })}</strong>
      <span class="faint">${t("audit.checked", { at })}</span>`;
  }

  private async verify(): Promise<void> {
    this.isChecking = true;
    this.requestUpdate();
    const result = await this.desk.ask("audit.verify", {});
    this.isChecking = false;
    if (result && this.listed) {
      this.listed = { ...this.listed, chain: (result as { chain: ChainView }).chain };
    }
    this.requestUpdate();
  }

  // ── what is listed ────────────────────────────────────────────────────────────────────────
  private filters(): Html {
    const { filter } = this;
    const people = this.desk.catalogue?.operators ?? [];
    return html`<form class="audit-filters" @submit=${this.choose} @reset=${this.clear}>
      <label><span>${t("audit.by")}</span><input name="by" list="audit-people" autocomplete="off"
        placeholder=${t("audit.anybody")} .value=${filter.by}></label>
      <datalist id="audit-people">${people.map((one) =>
        html`<option value=${one.id}>${one.name}</option>`)}</datalist>
      <label><span>${t("audit.client")}</span><input name="client" inputmode="numeric" pattern="[0-9]{1,18}"
        autocomplete="off" placeholder=${t("audit.client_id")} .value=${filter.client_id ?? ""}></label>
      <label><span>${t("audit.what")}</span><select name="what">
        <option value="">${t("audit.anything")}</option>
        ${(this.listed?.kinds ?? []).map((kind) => html`<option value=${kind}
          ?selected=${kind === filter.what}>${deed(kind)}</option>`)}</select></label>
      <label><span>${t("audit.since")}</span><input type="datetime-local" name="since"></label>
      <label><span>${t("audit.until")}</span><input type="datetime-local" name="until"></label>
      <button class="button primary" data-act="show">${t("audit.show")}</button>
      <button type="reset" class="button">${t("audit.clear")}</button></form>`;
  }

  private choose = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const said = (name: string): string => String(form.get(name) ?? "").trim();
    this.filter = { by: said("by"), client_id: said("client") ? Number(said("client")) : null,
      what: said("what"), since: moment(said("since")), until: moment(said("until")) };
    void this.read(null);
  };

  private clear = (): void => {
    this.filter = NOTHING;
    void this.read(null);
  };

  private async read(cursor: string | null): Promise<void> {
    const result = await this.desk.ask("audit.list", { ...this.filter, cursor });
    if (!result) return;
    const page = result as Listed;
    const before = cursor ? (this.listed?.entries ?? []) : [];
    this.listed = { ...page, entries: [...before, ...page.entries] };
    this.requestUpdate();
  }

  private row(entry: AuditEntryView): Html {
    return html`<tr data-entry=${entry.id}>
      <td class="num audit-when">${dayAndTime(entry.at, now())}</td>
      <td>${this.desk.operatorName(entry.by)}</td>
      <td>${deed(entry.what)}</td>
      <td>${entry.client_id === null ? nothing : html`${entry.client_name || nothing}
        <small class="faint">#${entry.client_id}</small>`}</td>
      <td class="audit-facts">${entry.facts === null
        ? html`<span class="faint">${t("audit.forgotten")}</span>` : facts(entry.facts)}</td>
      <td class="num faint">${entry.place ?? t("audit.not_chained")}</td></tr>`;
  }
}

/** What happens to requests and tasks has its words where they are shown. */
function deed(kind: string): string {
  const [of = "", what = ""] = kind.split(".");
  if (of === "request") return `${t("audit.of_request")}: ${tOr(`request_event.${what}`, what)}`;
  if (of === "task") return `${t("audit.of_task")}: ${tOr(`task_event.${what}`, what)}`;
  return tOr(`deed.${kind}`, kind);
}

function facts(told: Record<string, unknown>): Html {
  return html`${Object.entries(told).map(([name, value]) => html`<span class="audit-fact">
    ${name === "via" ? nothing : html`<span class="faint">${name.replaceAll("_", " ")}</span> `}${
      name === "via" ? tOr(`via.${String(value)}`, String(value)) : typeof value === "object" ? JSON.stringify(value) : String(value)}</span> `)}`;
}

/** What the field says is the clock of this machine; the server wants the zone. */
function moment(local: string): string {
  return local ? new Date(local).toISOString() : "";
}

customElements.define("audit-page", AuditPage);

export const auditSection = {
  id: "audit", who: "administrators" as const,
  draw: (desk: Desk): Html => html`<audit-page .desk=${desk}></audit-page>`,
};
