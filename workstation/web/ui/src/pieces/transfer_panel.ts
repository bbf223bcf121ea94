// Where the call shall go: colleagues as they are now, queues, menus, any number. Enter hands it
// over at once, Ctrl Enter asks first. Rows keep their places while states change.
import { html, nothing } from "lit";
import type { Target } from "../controls.js";
import type { ColleagueView, QueueTarget } from "../protocol.gen.js";
import { Places, TargetWatch } from "../targets.js";
import { say, t, tOr } from "../texts.js";
import { icon, keyHint, mark, type Html } from "./bits.js";
import { Piece } from "./piece.js";

interface Row {
  key: string;
  name: string;
  id: string;
  group: "colleagues" | "queues" | "menus" | "number";
  sign: Html;
  now: Html;
  isAway: boolean;
  target?: Target;
  menu?: string;
}

const NUMBER = /^\+?[0-9][0-9 ()-]{1,24}$/;
const SHOWN = 60;

class TransferPanel extends Piece {
  private text = "";
  private at = 0;
  private readonly places = new Places<Row>();
  private readonly watchTargets = new TargetWatch(() => this.desk, () => this.requestUpdate());

  override connectedCallback(): void {
    super.connectedCallback();
    this.watchTargets.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watchTargets.stop();
  }

  protected override firstUpdated(): void {
    this.querySelector("input")?.focus();
  }

  protected override render(): Html {
    const rows = this.rows();
    const chosen = rows[this.at];
    return html`
      <div class="search-line">${icon("search")}
        <input type="search" autocomplete="off" maxlength="40" role="combobox"
          aria-expanded="true" aria-controls="target-rows" aria-label=${t("transfer.to")}
          aria-activedescendant=${chosen ? `target-${this.at}` : nothing}
          placeholder=${t("transfer.example")} @input=${this.typed} @keydown=${this.keyed}></div>
      <ul id="target-rows" class="targets" role="listbox" aria-label=${t("transfer.to")}
        @mousedown=${(event: Event) => event.preventDefault()}>
        ${rows.map((row, index) => this.row(row, index, rows[index - 1]?.group !== row.group))}
        ${rows.length ? nothing : html`<li class="empty" role="presentation">${t("transfer.nobody")}</li>`}
      </ul>
      ${this.foot(chosen)}`;
  }

  private row(row: Row, index: number, isFirst: boolean): Html {
    return html`
      ${isFirst ? html`<li class="targets-head" role="presentation">${
        t(`transfer.${row.group}`)}</li>` : nothing}
      <li role="option" id="target-${index}" class="target ${row.isAway ? "is-away" : ""}"
        data-target=${row.key} aria-selected=${index === this.at}
        @click=${() => { this.at = index; this.requestUpdate(); }}>
        ${row.sign}<span class="target-name">${row.name}</span>
        <span class="target-id num">${row.id}</span><span class="target-now">${row.now}</span></li>`;
  }

  private foot(chosen: Row | undefined): Html {
    const { controls } = this.desk;
    const isMenu = chosen?.menu !== undefined;
    return html`<footer class="targets-foot">
      <span class="faint">${t(isMenu ? "transfer.how_menu" : "transfer.how")}</span>
      <button class="button" data-act="consult"
        ?disabled=${!chosen?.target || !controls.mayHand("consult")}
        @click=${() => this.choose(chosen, "consult")}>
        ${icon("message-square")} ${t("transfer.ask")} ${keyHint("Ctrl ↵")}</button>
      <button class="button primary" data-act="hand-over"
        ?disabled=${!chosen || !controls.mayHand(isMenu ? "to_menu" : "transfer")}
        @click=${() => this.choose(chosen, "transfer")}>${icon(isMenu ? "list" : "phone-forwarded")}
        ${t(isMenu ? "transfer.send" : "transfer.go")} ${keyHint("↵")}</button></footer>`;
  }

  // ── what is to be seen ────────────────────────────────────────────────────────────────────
  private rows(): Row[] {
    const { colleagues, queues, menus } = this.watchTargets.targets;
    const all = this.places.take([
      ...[...colleagues].sort(byNearness).map(colleagueRow), ...queues.map(queueRow),
      ...menus.filter(() => this.desk.controls.isPanelMine).map((menu): Row => ({
        key: `menu ${menu.id}`, name: tOr(`menu_name.${menu.id}`, menu.name), id: "", now: nothing,
        group: "menus", menu: menu.id, sign: icon("list"), isAway: false }))]);
    const wanted = this.text.toLocaleLowerCase();
    const found = all.map(({ row }) => row).filter((row) => wanted
      ? row.name.toLocaleLowerCase().includes(wanted) || row.id.startsWith(wanted) : !row.isAway);
    const ordered = [...found.filter((row) => row.id === wanted),
                     ...found.filter((row) => row.id !== wanted)].sort(byGroup);
    return [...ordered.slice(0, SHOWN), ...this.numberRow(found)];
  }

  private numberRow(found: Row[]): Row[] {
    if (!NUMBER.test(this.text) || found.some((row) => row.id === this.text)) return [];
    return [{ key: "number", name: this.text, id: "", group: "number", sign: icon("phone"),
              now: nothing, isAway: false,
              target: { number: this.text.replace(/[^+0-9]/g, "") } }];
  }

  // ── choosing ──────────────────────────────────────────────────────────────────────────────
  private typed = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value.trim();
    this.at = 0;
    this.requestUpdate();
  };

  private keyed = (event: KeyboardEvent): void => {
    const rows = this.rows();
    const step = event.code === "ArrowDown" ? 1 : event.code === "ArrowUp" ? -1 : 0;
    if (step && rows.length) {
      event.preventDefault();
      this.at = (this.at + step + rows.length) % rows.length;
      this.requestUpdate();
      void this.updateComplete.then(() => this.querySelector('[aria-selected="true"]')
        ?.scrollIntoView({ block: "nearest" }));
    }
    if (event.code !== "Enter" && event.code !== "NumpadEnter") return;
    event.preventDefault();
    this.choose(rows[this.at], event.ctrlKey || event.metaKey ? "consult" : "transfer");
  };

  private choose(row: Row | undefined, verb: "transfer" | "consult"): void {
    const { controls } = this.desk;
    if (!row || !controls.mayHand(row.menu === undefined ? verb : "to_menu")) return;
    this.desk.open("");
    if (row.menu !== undefined) controls.toMenu(row.menu);
    else if (row.target) controls.hand(verb, row.target);
  }
}

const READINESS: Record<string, number> = { ready: 0, offered: 2, wrap_up: 2, talking: 2, paused: 3 };

/** Who can take it now stands first, and of those who work in the same queues. */
function byNearness(one: ColleagueView, other: ColleagueView): number {
  const rank = ({ state, is_near: isNear }: ColleagueView): number =>
    (READINESS[state] ?? 9) * 2 + (isNear ? 0 : 1);
  return rank(one) - rank(other) || one.name.localeCompare(other.name);
}

const GROUPS = ["colleagues", "queues", "menus", "number"];

function byGroup(one: Row, other: Row): number {
  return GROUPS.indexOf(one.group) - GROUPS.indexOf(other.group);
}

function colleagueRow(one: ColleagueView): Row {
  return { key: `operator ${one.id}`, name: one.name, id: one.id, group: "colleagues",
           target: { operator: one.id }, sign: mark(one.state), isAway: one.state === "offline",
           now: html`${t(`state.${one.state}`)} ${one.registered || one.state !== "offline"
             ? html`<tick-time since=${one.since}></tick-time>`
             : html`<span class="is-warning">${t("transfer.no_phone")}</span>`}` };
}

function queueRow({ id, name, waiting, ready }: QueueTarget): Row {
  return { key: `queue ${id}`, name: say(name), id: "", group: "queues", target: { queue: id },
           sign: icon("users"), isAway: false,
           now: html`${t("transfer.waiting", { n: waiting })} · ${t("transfer.ready", { n: ready })}` };
}

customElements.define("transfer-panel", TransferPanel);
