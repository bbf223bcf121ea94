// The types of requests: their way from stage to stage, who answers by rule, and their text.
import { html, nothing } from "lit";
import { api, ApiRefused } from "../api.js";
import { problemInWords, type Desk } from "../desk.js";
import type { KeptText, StageDrawing, TypeDrawing } from "../kept_types.js";
import { say, spoken, t, words } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import "./text_editor.js";

const NAME = /^[a-z][a-z0-9_]{0,31}$/;
type View = "way" | "edit";

class TypesPage extends Piece {
  static override readonly follows = [] as const;
  private names: { id: string; version: number | null }[] = [];
  private name = "";
  private view: View = "way";
  private facts: KeptText<TypeDrawing> | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
  }

  private get changes(): boolean {
    return this.desk.me?.roles.includes("administrator") ?? false;
  }

  protected override render(): Html {
    const views: View[] = this.changes ? ["way", "edit"] : ["way"];
    return html`<header class="page-head"><h1>${t("types.title")}</h1>
        <select aria-label=${t("types.which")} @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>
          ${this.names.map((one) => html`<option value=${one.id} ?selected=${one.id === this.name}>${one.id}</option>`)}</select>
        <span class="faint">${this.facts ? (this.facts.version === null ? t("menus.of_settings")
          : t("menus.version", { n: this.facts.version })) : ""}</span>
        ${this.changes ? this.beginning() : nothing}
        <span class="spring"></span>
        <div class="menu-views" role="group" aria-label=${t("menus.view")}>${views.map((view) => html`
          <button class="button small" data-view=${view} aria-pressed=${view === this.view ? "true" : "false"}
            @click=${() => { this.view = view; this.requestUpdate(); }}>${t(`types.view_${view}`)}</button>`)}</div></header>
      ${this.facts ? this.body(this.facts) : nothing}`;
  }

  private body(facts: KeptText<TypeDrawing>): Html {
    if (this.view === "edit") {
      return html`<text-editor class="menu-body" .desk=${this.desk} .path=${`/request-types/${facts.id}`}
        .facts=${facts} .label=${t("types.text", { type: facts.id })} @text-used=${() => void this.read()}></text-editor>`;
    }
    return html`<div class="scroll page-body" tabindex="0" role="region" aria-label=${t("types.title")}>
      ${facts.drawing ? this.drawn(facts.drawing) : empty(t("types.not_used"), t("types.not_used_how"))}</div>`;
  }

  private drawn(type: TypeDrawing): Html {
    return html`<h2>${titled(type.title)}</h2>
      <p class="faint">${t("types.deadline", { n: type.hours })}${type.reaction_h === null ? nothing
        : html` · ${t("types.reaction", { n: type.reaction_h, m: type.accept_min ?? 0 })}`}
        ${type.public ? html` · ${t("types.public")}` : nothing}</p>
      <ol class="type-way" aria-label=${t("types.view_way")}>${type.stages.map((stage) => this.stage(stage, type))}</ol>
      <h2>${t("types.answers")}</h2>
      <table class="table"><tbody>${type.rules.map((rule) => html`<tr>
        <td>${[rule.field ? `${rule.field} = ${rule.values.join(", ")}` : "", ...rule.channels, ...rule.clients,
               ...rule.regions].filter(Boolean).join(" · ") || t("types.always")}</td>
        <td><strong>${this.desk.groupName(rule.group)}</strong></td></tr>`)}</tbody></table>
      <h2>${t("types.fields")}</h2>
      <table class="table"><tbody>${type.fields.map((field) => html`<tr>
        <td><strong>${titled(field.label)}</strong> <code class="faint">${field.name}</code></td>
        <td>${words("type_field", field.kind)}</td>
        <td>${field.required ? html`<span class="chip">${t("types.required")}</span>` : nothing}</td></tr>`)}</tbody></table>`;
  }

  private stage(stage: StageDrawing, type: TypeDrawing): Html {
    const own = titled(stage.title) || words("stage", stage.name) || stage.name;
    const next = stage.to.map((name) => {
      const to = type.stages.find((one) => one.name === name);
      return (to && titled(to.title)) || words("stage", name) || name;
    });
    return html`<li data-stage=${stage.name} class=${stage.to.length === 0 ? "is-end" : ""}>
      <strong>${own}</strong>
      <small class="faint block">${[stage.hours === null ? "" : t("types.hours", { n: stage.hours }),
        stage.group ? this.desk.groupName(stage.group) : "", stage.waits ? t("types.waits") : "",
        ...stage.document.map((name) => t("types.document", { name }))].filter(Boolean).join(" · ")}</small>
      ${(["entering", "leaving", "late"] as const).map((when) => stage[when].length === 0 ? nothing
        : html`<small class="block">${t(`types.${when}`)}: ${stage[when].map((deed) => words("type_deed", deed)).join(", ")}</small>`)}
      <span class="type-next">${next.length === 0 ? t("types.end") : html`→ ${next.join(" · ")}`}</span></li>`;
  }

  private choose(name: string): void {
    this.name = name;
    void this.read();
  }

  private beginning(): Html {
    return html`<form class="type-new" @submit=${(event: Event) => { event.preventDefault(); this.begin(); }}>
      <input id="type-new" maxlength="32" autocomplete="off" placeholder=${t("types.new_name")}
        aria-label=${t("types.new_name")}>
      <button class="button small" data-act="new-type">${icon("plus")} ${t("types.new")}</button></form>`;
  }

  /** Another one begins as a copy of the one that is open. */
  private begin(): void {
    const field = this.querySelector<HTMLInputElement>("#type-new");
    const name = field?.value.trim() ?? "";
    if (!name || !field) return;
    if (!NAME.test(name) || this.names.some((one) => one.id === name)) {
      this.desk.toast("error", t("types.bad_name"));
      return;
    }
    field.value = "";
    const copied = (this.facts?.text ?? "").replace(/^id = .*$/m, `id = "${name}"`);
    this.name = name;
    this.names = [...this.names, { id: name, version: null }];
    this.facts = { id: name, text: copied, version: null, versions: [], drawing: null };
    this.view = "edit";
    this.requestUpdate();
  }

  private async read(): Promise<void> {
    await this.tried(async () => {
      this.names = (await api<{ items: { id: string; version: number | null }[] }>("GET", "/request-types")).items;
      this.name ||= this.names[0]?.id ?? "";
      if (this.name) this.facts = await api<KeptText<TypeDrawing>>("GET", `/request-types/${this.name}`);
    });
  }

  private async tried(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiRefused)) throw error;
      this.desk.toast("error", problemInWords(error.problem));
    }
    this.requestUpdate();
  }
}

function titled(texts: Record<string, string>): string {
  return say(texts[spoken()] ?? texts["en"] ?? "");
}

customElements.define("types-page", TypesPage);

export const typesSection = {
  id: "types", who: "leads" as const,
  draw: (desk: Desk): Html => html`<types-page class="section-body" .desk=${desk}></types-page>`,
};
