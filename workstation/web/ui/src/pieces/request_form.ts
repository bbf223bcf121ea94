// The request form: open already for the queue's usual request, filled from the client's account.
import { html, nothing } from "lit";
import { show as showText } from "../caret.js";
import { problemInWords } from "../desk.js";
import type {
  CardView, ConversationView, FormFieldView, FormToFile, FormView, Problem,
} from "../protocol.gen.js";
import { now } from "../moments.js";
import { dayAndTime, say, t, words } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

interface Filed {
  number: string;
  group: string;
  due_at: string;
}

const WIDE = 28;        // letters that still fit beside the label

class RequestForm extends Piece {
  static override readonly follows = ["conversations"] as const;

  static override properties = { ...Piece.properties, client: { attribute: false },
                                 conversation: { attribute: false } };
  declare client: number;
  declare conversation: ConversationView | undefined;
  private ownType: string | null = null;
  private ownValues: Record<string, string> = {};
  private readonly filed = new Map<string, Filed>();
  private isFiling = false;
  private wrong: Record<string, string> = {};     // field → what is wrong with it
  private refused = "";

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("client")) return;
    this.ownType = null;
    this.ownValues = {};
    this.complain({}, "");
  }

  protected override render(): Html {
    const form = this.form();
    const types = this.desk.catalogue?.request_types ?? [];
    return html`<form class="request-form" novalidate @submit=${this.file}>
      <label class="field"><span>${t("request.type")}</span>
        <select id="request-type" @change=${this.chooseType}>
          <option value="" ?selected=${!form}>${t("request.no_form")}</option>
          ${types.map((type) => html`<option value=${type.type} ?selected=${form?.type === type.type}>
            ${say(type.title)}</option>`)}
        </select></label>
      ${form ? html`${form.fields.map((field) => this.field(form, field))}
        ${this.refused ? problemLine("file", this.refused) : nothing}
        <div class="form-end">${this.filedLine(form)}
          <button class="button" data-act="file" ?disabled=${this.isFiling}>
            ${icon("arrow-right")} ${t("request.file")} ${keyHint("Alt ↵")}</button></div>` : nothing}
    </form>`;
  }

  protected override updated(): void {
    const form = this.form();
    for (const field of form?.fields ?? []) {
      const input = this.querySelector<HTMLInputElement>(`#${fieldId(field)}`);
      if (input instanceof HTMLInputElement) showText(input, this.value(field));
    }
  }

  // ── which form, which values: the draft if there is one, else what the client's data says ──
  private form(): FormView | null {
    const draft = this.conversation ? this.desk.drafts.of(this.conversation) : null;
    const suggested = this.conversation?.form ?? null;
    const type = draft ? (draft.form_type ?? suggested?.type ?? null) : this.ownType;
    if (!type) return null;
    if (suggested?.type === type) return suggested;
    return this.desk.catalogue?.request_types.find((form) => form.type === type) ?? null;
  }

  private value(field: FormFieldView): string {
    const typed = this.conversation ? this.desk.drafts.of(this.conversation).form : this.ownValues;
    return typed[field.name] ?? (field.value || this.guess(field));
  }

  private get card(): CardView | null {
    return this.conversation?.card ?? this.desk.opened.get(this.client)?.card ?? null;
  }

  private guess(field: FormFieldView): string {
    return this.choicesOf(field)[0]?.[0] ?? "";
  }

  private choicesOf(field: FormFieldView): string[][] {
    if (field.choices.length > 0) return field.choices;
    const accounts = this.card?.accounts ?? [];
    if (field.kind === "account") {
      return accounts.map((account) => [account.number, `${account.number} · ${account.address}`]);
    }
    if (field.kind !== "meter") return [];
    return accounts.flatMap((account) => account.meters.map((meter) => [meter.number, meter.number]));
  }

  private complain(wrong: Record<string, string>, refused: string): void {
    this.wrong = wrong;
    this.refused = refused;
    this.requestUpdate();
  }

  private type(change: Record<string, string>): void {
    this.complain(Object.fromEntries(Object.entries(this.wrong)
      .filter(([name]) => !(name in change))), "");
    if (!this.conversation) {
      this.ownValues = { ...this.ownValues, ...change };
      this.requestUpdate();
      return;
    }
    const draft = this.desk.drafts.of(this.conversation);
    this.desk.drafts.type(this.conversation, {
      form_type: this.form()?.type ?? null, form: { ...draft.form, ...change } });
  }

  private chooseType = (event: Event): void => {
    const type = (event.target as HTMLSelectElement).value || null;
    this.ownType = type;
    this.complain({}, "");
    if (this.conversation) this.desk.drafts.type(this.conversation, { form_type: type, form: {} });
    else this.requestUpdate();
  };

  // ── drawing ───────────────────────────────────────────────────────────────────────────────
  private field(form: FormView, field: FormFieldView): Html {
    const label = say(field.label);
    const wrong = this.wrong[field.name];
    const isWide = this.choicesOf(field).some(([, label]) => say(label ?? "").length > WIDE);
    return html`<label class="field ${isWide ? "is-wide" : ""}"><span>${label}${field.required
      ? html`\u00a0<i class="required" title=${t("request.required")}>*</i>` : nothing}</span>
      ${this.choicesOf(field).length > 0 ? this.select(field) : this.input(form, field)}</label>
      ${wrong ? problemLine(field.name, wrong) : nothing}`;
  }

  private select(field: FormFieldView): Html {
    const value = this.value(field);
    const chosen = this.choicesOf(field).find(([id]) => id === value)?.[1] ?? "";
    return html`<select id=${fieldId(field)} ?required=${field.required} title=${say(chosen)}
      aria-invalid=${field.name in this.wrong}
      @change=${(event: Event) => this.type(
        { [field.name]: (event.target as HTMLSelectElement).value })}>
      ${this.choicesOf(field).map(([id, label]) => html`<option value=${id ?? ""}
        ?selected=${id === value}>${say(label ?? id ?? "")}</option>`)}</select>`;
  }

  private input(form: FormView, field: FormFieldView): Html {
    const kind = field.kind === "date" ? "date" : "text";
    return html`<input id=${fieldId(field)} type=${kind} autocomplete="off" maxlength="2000"
      inputmode=${field.kind === "number" ? "decimal" : nothing} ?required=${field.required}
      data-form=${form.type} aria-required=${field.required} aria-invalid=${field.name in this.wrong}
      @input=${(event: Event) => this.type(
        { [field.name]: (event.target as HTMLInputElement).value })}>`;
  }

  private filedLine(form: FormView): Html {
    const filed = this.filed.get(this.filedKey(form));
    if (!filed) return nothing;
    return html`<span class="filed" role="status">${icon("check")} ${t("request.filed", {
      number: filed.number, group: this.desk.groupName(filed.group),
      due: dayAndTime(filed.due_at, now()) })}</span>`;
  }

  private filedKey(form: FormView): string {
    return `${this.conversation?.id ?? ""} ${this.client} ${form.type}`;
  }

  private file = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = this.form();
    if (!form || this.isFiling) return;
    const missing = form.fields.find((field) => field.required && !this.value(field).trim());
    if (missing) {
      this.complain({ [missing.name]: words("invalid", "missing") }, "");
      this.querySelector<HTMLElement>(`#${fieldId(missing)}`)?.focus();
      return;
    }
    await this.fileNow(form);
  };

  // ── filed together with the outcome, see `Ending` ─────────────────────────────────────────
  /** The form as it stands; null when none is open or it was filed already. */
  toFile(): FormToFile | null {
    const form = this.form();
    return form && !this.filed.has(this.filedKey(form))
      ? { type: form.type, fields: this.fieldsOf(form) } : null;
  }

  refuse(problem: Problem): void {
    const codes = (problem.facts?.["fields"] ?? {}) as Record<string, string>;
    this.complain(Object.fromEntries(Object.entries(codes)
      .map(([name, code]) => [name, words("invalid", code)])), "");
  }

  private fieldsOf(form: FormView): Record<string, string> {
    return Object.fromEntries(form.fields.map((field) => [field.name, this.value(field)]));
  }

  private async fileNow(form: FormView): Promise<void> {
    this.isFiling = true;
    this.requestUpdate();
    const fields = this.fieldsOf(form);
    const { result, problem } = await this.desk.tryTo("request.file", {
      client_id: this.client, type: form.type, fields, conversation: this.conversation?.id ?? null });
    this.isFiling = false;
    if (result) this.filed.set(this.filedKey(form), result as Filed);
    const codes = (problem?.facts?.["fields"] ?? {}) as Record<string, string>;
    const wrong = Object.fromEntries(Object.entries(codes)
      .map(([name, code]) => [name, words("invalid", code)]));
    this.complain(wrong, problem && !Object.keys(wrong).length ? problemInWords(problem) : "");
    await this.updateComplete;
    this.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }
}

function problemLine(place: string, text: string): Html {
  return html`<p class="field-error" role="alert" data-error=${place}>
    ${icon("triangle-alert")} ${text}</p>`;
}

function fieldId(field: FormFieldView): string {
  return `field-${field.name.replace(/[^\w-]/g, "_")}`;
}

customElements.define("request-form", RequestForm);
