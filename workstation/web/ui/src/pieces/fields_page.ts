// The fields of the company's own: what a card, search, import and export know beside ours. An
// administrator defines them here; they are on every card at once.
import { html, nothing } from "lit";
import { problemInWords, type Desk } from "../desk.js";
import type { FieldShape, FieldView } from "../protocol.gen.js";
import { t, words } from "../texts.js";
import { empty, icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const KINDS = ["text", "number", "date", "choice", "money", "reference"] as const;
const TARGETS = ["client", "account", "request"] as const;

interface Draft {
  field: FieldView | null;        // null: a new one
  key: string;
  label: string;
  kind: FieldView["kind"];
  choices: string;
  currency: string;
  refers_to: string;
  searchable: boolean;
  sensitive: boolean;
  place: string;
}

class FieldsPage extends Piece {
  static override readonly follows = [] as const;
  private fields: FieldView[] | null = null;
  private draft: Draft | null = null;
  private errors: Record<string, string> = {};

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
  }

  protected override render(): Html {
    const fields = this.fields ?? [];
    const used = fields.filter((one) => !one.retired);
    const retired = fields.filter((one) => one.retired);
    return html`<header class="page-head"><h1>${t("fields.title")}</h1>
        <span class="faint">${this.fields ? t("fields.count", { n: used.length }) : t("fields.reading")}</span>
        <button class="button small" data-act="new-field" @click=${() => this.open(null)}>
          ${icon("plus")} ${t("fields.new")}</button></header>
      <div class="scroll page-body fields-body">
        ${this.draft ? this.form(this.draft) : nothing}
        ${this.fields && used.length === 0 && !this.draft
          ? empty(t("fields.none"), t("fields.none_how")) : this.table(used)}
        ${retired.length ? html`<h2 class="fields-retired">${t("fields.retired")}</h2>${this.table(retired)}`
          : nothing}</div>`;
  }

  private table(fields: FieldView[]): Html {
    return fields.length === 0 ? nothing : html`<table class="table"><thead><tr>
      ${["label", "key", "kind", "how", "act"].map((one) => html`<th scope="col">${t(`fields.${one}`)}</th>`)}
      </tr></thead><tbody>${fields.map((one) => html`<tr data-field-row=${one.key}>
        <td><strong>${one.label}</strong></td><td class="faint"><code>${one.key}</code></td>
        <td>${t(`field_kind.${one.kind}`)}<small class="faint block">${about(one)}</small></td>
        <td>${one.searchable ? html`<span class="chip">${t("fields.searchable")}</span> ` : nothing}${
          one.sensitive ? html`<span class="chip">${t("fields.sensitive")}</span>` : nothing}</td>
        <td class="next"><button class="button small" @click=${() => this.open(one)}>
          ${t(one.retired ? "fields.bring_back" : "fields.change")}</button>
          ${one.retired ? nothing : html`<button class="button small" data-retire=${one.key}
            @click=${() => void this.retire(one)}>${t("fields.retire")}</button>`}</td></tr>`)}
      </tbody></table>`;
  }

  private form(draft: Draft): Html {
    return html`<form class="fields-form" novalidate @submit=${this.save} @keydown=${this.keyed}>
      <h2>${draft.field ? t("fields.changing", { label: draft.field.label }) : t("fields.new")}</h2>
      ${this.row("label", html`<input id="field-label" maxlength="80" autocomplete="off" .value=${draft.label}
        @input=${(event: Event) => this.put({ label: text(event) })}>`)}
      ${draft.field ? nothing : this.row("key", html`<input id="field-key" maxlength="40" autocomplete="off"
        placeholder=${t("fields.key_hint")} .value=${draft.key}
        @input=${(event: Event) => this.put({ key: text(event) })}>`)}
      ${this.row("kind", html`<select id="field-kind" @change=${(event: Event) => this.put({
        kind: text(event) as FieldView["kind"] })}>${KINDS.map((kind) => html`<option value=${kind}
        ?selected=${kind === draft.kind}>${t(`field_kind.${kind}`)}</option>`)}</select>`)}
      ${draft.kind === "choice" ? this.row("choices", html`<textarea id="field-choices" rows="4"
        placeholder=${t("fields.choices_hint")} .value=${draft.choices}
        @input=${(event: Event) => this.put({ choices: text(event) })}></textarea>`) : nothing}
      ${draft.kind === "money" ? this.row("currency", html`<input id="field-currency" maxlength="3"
        placeholder=${this.desk.catalogue?.currency ?? ""} .value=${draft.currency}
        @input=${(event: Event) => this.put({ currency: text(event) })}>`) : nothing}
      ${draft.kind === "reference" ? this.row("refers_to", html`<select id="field-refers_to"
        @change=${(event: Event) => this.put({ refers_to: text(event) })}>${TARGETS.map((one) => html`
        <option value=${one} ?selected=${one === draft.refers_to}>${t(`field_target.${one}`)}</option>`)}
        </select>`) : nothing}
      ${this.row("place", html`<input id="field-place" inputmode="numeric" maxlength="5" .value=${draft.place}
        @input=${(event: Event) => this.put({ place: text(event) })}>`)}
      <div class="radio-line"><label><input type="checkbox" .checked=${draft.searchable}
          @change=${() => this.put({ searchable: !draft.searchable })}> ${t("fields.searchable_how")}</label>
        <label><input type="checkbox" .checked=${draft.sensitive}
          @change=${() => this.put({ sensitive: !draft.sensitive })}> ${t("fields.sensitive_how")}</label></div>
      <div class="form-end"><button class="button" type="button" @click=${() => this.close()}>
        ${t("edit.leave")} ${keyHint("Esc")}</button>
        <button class="button primary" data-act="save-field">${icon("check")} ${t("edit.save")}
          ${keyHint("↵")}</button></div></form>`;
  }

  private row(place: string, input: Html): Html {
    const code = this.errors[place];
    return html`<label class="field"><span>${t(`fields.${place}`)}</span>${input}</label>
      ${code ? html`<p class="field-error" role="alert" data-error=${place}>
        ${icon("triangle-alert")} ${words("invalid", code)}</p>` : nothing}`;
  }

  private open(field: FieldView | null): void {
    this.errors = {};
    this.draft = field ? { field, key: field.key, label: field.label, kind: field.kind,
      choices: field.choices.join("\n"), currency: field.currency,
      refers_to: field.refers_to || "client", searchable: field.searchable,
      sensitive: field.sensitive, place: String(field.place) }
      : { field: null, key: "", label: "", kind: "text", choices: "", currency: "",
          refers_to: "client", searchable: true, sensitive: false,
          place: String(10 * ((this.fields ?? []).length + 1)) };
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("#field-label")?.focus());
  }

  private put(change: Partial<Draft>): void {
    if (this.draft) this.draft = { ...this.draft, ...change };
    this.requestUpdate();
  }

  private close(): void {
    this.draft = null;
    this.requestUpdate();
  }

  private keyed = (event: KeyboardEvent): void => {
    if (event.code !== "Escape") return;
    event.stopPropagation();
    this.close();
  };

  private async read(): Promise<void> {
    const found = await this.desk.ask("field.list", { retired: true });
    if (found) this.fields = (found as { fields: FieldView[] }).fields;
    this.requestUpdate();
  }

  private save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const { draft } = this;
    if (!draft) return;
    const { problem } = draft.field
      ? await this.desk.tryTo("field.alter", { key: draft.field.key, version: draft.field.version,
                                               shape: shapeOf(draft) })
      : await this.desk.tryTo("field.define", { key: draft.key, shape: shapeOf(draft) });
    this.errors = (problem?.facts?.["fields"] ?? {}) as Record<string, string>;
    if (problem && !Object.keys(this.errors).length) this.desk.toast("error", problemInWords(problem));
    if (!problem) {
      this.draft = null;
      this.desk.toast("info", t("fields.saved", { label: draft.label }));
    }
    await this.read();
  };

  private async retire(field: FieldView): Promise<void> {
    if (await this.desk.ask("field.retire", { key: field.key, version: field.version })) {
      this.desk.toast("info", t("fields.is_retired", { label: field.label }));
    }
    await this.read();
  }
}

function shapeOf(draft: Draft): FieldShape {
  return {
    label: draft.label, kind: draft.kind, searchable: draft.searchable, sensitive: draft.sensitive,
    choices: draft.kind === "choice" ? draft.choices.split("\n").map((one) => one.trim()).filter(Boolean) : [],
    currency: draft.kind === "money" ? draft.currency : "", place: Number.parseInt(draft.place, 10) || 0,
    refers_to: draft.kind === "reference" ? draft.refers_to as NonNullable<FieldShape["refers_to"]> : "" };
}

function text(event: Event): string {
  return (event.target as HTMLInputElement).value;
}

function about(one: FieldView): string {
  if (one.kind === "choice") return one.choices.join(", ");
  return one.kind === "reference" ? t(`field_target.${one.refers_to}`) : one.currency;
}

customElements.define("fields-page", FieldsPage);

export const fieldsSection = {
  id: "fields", who: "administrators" as const,
  draw: (desk: Desk): Html => html`<fields-page class="section-body" .desk=${desk}></fields-page>`,
};
