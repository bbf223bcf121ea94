// The card as a form, in its place: Enter saves, Escape undoes a field and then leaves; what is
// wrong stands at its field, and what somebody else saved meanwhile beside it.
import { html, nothing } from "lit";
import {
  CONSENTS, editOf, FLAGS, isChanged, newLine, placeOf, ROLES, type CardForm, type Line,
  type ListName,
} from "../card_form.js";
import { end, rebase, typed, type Editing } from "../card_edits.js";
import { problemInWords } from "../desk.js";
import { now } from "../moments.js";
import type { CardView, ChangedView, CustomView } from "../protocol.gen.js";
import { dayAndTime, languageName, t, words } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { changedValue, fieldName } from "./card_history.js";
import type { Picked } from "./client_picker.js";
import "./client_picker.js";
import { Piece } from "./piece.js";

const LANGUAGES = ["en", "ru", "ar", "az", "be", "de", "es", "fa", "fr", "he", "hi", "hy", "it",
  "ka", "kk", "ky", "mn", "pl", "pt", "tg", "th", "tk", "tr", "tt", "uk", "uz", "vi", "zh"];
const CHANNELS = ["phone", "paper", "web", "mail"];
const ADDRESS_PARTS = ["city", "street", "house", "flat", "postcode"] as const;

class CardEditor extends Piece {
  static override readonly follows = [] as const;
  static override properties = { ...Piece.properties, edit: { attribute: false } };
  declare edit: Editing;
  private isWarned = false;       // one Escape more leaves what was typed

  protected override render(): Html {
    const { form } = this.edit;
    return html`<form class="card-edit scroll" novalidate @submit=${this.save} @keydown=${this.keyed}>
      <header class="edit-head"><h2>${t("edit.title")}</h2>
        <button class="button small" type="button" data-act="leave-card" @click=${this.leave}>
          ${t("edit.leave")} ${keyHint("Esc")}</button>
        <button class="button small primary" data-act="save-card" ?disabled=${this.edit.isSaving}>
          ${icon("check")} ${t("edit.save")} ${keyHint("↵")}</button></header>
      ${this.isWarned ? html`<p class="notice-line" role="alert">${t("edit.unsaved")}</p>` : nothing}
      ${this.theirs()}
      ${this.error("")}
      ${this.text("name", t("edit.name"), form.name, (name) => ({ name }), { maxlength: 200 })}
      <div class="radio-line edit-row" role="radiogroup" aria-label=${t("unknown.kind")}>
        ${(["person", "organisation"] as const).map((kind) => html`<label><input type="radio"
          name="edit-kind" .checked=${form.kind === kind} @change=${() => this.type({ kind })}>
          ${t(`kind.${kind}`)}</label>`)}</div>
      <fieldset class="edit-part"><legend>${t("edit.flags")}</legend>
        <div class="flag-line">${FLAGS.map((flag) => html`<label class="chip-box is-${flag}">
          <input type="checkbox" data-flag=${flag} .checked=${form.flags.includes(flag)} @change=${() => this.type({
            flags: FLAGS.filter((one) => (one === flag) !== form.flags.includes(one)) })}>
          ${words("flag", flag)}</label>`)}</div></fieldset>
      ${this.text("tags", t("edit.tags"), form.tags, (tags) => ({ tags }), { hint: t("edit.tags_hint") })}
      <div class="edit-pair">${this.languages(form)}${this.zones(form)}</div>
      ${this.list("phones", (one, at) => html`
        ${this.cell("phones", at, "number", t("edit.number"), { inputmode: "tel", isFixed: one.key !== "" })}
        ${this.cell("phones", at, "name", t("edit.label"), { list: "edit-labels" })}`)}
      ${this.list("emails", (one, at) => html`
        ${this.cell("emails", at, "email", t("edit.email"), { inputmode: "email", isFixed: one.key !== "" })}
        ${this.cell("emails", at, "name", t("edit.label"), { list: "edit-labels" })}`)}
      ${this.list("addresses", (_, at) => html`
        ${ADDRESS_PARTS.map((part) => this.cell("addresses", at, part, t(`edit.${part}`)))}
        ${this.cell("addresses", at, "name", t("edit.label"), { list: "edit-labels" })}`)}
      ${this.list("relations", (one, at) => this.relation(one, at))}
      ${this.consents(form)}
      ${(this.edit.base.custom ?? []).length ? html`<fieldset class="edit-part">
        <legend>${t("edit.custom")}</legend>${this.edit.base.custom?.map((one) => this.custom(one))}
        </fieldset>` : nothing}
      <datalist id="edit-labels">${["home", "work", "mobile", "legal", "post"].map((one) =>
        html`<option value=${words("label", one)}></option>`)}</datalist>
      <datalist id="edit-roles">${ROLES.map((role) => html`<option
        value=${words("role", role)}></option>`)}</datalist>
    </form>`;
  }

  protected override firstUpdated(): void {
    this.querySelector<HTMLInputElement>("#edit-name")?.focus();
  }

  // ── fields ────────────────────────────────────────────────────────────────────────────────
  private type(change: Partial<CardForm>): void {
    this.isWarned = false;
    typed(this.edit, change);
    this.requestUpdate();
  }

  private text(place: string, label: string, value: string,
               change: (value: string) => Partial<CardForm>,
               more: { maxlength?: number; hint?: string } = {}): Html {
    const wrong = this.edit.errors[place];
    return html`<label class="edit-row"><span>${label}</span><input id="edit-${place}"
      autocomplete="off" maxlength=${more.maxlength ?? 2000} placeholder=${more.hint ?? ""}
      aria-invalid=${wrong ? "true" : "false"} .value=${value}
      @input=${(event: Event) => this.type(change((event.target as HTMLInputElement).value))}></label>
      ${this.error(place)}${this.beside(place)}`;
  }

  private languages(form: CardForm): Html {
    const known = LANGUAGES.includes(form.language) || !form.language ? LANGUAGES
      : [form.language, ...LANGUAGES];
    return html`<label class="edit-row"><span>${t("edit.language")}</span>
      <select id="edit-language" @change=${(event: Event) => this.type({
        language: (event.target as HTMLSelectElement).value })}>
        <option value="" ?selected=${!form.language}>–</option>
        ${known.map((one) => html`<option value=${one} ?selected=${one === form.language}>
          ${languageName(one)}</option>`)}</select></label>${this.beside("language")}`;
  }

  private zones(form: CardForm): Html {
    return html`<label class="edit-row"><span>${t("edit.time_zone")}</span>
      <input id="edit-time_zone" list="edit-zones" autocomplete="off" .value=${form.time_zone}
        aria-invalid=${this.edit.errors["time_zone"] ? "true" : "false"}
        @input=${(event: Event) => this.type({ time_zone: (event.target as HTMLInputElement).value })}>
      <datalist id="edit-zones">${Intl.supportedValuesOf("timeZone").map((zone) =>
        html`<option value=${zone}></option>`)}</datalist></label>
      ${this.error("time_zone")}${this.beside("time_zone")}`;
  }

  private list(name: ListName, draw: (one: Line, at: number) => Html): Html {
    const lines = this.edit.form[name];
    return html`<fieldset class="edit-part"><legend>${t(`edit.${name}`)}
      <button class="quiet" type="button" data-add=${name} title=${t(`edit.add_${name}`)}
        aria-label=${t(`edit.add_${name}`)} @click=${() => this.add(name)}>${icon("plus")}</button></legend>
      ${this.error(name)}${this.beside(name)}
      ${lines.map((one, at) => html`<div class="edit-line ${one.isRemoved ? "is-removed" : ""}"
        data-line="${name}.${at}"><div class="edit-cells is-${name}">${draw(one, at)}</div>
        ${this.marks(name, one, at)}${this.error(`${name}.${at}`)}</div>`)}</fieldset>`;
  }

  private marks(name: ListName, one: Line, at: number): Html {
    const set = (change: Partial<Line>): void => this.line(name, at, change);
    const removal = t(one.isRemoved ? "edit.keep" : "edit.remove");
    return html`<div class="edit-marks">
      ${name === "relations" || one.isRemoved ? nothing : html`<label><input type="radio"
        name="primary-${name}" .checked=${one.isPrimary} @change=${() => this.prefer(name, at)}>
        ${t("edit.primary")}</label>`}
      ${one.isRemoved ? nothing : html`<label title=${t("edit.confirm_how")}><input type="checkbox"
        .checked=${one.isConfirmed} @change=${() => set({ isConfirmed: !one.isConfirmed })}>
        ${t("edit.confirm")}</label>`}
      <button class="quiet" type="button" data-remove="${name}.${at}" title=${removal}
        aria-label=${removal} @click=${() => this.drop(name, one, at)}>
        ${icon(one.isRemoved ? "refresh-cw" : "x")}</button></div>`;
  }

  private cell(name: ListName, at: number, part: string, label: string,
               more: { inputmode?: string; list?: string; isFixed?: boolean } = {}): Html {
    const one = this.edit.form[name][at];
    if (more.isFixed) return html`<span class="number edit-fixed">${one?.values[part]}</span>`;
    const place = `${name}.${at}.${part}`;
    const isFirst = ["number", "email", "city"].includes(part);
    const wrong = this.edit.errors[place] ?? (isFirst ? this.edit.errors[`${name}.${at}`] : undefined);
    return html`<input class="cell-${part}" id="edit-${place.replaceAll(".", "-")}" autocomplete="off"
      placeholder=${label} aria-label=${label} inputmode=${more.inputmode ?? nothing}
      list=${more.list ?? nothing} ?disabled=${one?.isRemoved} aria-invalid=${wrong ? "true" : "false"}
      .value=${one?.values[part] ?? ""} @input=${(event: Event) => this.put(
        name, at, { [part]: (event.target as HTMLInputElement).value })}>${this.error(place)}`;
  }

  private relation(one: Line, at: number): Html {
    const role = one.values["role"] ?? "";
    const how = one.values["calls_for"] ? "calls_for" : "called_by";
    if (one.key !== "") {
      return html`<span class="edit-fixed">${t(`relation.${how}`, {
        name: one.values["client_name"] ?? "", role: words("role", role) })}</span>
        ${this.cell("relations", at, "note", t("edit.note"))}`;
    }
    return html`<select aria-label=${t("edit.who_calls")} @change=${(event: Event) => this.put(
        "relations", at, { calls_for: (event.target as HTMLSelectElement).value })}>
        <option value="yes" ?selected=${how === "calls_for"}>${t("edit.calls_for")}</option>
        <option value="" ?selected=${how === "called_by"}>${t("edit.called_by")}</option></select>
      <client-picker id="relation-${at}" .desk=${this.desk} name=${one.values["client_name"] ?? ""}
        label=${t("edit.other_client")} hint=${t("edit.other_client")}
        @picked=${({ detail }: CustomEvent<Picked>) => this.put("relations", at, {
          client: detail.id ? String(detail.id) : "", client_name: detail.name })}></client-picker>
      <input class="cell-role" list="edit-roles" placeholder=${t("edit.role")} maxlength="40"
        aria-label=${t("edit.role")} .value=${role ? words("role", role) : ""}
        @change=${(event: Event) => this.put("relations", at, {
          role: roleOf((event.target as HTMLInputElement).value) })}>
      ${this.error(`relations.${at}.client_id`)}${this.error(`relations.${at}.role`)}`;
  }

  private consents(form: CardForm): Html {
    return html`<fieldset class="edit-part"><legend>${t("edit.consents")}</legend>
      ${this.beside("consents")}
      <div class="consent-grid">${CONSENTS.map((kind) => html`<label><span>${words("consent", kind)}</span>
        <select data-consent=${kind} @change=${(event: Event) => this.type({ consents: {
          ...form.consents, [kind]: (event.target as HTMLSelectElement).value } })}>
          ${["", "given", "withdrawn"].map((said) => html`<option value=${said}
            ?selected=${said === (form.consents[kind] ?? "")}>${t(`consent_is.${said || "none"}`)}
          </option>`)}</select></label>`)}
        <label><span>${t("edit.consent_how")}</span><select @change=${(event: Event) => this.type({
          consentHow: (event.target as HTMLSelectElement).value })}>${CHANNELS.map((one) => html`
          <option value=${one} ?selected=${one === form.consentHow}>${t(`channel.${one}`)}</option>`)}
        </select></label></div></fieldset>`;
  }

  private custom({ field, hidden }: CustomView): Html {
    const place = `custom.${field.key}`;
    const value = this.edit.form.custom[field.key] ?? "";
    const put = (text: string): void => this.type({
      custom: { ...this.edit.form.custom, [field.key]: text } });
    const wrong = this.edit.errors[place];
    const input = field.kind === "choice"
      ? html`<select id="edit-${field.key}" @change=${(event: Event) => put((event.target as HTMLSelectElement).value)}>
          ${["", ...field.choices].map((one) => html`<option value=${one} ?selected=${one === value}>
            ${one || "–"}</option>`)}</select>`
      : field.kind === "reference" && field.refers_to === "client"
      ? html`<client-picker id="custom-${field.key}" .desk=${this.desk} label=${field.label}
          name=${value ? t("client.id", { id: value }) : ""}
          @picked=${({ detail }: CustomEvent<Picked>) => put(detail.id ? String(detail.id) : "")}></client-picker>`
      : html`<input id="edit-${field.key}" autocomplete="off" type=${field.kind === "date" ? "date" : "text"}
          inputmode=${["number", "money"].includes(field.kind) ? "decimal" : nothing}
          placeholder=${field.kind === "money" ? `0,00 ${field.currency}` : ""} maxlength="2000"
          aria-invalid=${wrong ? "true" : "false"} .value=${value}
          @input=${(event: Event) => put((event.target as HTMLInputElement).value)}>`;
    return html`<label class="edit-row"><span>${field.label}</span>${hidden
      ? html`<span class="masked" title=${t("edit.hidden")}>•••••</span>` : input}</label>
      ${this.error(place)}${this.beside(place)}`;
  }

  // ── lines ─────────────────────────────────────────────────────────────────────────────────
  private line(name: ListName, at: number, change: Partial<Line>): void {
    this.type({ [name]: this.edit.form[name].map((one, place) =>
      place === at ? { ...one, ...change } : one) });
  }

  private put(name: ListName, at: number, values: Record<string, string>): void {
    this.line(name, at, { values: { ...this.edit.form[name][at]?.values, ...values } });
  }

  private prefer(name: ListName, at: number): void {
    this.type({ [name]: this.edit.form[name].map((one, place) => ({
      ...one, isPrimary: place === at })) });
  }

  private drop(name: ListName, one: Line, at: number): void {
    if (one.key) this.line(name, at, { isRemoved: !one.isRemoved });
    else this.type({ [name]: this.edit.form[name].filter((_, place) => place !== at) });
  }

  private async add(name: ListName): Promise<void> {
    this.type({ [name]: [...this.edit.form[name], newLine(name)] });
    await this.updateComplete;
    const at = this.edit.form[name].length - 1;
    this.querySelector<HTMLElement>(`[data-line="${name}.${at}"] input`)?.focus();
  }

  // ── what is wrong, and what others did ────────────────────────────────────────────────────
  private error(place: string): Html {
    const code = this.edit.errors[place];
    return code ? html`<p class="field-error" role="alert" data-error=${place}>
      ${icon("triangle-alert")} ${words("invalid", code)}</p>` : nothing;
  }

  private theirs(): Html {
    const { theirs } = this.edit;
    const last = theirs.at(-1);
    return last ? html`<p class="notice-line" role="alert" data-stale>${t("edit.stale", {
      who: this.desk.operatorName(last.by), at: dayAndTime(last.at, now()) })}
      ${theirs.map((one) => html`<span class="their-change"><strong>${fieldName(one)}</strong>
        ${changedValue(one, "before")} → ${changedValue(one, "after")}</span>`)}</p>` : nothing;
  }

  private beside(place: string): Html {
    const found = this.edit.theirs.filter((one) => placeOf(one.field) === place).at(-1);
    return found ? html`<p class="field-theirs">${this.desk.operatorName(found.by)}:
      ${changedValue(found, "after")}</p>` : nothing;
  }

  // ── keys, saving, leaving ─────────────────────────────────────────────────────────────────
  private keyed = (event: KeyboardEvent): void => {
    if (event.code === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.undo(event.target);
    } else if (event.ctrlKey && ["Enter", "NumpadEnter", "KeyS"].includes(event.code)) {
      event.preventDefault();
      event.stopPropagation();
      void this.save(event);
    }
  };

  /** A field that was changed becomes what it was; else the form is left, after a warning. */
  private undo(target: EventTarget | null): void {
    if (target instanceof HTMLInputElement && target.type === "text") {
      const before = this.former(target.id.replace("edit-", ""));
      if (before !== null && before !== target.value) {
        target.value = before;
        target.dispatchEvent(new Event("input", { bubbles: true }));
        return;
      }
    }
    if (!isChanged(this.edit.base, this.edit.form) || this.isWarned) this.leave();
    else this.isWarned = true;
    this.requestUpdate();
  }

  private former(place: string): string | null {
    const { base } = this.edit;
    const [list, at, part] = place.split("-") as [ListName, string, string];
    const plain: Record<string, string> = {
      name: base.name, tags: base.tags.join(", "), time_zone: base.time_zone ?? "" };
    if (place in plain) return plain[place] ?? "";
    const custom = base.custom?.find((one) => one.field.key === place);
    if (custom) return custom.text;
    const line = part ? this.edit.form[list]?.[Number(at)] : undefined;
    return line?.key === "" ? "" : null;
  }

  private leave = (): void => {
    end(this.edit.base.client_id);
    this.desk.changed();
  };

  private save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const { edit } = this;
    if (edit.isSaving) return;
    if (!isChanged(edit.base, edit.form)) return this.leave();
    const made = editOf(edit.base, edit.form);
    edit.isSaving = true;
    edit.errors = {};
    this.requestUpdate();
    const { result, problem } = await this.desk.tryTo("client.change", {
      client_id: edit.base.client_id, version: edit.base.version ?? 1, changes: made.edit });
    edit.isSaving = false;
    if (!problem) return this.saved((result as { card: CardView }).card);
    const facts = problem.facts ?? {};
    if (problem.code === "stale" && facts["card"]) {
      rebase(edit, facts["card"] as CardView, facts["changes"] as ChangedView[]);
    } else if (problem.code === "fields_invalid" && facts["fields"]) {
      edit.errors = moved(facts["fields"] as Record<string, string>, made.places);
    } else this.desk.toast("error", problemInWords(problem));
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector<HTMLElement>("[aria-invalid=true], [data-stale]")?.focus();
    this.querySelector("[data-error], [data-stale]")?.scrollIntoView({ block: "nearest" });
  };

  private saved(card: CardView): void {
    end(card.client_id);
    const opened = this.desk.opened.get(card.client_id);
    if (opened) this.desk.opened.set(card.client_id, { ...opened, card });
    this.desk.toast("info", t("edit.saved"));
  }
}

/** The server counts the lines that were sent, the form its own. */
function moved(errors: Record<string, string>, places: Map<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(errors).map(([place, code]) => {
    const [list = "", at = "", ...rest] = place.split(".");
    const here = places.get(`${list}.${at}`);
    return [here ? [here, ...rest].join(".") : place, code];
  }));
}

/** A known role by its word in this language; others stay as they were typed. */
function roleOf(text: string): string {
  const wanted = text.trim().toLocaleLowerCase();
  return ROLES.find((role) => words("role", role).toLocaleLowerCase() === wanted) ?? text.trim();
}

customElements.define("card-editor", CardEditor);
