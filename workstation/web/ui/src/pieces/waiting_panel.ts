// Callers one may take now: parked in my queues, ringing at a colleague, waiting. A row that is
// gone keeps its place until the panel is closed, so that no key hits the wrong caller.
import { html, nothing } from "lit";
import type { Desk } from "../desk.js";
import { phone } from "../numbers.js";
import { Places, TargetWatch } from "../targets.js";
import { t } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

interface Row {
  key: string;
  group: "parked" | "ringing" | "waiting";
  call: string;
  number: string;
  name: string;
  queue: string;
  since: string;
  by: string;
}

const GROUPS = ["parked", "ringing", "waiting"] as const;

class WaitingPanel extends Piece {
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
    this.querySelector<HTMLElement>(".takeable")?.focus();
  }

  protected override render(): Html {
    const rows = this.places.take([...queued(this.desk), ...this.ringing()]);
    return html`<div class="takeable scroll" tabindex="0" role="region"
      aria-label=${t("waiting.title")} @keydown=${this.walk}>
      ${rows.length ? nothing : empty(t("waiting.none"), t("waiting.none_how"))}
      ${GROUPS.map((group) => {
        const found = rows.filter(({ row }) => row.group === group);
        return found.length ? html`<h3>${t(`waiting.${group}`)}
          <span class="count">${found.filter(({ isHere }) => isHere).length}</span></h3>
          <ul>${found.map(({ row, isHere }) => this.row(row, isHere))}</ul>` : nothing;
      })}</div>`;
  }

  private row(row: Row, isHere: boolean): Html {
    const name = row.name && row.name !== row.number ? row.name : "";
    return html`<li><button class="takeable-row" data-call=${row.call} ?disabled=${!isHere}
      @click=${() => void this.take(row)}>
      ${icon(row.group === "parked" ? "square-parking" : "phone-incoming")}
      <span class="takeable-who"><span class="number">${phone(row.number) || t("number.hidden")}</span>
        ${name ? html` · ${name}` : nothing}</span>
      <span class="takeable-where faint">${row.queue}${row.by
        ? html` · ${t(`waiting.${row.group}_by`, { who: row.by })}` : nothing}</span>
      <span class="takeable-do">${isHere
        ? t(row.group === "parked" ? "call.take_back" : "call.pick_up") : t("waiting.gone")}</span>
      ${isHere ? html`<tick-time since=${row.since}></tick-time>` : nothing}
    </button></li>`;
  }

  private ringing(): Row[] {
    return this.watchTargets.targets.ringing?.map((one) => ({
      ...one, key: `ringing ${one.call}`, group: "ringing" as const,
      queue: this.desk.queueName(one.queue), by: this.desk.operatorName(one.operator) })) ?? [];
  }

  private async take(row: Row): Promise<void> {
    const verb = row.group === "parked" ? "take_back" : "pick_up";
    if (await this.desk.controls.take(verb, row.call) !== undefined) this.desk.open("");
  }

  /** Arrows go from row to row, from anywhere in the panel. */
  private walk = (event: KeyboardEvent): void => {
    const step = event.code === "ArrowDown" ? 1 : event.code === "ArrowUp" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const items = [...this.querySelectorAll<HTMLElement>(".takeable-row:enabled")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    items.at(at < 0 ? 0 : (at + step + items.length) % items.length)?.focus();
  };
}

/** Who waits in my queues, and who is parked there; longest first. */
function queued(desk: Desk): Row[] {
  return Object.values(desk.views.queues).flatMap((queue): Row[] => {
    const where = desk.queueName(queue.id);
    return [
      ...(queue.parked ?? []).map((one): Row => ({
        ...one, key: `parked ${one.call}`, group: "parked", queue: where,
        by: desk.operatorName(one.by) })),
      ...queue.waiting.map((one): Row => ({
        ...one, key: `waiting ${one.call}`, group: "waiting", queue: where, by: "" }))];
  }).sort((one, other) => one.since.localeCompare(other.since));
}

customElements.define("waiting-panel", WaitingPanel);
