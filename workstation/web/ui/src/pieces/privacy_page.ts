// A person's rights: find, export, erase with proof; and what is kept how long. Administrators'.
import { html, nothing } from "lit";
import { problemInWords, type Desk } from "../desk.js";
import { now } from "../moments.js";
import type {
  AuditEntryView, ErasedView, HitView, ObstacleView, PersonView, Problem, RetainedView,
} from "../protocol.gen.js";
import { dayAndTime, number, t, tOr } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const REASONS = ["asked", "objected", "unlawful", "not_needed", "court"] as const;

interface Plan {
  at: string;
  kinds: RetainedView[];
  tapes: RetainedView;
  runs: AuditEntryView[];
}

class PrivacyPage extends Piece {
  static override readonly follows = [] as const;
  private hits: HitView[] | null = null;
  private person: PersonView | null = null;
  private isErasing = false;
  private refused = "";
  private proofs: ErasedView[] = [];
  private plan: Plan | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.readProofs();
    void this.readPlan();
  }

  protected override render(): Html {
    return html`
      <header class="page-head"><h1>${t("privacy.title")}</h1></header>
      <div class="scroll page-body privacy">
        <section><h2>${t("privacy.person")}</h2>
          <form class="joined" role="search" @submit=${this.search}>
            <input name="text" autocomplete="off" required aria-label=${t("privacy.search")}
              placeholder=${t("privacy.search")}>
            <button class="button primary" data-act="find">${icon("search")} ${t("privacy.find")}</button>
          </form>
          ${this.found()}${this.person ? this.about(this.person) : nothing}</section>
        <section><h2>${t("privacy.retention")}</h2>${this.plan ? this.retention(this.plan) : nothing}</section>
        <section><h2>${t("privacy.proofs")}</h2>${this.proofTable()}</section>
      </div>`;
  }

  // ── finding ───────────────────────────────────────────────────────────────────────────────
  private search = (event: SubmitEvent): void => {
    event.preventDefault();
    const text = String(new FormData(event.target as HTMLFormElement).get("text") ?? "").trim();
    const id = /^#(\d{1,15})$/.exec(text)?.[1];
    void (id ? this.open(Number(id)) : this.look(text));
  };

  private async look(text: string): Promise<void> {
    const result = await this.desk.ask("client.search", { text });
    if (!result) return;
    this.hits = (result as { hits: HitView[] }).hits;
    this.person = null;
    const [only, ...others] = this.hits;
    if (only && others.length === 0) await this.open(only.client_id);
    this.requestUpdate();
  }

  private async open(clientId: number): Promise<void> {
    const result = await this.desk.ask("person.find", { client_id: clientId });
    if (!result) return;
    this.person = (result as { person: PersonView }).person;
    this.isErasing = false;
    this.refused = "";
    this.requestUpdate();
  }

  private found(): Html {
    if (!this.hits || this.person) return nothing;
    if (this.hits.length === 0) return html`<p class="faint">${t("privacy.nobody")}</p>`;
    return html`<h3>${t("privacy.hits")}</h3><ul class="facts">${this.hits.map((hit) => html`<li>
      <button class="link-row" data-client=${hit.client_id} @click=${() => void this.open(hit.client_id)}>
        <span>${hit.name}</span><small class="faint">#${hit.client_id} ${
          [hit.number, hit.account, hit.address].filter(Boolean).join(" · ")}</small></button></li>`)}</ul>`;
  }

  // ── one person ────────────────────────────────────────────────────────────────────────────
  private about(person: PersonView): Html {
    const merged = person.client_ids.slice(1);
    return html`<article class="person-box" data-person=${person.client_id}>
      <h3>${icon("user")} ${person.name || "—"} <small class="faint">#${person.client_id}</small>
        ${person.erased_at ? html`<span class="chip">${
          t("privacy.erased_on", { at: dayAndTime(person.erased_at, now()) })}</span>` : nothing}</h3>
      ${merged.length ? html`<p class="faint">${t("privacy.merged", {
        ids: merged.map((id) => `#${id}`).join(", ") })}</p>` : nothing}
      <h4>${t("privacy.kept")}</h4><ul class="counts">${Object.entries(person.rows).map(
        ([table, rows]) => html`<li><span>${tOr(`person.table.${table}`, table)}</span>
          <b class="num">${number(rows)}</b></li>`)}</ul>
      ${person.others.length ? html`<h4>${t("privacy.others")}</h4><ul class="facts">
        ${person.others.map((other) => html`<li><button class="link-row"
          @click=${() => void this.open(other.client_id)}><span>${other.name}</span>
          <small class="faint">#${other.client_id}</small></button></li>`)}</ul>` : nothing}
      ${person.obstacles.length && !person.erased_at ? this.waits(person.obstacles) : nothing}
      <p class="person-do">
        <a class="button" href=${`/api/v1/persons/${person.client_id}/export?form=html`} download>
          ${icon("file-text")} ${t("privacy.export_html")}</a>
        <a class="button" href=${`/api/v1/persons/${person.client_id}/export`} download>
          ${t("privacy.export_json")}</a>
        ${person.erased_at || this.isErasing ? nothing : html`<button class="button is-danger"
          data-act="erase" ?disabled=${person.obstacles.length > 0}
          @click=${() => { this.isErasing = true; this.requestUpdate(); }}>${t("privacy.erase")}</button>`}
      </p>
      ${this.isErasing ? this.eraser(person) : nothing}</article>`;
  }

  private waits(obstacles: ObstacleView[]): Html {
    return html`<p class="notice-line">${icon("triangle-alert")} ${t("privacy.waits")}: ${
      obstacles.map((one) => t(`privacy.obstacle.${one.kind}`, { ref: one.ref })).join(", ")}</p>`;
  }

  private eraser(person: PersonView): Html {
    return html`<form class="eraser" @submit=${(event: SubmitEvent) => void this.erase(event, person)}>
      <h4>${t("privacy.erase_title")}</h4><p>${t("privacy.erase_lead")}</p>
      <label class="field"><span>${t("privacy.reason")}</span><select name="reason" required>
        ${REASONS.map((reason) => html`<option value=${reason}>${t(`privacy.reason.${reason}`)}</option>`)}
      </select></label>
      <label class="field"><span>${t("privacy.type_name", { name: person.name })}</span>
        <input name="name" required autocomplete="off" aria-invalid=${this.refused ? "true" : "false"}></label>
      ${this.refused ? html`<p class="field-error" role="alert">${icon("triangle-alert")} ${this.refused}</p>`
        : nothing}
      <p class="person-do"><button class="button is-danger" data-act="erase-now">${t("privacy.erase_now")}</button>
        <button type="button" class="button" @click=${() => { this.isErasing = false; this.requestUpdate(); }}>
          ${t("privacy.cancel")}</button></p></form>`;
  }

  private async erase(event: SubmitEvent, person: PersonView): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const reason = REASONS.find((one) => one === form.get("reason")) ?? "asked";
    const { result, problem } = await this.desk.tryTo("person.erase", {
      client_id: person.client_id, name: String(form.get("name") ?? ""), reason });
    if (problem) {
      this.refused = why(problem);
      this.requestUpdate();
      return;
    }
    const { rows } = (result as { proof: ErasedView }).proof;
    this.desk.toast("info", t("privacy.proof", { rows: sum(rows) }));
    this.hits = null;
    await this.open(person.client_id);
    await this.readProofs();
  }

  // ── what is kept ──────────────────────────────────────────────────────────────────────────
  private retention(plan: Plan): Html {
    const due = [...plan.kinds, plan.tapes];
    return html`<p class="faint">${t("privacy.retention_lead", { at: plan.at })}</p>
      <table class="table narrow"><thead><tr>${["kind", "keep", "due"].map((column) =>
        html`<th scope="col">${t(`privacy.${column}`)}</th>`)}</tr></thead>
      <tbody>${due.map((one) => html`<tr data-kind=${one.kind}>
        <td>${t(`retention.${one.kind}`)}</td>
        <td>${one.keep_days ? t("privacy.days", { n: one.keep_days })
          : html`<span class="faint">${t("privacy.for_ever")}</span>`}</td>
        <td class="num">${one.keep_days ? number(one.rows) : ""}</td></tr>`)}</tbody></table>
      <p class="person-do"><button class="button" data-act="retain"
        ?disabled=${due.every((one) => one.rows === 0)} @click=${() => void this.retain()}>
        ${t("privacy.run")}</button></p>
      <h3>${t("privacy.runs")}</h3>${plan.runs.length === 0
        ? html`<p class="faint">${t("privacy.no_runs")}</p>` : html`<ul class="facts">
        ${plan.runs.map((run) => this.run(run))}</ul>`}`;
  }

  private run(run: AuditEntryView): Html {
    const told = run.facts ?? {};
    return html`<li class="run-line"><span class="num faint">${dayAndTime(run.at, now())}</span>
      <span>${tOr(`retention.${String(told["kind"])}`, String(told["kind"]))}</span>
      <b class="num">${number(Number(told["rows"] ?? 0))}</b>
      <code class="faint">${String(told["digest"] ?? "").slice(0, 16)}</code></li>`;
  }

  private async retain(): Promise<void> {
    if (await this.desk.ask("retention.run", {})) await this.readPlan();
  }

  private async readPlan(): Promise<void> {
    const result = await this.desk.ask("retention.plan", {});
    if (!result) return;
    this.plan = result as Plan;
    this.requestUpdate();
  }

  // ── proofs ────────────────────────────────────────────────────────────────────────────────
  private proofTable(): Html {
    if (this.proofs.length === 0) return empty(t("privacy.no_proofs"), t("privacy.no_proofs_how"));
    return html`<table class="table narrow"><thead><tr>${["when", "client", "by", "reason", "rows"].map(
      (column) => html`<th scope="col">${t(`privacy.${column}`)}</th>`)}</tr></thead>
      <tbody>${this.proofs.map((proof) => html`<tr>
        <td class="num">${dayAndTime(proof.finished_at, now())}</td>
        <td>${proof.client_ids.map((id) => `#${id}`).join(", ")}</td>
        <td>${this.desk.operatorName(proof.by)}</td><td>${t(`privacy.reason.${proof.reason}`)}</td>
        <td class="num">${number(sum(proof.rows))}</td></tr>`)}</tbody></table>`;
  }

  private async readProofs(): Promise<void> {
    const result = await this.desk.ask("person.erased", {});
    if (!result) return;
    this.proofs = (result as { proofs: ErasedView[] }).proofs;
    this.requestUpdate();
  }
}

function why(problem: Problem): string {
  const obstacles = problem.facts?.["obstacles"] as ObstacleView[] | undefined;
  const told = obstacles?.map((one) => t(`privacy.obstacle.${one.kind}`, { ref: one.ref })) ?? [];
  return [problemInWords(problem), ...told].join(" ");
}

function sum(rows: Record<string, number>): number {
  return Object.values(rows).reduce((total, count) => total + count, 0);
}

customElements.define("privacy-page", PrivacyPage);

export const privacySection = {
  id: "privacy", who: "administrators" as const,
  draw: (desk: Desk): Html => html`<privacy-page .desk=${desk}></privacy-page>`,
};
