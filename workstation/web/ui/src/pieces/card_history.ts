// Who changed what on a card, and which consents were given and withdrawn: read when it is opened.
import { html, nothing } from "lit";
import { now } from "../moments.js";
import type { ChangedView, ConsentView } from "../protocol.gen.js";
import { dayAndTime, t, words } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

interface Page {
  changes: ChangedView[];
  cursor: string | null;
  consents: ConsentView[];
}

class CardHistory extends Piece {
  static override readonly follows = [] as const;
  static override properties = { ...Piece.properties, client: { type: Number }, version: { type: Number } };
  declare client: number;
  declare version: number;
  private page: Page | null = null;
  private isOpen = false;

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("client") && !changed.has("version")) return;
    this.page = null;
    if (this.isOpen) void this.read();
  }

  protected override render(): Html {
    return html`<details class="card-history" ?open=${this.isOpen} @toggle=${this.toggled}>
      <summary>${icon("clock")} ${t("history.title")}</summary>
      ${this.page ? this.shown(this.page) : html`<p class="faint pad">${t("history.reading")}</p>`}
    </details>`;
  }

  private shown(page: Page): Html {
    if (!page.changes.length && !page.consents.length) {
      return html`<p class="faint pad">${t("history.none")}</p>`;
    }
    return html`<ul class="facts history-list">${page.changes.map((one) => html`<li>
        <strong>${fieldName(one)}</strong>
        <span>${one.before === null ? nothing : html`<s>${changedValue(one, "before")}</s> → `}${
          changedValue(one, "after")}</span>
        <small class="faint">${dayAndTime(one.at, now())} · ${this.desk.operatorName(one.by)}</small></li>`)}
      </ul>${page.cursor ? html`<button class="button small" @click=${() => void this.read(page.cursor)}>
        ${t("history.older")}</button>` : nothing}
      ${page.consents.length ? html`<h3>${t("history.consents")}</h3><ul class="facts history-list">
        ${page.consents.map((one) => html`<li><strong>${words("consent", one.kind)}</strong>
          <span>${t(`consent_is.${one.given ? "given" : "withdrawn"}`)} · ${t(`channel.${one.channel}`)}${
            one.note ? ` · ${one.note}` : nothing}</span>
          <small class="faint">${dayAndTime(one.at, now())} · ${this.desk.operatorName(one.by)}</small>
        </li>`)}</ul>` : nothing}`;
  }

  private toggled = (event: Event): void => {
    this.isOpen = (event.target as HTMLDetailsElement).open;
    if (this.isOpen && !this.page) void this.read();
  };

  private async read(cursor: string | null = null): Promise<void> {
    const found = await this.desk.ask("client.history", { client_id: this.client, cursor });
    if (!found) return;
    const page = found as Page;
    this.page = cursor && this.page ? { ...this.page, cursor: page.cursor,
      changes: [...this.page.changes, ...page.changes] } : page;
    this.requestUpdate();
  }
}

/** The words for what was changed. */
export function fieldName(one: ChangedView): string {
  if (one.label) return one.label;
  const [kind = "", about = ""] = one.field.split(/:(.*)/s);
  if (kind === "consent") return words("consent", about);
  return [t(`changed.${kind}`), kind === "relation" ? "" : about].filter(Boolean).join(" ");
}

/** A value of a change as people read it. */
export function changedValue(one: ChangedView, side: "before" | "after"): string {
  const value = one[side];
  if (one.hidden) return "•••••";
  if (value === null || value === undefined || value === "") return t("changed.nothing");
  if (typeof value === "boolean") return t(`consent_is.${value ? "given" : "withdrawn"}`);
  if (Array.isArray(value)) return value.map((part) => words("flag", String(part))).join(", ") || t("changed.nothing");
  if (typeof value !== "object") return String(value);
  const facts = value as Record<string, unknown>;
  const told = [facts["address"], facts["name"], facts["role"] && words("role", String(facts["role"])),
    facts["label"], facts["note"], facts["is_primary"] && t("edit.primary"),
    facts["confirmed_by"] && t("changed.confirmed")];
  return told.filter(Boolean).join(", ") || t("changed.there");
}

customElements.define("card-history", CardHistory);
