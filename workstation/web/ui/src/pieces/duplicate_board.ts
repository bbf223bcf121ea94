// The page "duplicates": pairs at the left, the two cards side by side, and what a person decides.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { now } from "../moments.js";
import type { ComparedView, LikenessView, MergeView, PairView } from "../protocol.gen.js";
import type { Section } from "../sections.js";
import { dayAndTime, t, words } from "../texts.js";
import { empty, icon, keyHint, type Html } from "./bits.js";
import { linesOf, type Line, type Said } from "./duplicate_rows.js";
import { Piece } from "./piece.js";

type Filter = "open" | "later" | "different" | "merged";
type Decision = "same" | "different" | "later" | "open";
const FILTERS: Filter[] = ["open", "later", "different", "merged"];
const SIDES = ["low", "high"] as const;

class DuplicateBoard extends Piece {
  static override readonly follows = [] as const;
  private filter: Filter = "open";
  private pairs: PairView[] = [];
  private merges: MergeView[] = [];
  private cursor: string | number | null = null;
  private waiting = 0;
  private both: ComparedView | null = null;
  private keep = 0;
  private readonly taken = new Set<string>();
  private isBusy = false;
  private isRead = false;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.keyed);
    void this.read();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.keyed);
  }

  protected override render(): Html {
    return html`
      <header class="page-head"><h1>${t("duplicates.title")}</h1>
        <span class="faint">${t("duplicates.waiting", { n: this.waiting })}</span>
        <div class="filters" role="group" aria-label=${t("duplicates.which")}>
          ${FILTERS.map((id) => html`<button aria-pressed=${this.filter === id} data-filter=${id}
            @click=${() => this.choose(id)}>${t(`duplicates.is_${id}`)}</button>`)}</div>
        <span class="spring"></span>
        <button class="button" @click=${() => void this.read()}>
          ${icon("refresh-cw")} ${t("duplicates.read_again")}</button>
      </header>
      ${this.filter === "merged" ? this.mergeList() : this.decisions()}`;
  }

  // ── reading ───────────────────────────────────────────────────────────────────────────────
  private choose(filter: Filter): void {
    this.filter = filter;
    void this.read();
  }

  private async read(more = false): Promise<void> {
    const cursor = more ? this.cursor : null;
    if (this.filter === "merged") {
      const result = await this.desk.ask("merge.list", { cursor: cursor as number | null });
      const { merges, cursor: next } = (result ?? { merges: [], cursor: null }) as {
        merges: MergeView[]; cursor: number | null };
      this.merges = more ? [...this.merges, ...merges] : merges;
      this.cursor = next;
    } else {
      await this.readPairs(cursor as string | null, more);
    }
    this.isRead = true;
    this.requestUpdate();
  }

  private async readPairs(cursor: string | null, more: boolean): Promise<void> {
    const state = this.filter as "open" | "later" | "different";
    const result = await this.desk.ask("duplicate.list", { state, cursor });
    if (!result) return;
    const { pairs, cursor: next, waiting } = result as {
      pairs: PairView[]; cursor: string | null; waiting: number };
    this.pairs = more ? [...this.pairs, ...pairs] : pairs;
    this.cursor = next;
    this.waiting = waiting;
    if (!more) await this.open(this.pairs[0]?.id);
  }

  private async open(id: number | undefined): Promise<void> {
    const result = id === undefined ? null : await this.desk.ask("duplicate.compare", { id });
    this.both = (result ?? null) as ComparedView | null;
    this.keep = this.both?.pair.keep ?? 0;
    this.taken.clear();
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
  }

  // ── deciding ──────────────────────────────────────────────────────────────────────────────
  private keyed = (event: KeyboardEvent): void => {
    const isTyping = (event.target as Element | null)?.closest?.("input:not([type=radio]), textarea, select");
    if (isTyping || event.ctrlKey || event.altKey || event.metaKey || this.desk.dialog) return;
    if (this.filter === "merged" || !this.both) return;
    const deeds: Record<string, () => unknown> = {
      KeyS: () => this.decide("same"), KeyN: () => this.decide("different"),
      KeyL: () => this.decide("later"), KeyO: () => this.decide("open"),
      KeyK: () => this.swap(), ArrowDown: () => this.step(1), ArrowUp: () => this.step(-1),
    };
    const deed = deeds[event.code];
    if (!deed) return;
    event.preventDefault();
    void deed();
  };

  private step(by: number): unknown {
    const at = this.pairs.findIndex((pair) => pair.id === this.both?.pair.id);
    const next = this.pairs[at + by];
    return next ? this.open(next.id) : undefined;
  }

  private swap(): void {
    const { low, high } = this.both!.pair;
    this.keep = this.keep === low.client_id ? high.client_id : low.client_id;
    this.taken.clear();
    this.requestUpdate();
  }

  private async decide(decision: Decision): Promise<void> {
    const pair = this.both?.pair;
    if (!pair || this.isBusy || (decision === "open") === (this.filter === "open")) return;
    this.isBusy = true;
    const result = await this.desk.ask("duplicate.decide", {
      id: pair.id, decision, keep: decision === "same" ? this.keep : null,
      take: decision === "same" ? [...this.taken] : [] });
    this.isBusy = false;
    if (!result) return;
    this.desk.toast("info", t(`duplicates.did_${decision}`));
    const at = this.pairs.findIndex((one) => one.id === pair.id);
    this.pairs = this.pairs.filter((one) => one.id !== pair.id);
    this.waiting = Math.max(0, this.waiting - Number(this.filter === "open"));
    if (this.pairs.length === 0 && this.cursor) await this.read();
    else await this.open((this.pairs[at] ?? this.pairs[at - 1])?.id);
  }

  private async undo(merge: MergeView): Promise<void> {
    if (await this.desk.ask("client.unmerge", { merge: merge.id }) === undefined) return;
    this.desk.toast("info", t("duplicates.undone"));
    await this.read();
  }

  // ── drawing ───────────────────────────────────────────────────────────────────────────────
  private decisions(): Html {
    if (this.pairs.length === 0) {
      return this.isRead ? empty(t(`duplicates.none_${this.filter}`), t("duplicates.none_how")) : nothing;
    }
    return html`<div class="duplicates">
      <div class="pair-list scroll" role="group" aria-label=${t("duplicates.pairs")}>
        ${repeat(this.pairs, (pair) => pair.id, (pair) => this.pair(pair))}${this.more()}</div>
      ${this.both ? this.compared(this.both) : nothing}</div>`;
  }

  private pair(pair: PairView): Html {
    return html`<button class="pair" aria-current=${pair.id === this.both?.pair.id}
      data-pair=${pair.id} @click=${() => void this.open(pair.id)}>
      <span class="pair-score num" title=${t("duplicates.score")}>${pair.score}</span>
      <span class="pair-names"><b>${pair.low.name}</b><b>${pair.high.name}</b>
        <small class="faint">${pair.reasons.map(because).join(" · ")}</small></span></button>`;
  }

  private more(): Html {
    return this.cursor === null ? nothing : html`<button class="quiet"
      @click=${() => void this.read(true)}>${icon("chevron-down")} ${t("duplicates.more")}</button>`;
  }

  private compared(both: ComparedView): Html {
    const isOpen = this.filter === "open";
    return html`<section class="compared" aria-label=${t("duplicates.compared")}>
      <div class="scroll" tabindex="0" role="region" aria-label=${t("duplicates.compared")}>
        <p class="pair-why">${both.pair.reasons.length ? both.pair.reasons.map((one) => html`
          <span class="chip">${because(one)}</span>`) : t("duplicates.by_person")}</p>
        <table class="table cards-table"><thead><tr><th scope="col"></th>
          ${SIDES.map((side) => this.head(both, side))}</tr></thead>
          <tbody>${linesOf(both).map((line) => this.line(both, line))}</tbody></table>
      </div>
      <footer class="decide" role="group" aria-label=${t("duplicates.decide")}>
        <button class="button primary" data-act="same" ?disabled=${this.isBusy}
          @click=${() => void this.decide("same")}>${icon("check")} ${t("duplicates.same")} ${keyHint("S")}</button>
        ${this.filter === "different" ? nothing : html`<button class="button" data-act="different"
          ?disabled=${this.isBusy} @click=${() => void this.decide("different")}>
          ${icon("x")} ${t("duplicates.different")} ${keyHint("N")}</button>`}
        ${isOpen ? html`<button class="button" data-act="later" ?disabled=${this.isBusy}
          @click=${() => void this.decide("later")}>${icon("clock")} ${t("duplicates.later")} ${keyHint("L")}</button>`
        : html`<button class="button" data-act="open" ?disabled=${this.isBusy}
          @click=${() => void this.decide("open")}>${icon("refresh-cw")} ${t("duplicates.open")} ${keyHint("O")}</button>`}
        <button class="button" data-act="swap" @click=${() => this.swap()}>
          ${icon("arrow-right")} ${t("duplicates.swap")} ${keyHint("K")}</button>
        <span class="faint decide-how">${keyHint("↑ ↓")} ${t("duplicates.how")}</span>
      </footer></section>`;
  }

  private head(both: ComparedView, side: "low" | "high"): Html {
    const card = both[side];
    const isKept = this.keep === card.client_id;
    return html`<th scope="col" class=${isKept ? "is-kept" : ""}>
      <label><input type="radio" name="keep" .checked=${isKept} data-keep=${card.client_id}
        @change=${() => { if (!isKept) this.swap(); }}>
        ${isKept ? t("duplicates.kept") : t("duplicates.absorbed")}</label>
      ${this.desk.hasDesk ? html`<button class="link" @click=${() => void this.desk.openClient(card.client_id)}>
        ${t("client.id", { id: card.client_id })}</button>`
        : html`<span class="faint">${t("client.id", { id: card.client_id })}</span>`}</th>`;
  }

  private line(both: ComparedView, line: Line): Html {
    const keptAt = this.keep === both.pair.low.client_id ? 0 : 1;
    const winner = line.isChoosable && this.taken.has(line.id) ? 1 - keptAt : keptAt;
    return html`<tr class=${line.isChoosable ? "is-choice" : ""}><th scope="row">${line.label}</th>
      ${line.sides.map((said, at) => html`<td class=${line.isChoosable && at !== winner ? "loses" : ""}>
        ${line.isChoosable ? html`<label><input type="radio" name=${`win-${line.id}`}
          .checked=${at === winner} data-win=${`${line.id}-${at}`}
          @change=${() => this.take(line.id, at !== keptAt)}>${said.map(value)}</label>`
        : said.length ? said.map(value) : html`<span class="faint">–</span>`}</td>`)}</tr>`;
  }

  private take(id: string, isTaken: boolean): void {
    if (isTaken) this.taken.add(id);
    else this.taken.delete(id);
    this.requestUpdate();
  }

  private mergeList(): Html {
    if (this.merges.length === 0) {
      return this.isRead ? empty(t("duplicates.none_merged"), t("duplicates.none_merged_how")) : nothing;
    }
    return html`<div class="scroll page-body" tabindex="0" role="region" aria-label=${t("duplicates.is_merged")}>
      <table class="table"><thead><tr>
        ${["when", "absorbed", "kept", "by", "next"].map((column) =>
          html`<th scope="col">${t(`duplicates.column_${column}`)}</th>`)}</tr></thead>
        <tbody>${repeat(this.merges, (one) => one.id, (one) => html`<tr data-merge=${one.id}>
          <td class="num">${dayAndTime(one.at, now())}</td>
          <td>${one.absorbed.name} <small class="faint">${t("client.id", { id: one.absorbed.client_id })}</small></td>
          <td>${one.kept.name} <small class="faint">${t("client.id", { id: one.kept.client_id })}</small></td>
          <td>${this.desk.operatorName(one.by)}</td>
          <td>${one.undone_at ? html`<span class="faint">${t("duplicates.undone_at", {
              at: dayAndTime(one.undone_at, now()) })}</span>`
            : html`<button class="button small" data-act="undo" @click=${() => void this.undo(one)}>
              ${t("duplicates.undo")}</button>`}</td></tr>`)}
        </tbody></table>${this.more()}</div>`;
  }
}

export function because(one: LikenessView): string {
  const said = words("likeness", one.code);
  return one.count > 1 ? `${said} (${one.count})` : said;
}

function value(said: Said): Html {
  return html`<span class="said ${said.isShared ? "is-shared" : "differs"}"
    title=${t(said.isShared ? "duplicates.shared" : "duplicates.differs")}>
    <span aria-hidden="true" class="said-mark">${said.isShared ? "=" : "≠"}</span>${said.text}</span>`;
}

customElements.define("duplicate-board", DuplicateBoard);

export const duplicatesSection: Section = {
  id: "duplicates", who: "leads",
  draw: (desk) => html`<duplicate-board .desk=${desk}></duplicate-board>`,
};
