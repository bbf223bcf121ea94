// Thresholds of the floor: per queue, figure and hour; leads change them, the audit keeps who did.
import { html, nothing } from "lit";
import { alarmWords, type Figure } from "../alarms.js";
import { problemInWords, type Desk } from "../desk.js";
import { now } from "../moments.js";
import type { CrossingView, ThresholdView } from "../protocol.gen.js";
import { dayAndTime, say, t, timeToTheSecond, weekday } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const FIGURES: Figure[] = ["waiting", "longest", "level", "abandoned", "ready", "signed_in"];
const DAYS = [1, 2, 3, 4, 5, 6, 7];

interface Held {
  thresholds: ThresholdView[];
  version: number;
  by: string;
  at: string | null;
  crossings: CrossingView[];
}

class ThresholdsPage extends Piece {
  static override readonly follows = [] as const;
  private held: Held | null = null;
  private rows: ThresholdView[] = [];
  private isChanged = false;
  private faults: Record<string, string> = {};

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
  }

  protected override render(): Html {
    const { held } = this;
    return html`<header class="page-head"><h1>${t("base.thresholds")}</h1>
        <span class="faint">${!held ? t("fields.reading") : held.at
          ? t("threshold.saved_by", { who: this.desk.operatorName(held.by), at: dayAndTime(held.at, now()) })
          : t("threshold.of_settings")}</span><span class="spring"></span>
        <button class="button small" data-act="add-threshold" @click=${this.add}>${icon("plus")} ${t("threshold.add")}</button>
        <button class="button small primary" data-act="save-thresholds" ?disabled=${!this.isChanged}
          @click=${() => void this.save()}>${icon("check")} ${t("edit.save")}</button></header>
      <div class="scroll page-body" tabindex="0" role="region" aria-label=${t("base.thresholds")}>
        <p class="faint threshold-how">${t("threshold.how")}</p>
        ${held && this.rows.length === 0 ? empty(t("threshold.none"), t("threshold.none_how")) : this.table()}
        ${held ? this.crossings(held.crossings) : nothing}</div>`;
  }

  private table(): Html {
    return html`<table class="table thresholds"><thead><tr>
      ${["queue", "figure", "days", "hours", "amber", "red", "sound", "message"].map((one) =>
        html`<th scope="col">${t(`threshold.${one}`)}</th>`)}<th scope="col"><span class="sr-only">${t("threshold.remove")}</span></th>
      </tr></thead><tbody>${this.rows.map((row, place) => this.row(row, place))}</tbody></table>`;
  }

  private row(row: ThresholdView, place: number): Html {
    const put = (change: Partial<ThresholdView>): void => this.put(place, change);
    const label = (of: string): string => `${t(`threshold.${of}`)} ${place + 1}`;
    const days = row.days ?? [];
    const fault = this.faults[String(place)];
    return html`<tr data-threshold=${place}>
      <td><select aria-label=${label("queue")} @change=${(event: Event) => put({ queue: text(event) })}>
        <option value="" ?selected=${!row.queue}>${t("threshold.all_queues")}</option>
        ${(this.desk.catalogue?.queues ?? []).map((one) => html`<option value=${one.id}
          ?selected=${one.id === row.queue}>${say(one.name)}</option>`)}</select>
        ${fault ? html`<p class="field-error" role="alert">${icon("triangle-alert")} ${t(`threshold.fault.${fault}`)}</p>` : nothing}</td>
      <td><select aria-label=${label("figure")} @change=${(event: Event) => put({ figure: text(event) as Figure })}>
        ${FIGURES.map((one) => html`<option value=${one} ?selected=${one === row.figure}>${t(`threshold.figure.${one}`)}</option>`)}</select></td>
      <td><div class="threshold-days" role="group" aria-label=${label("days")}>${DAYS.map((day) => html`<button
        class="toggle" aria-pressed=${days.length === 0 || days.includes(day)} @click=${() => put({ days: toggled(days, day) })}>${
        weekday(day)}</button>`)}</div></td>
      <td><div class="threshold-hours"><input maxlength="5" placeholder="00:00" aria-label=${`${label("hours")}: ${t("audit.since")}`} .value=${row.since ?? ""}
        @change=${(event: Event) => put({ since: hour(text(event)) })}>–<input maxlength="5" placeholder="24:00" aria-label=${`${label("hours")}: ${t("audit.until")}`}
        .value=${row.until ?? ""} @change=${(event: Event) => put({ until: hour(text(event)) })}></div></td>
      ${(["amber", "red"] as const).map((level) => html`<td><input class="threshold-bound" inputmode="decimal"
        aria-label=${label(level)} .value=${bound(row[level])} @change=${(event: Event) => put({ [level]: bounded(text(event)) })}></td>`)}
      <td><input type="checkbox" aria-label=${label("sound")} .checked=${row.sound ?? false}
        @change=${() => put({ sound: !row.sound })}></td>
      <td><input maxlength="200" aria-label=${label("message")} .value=${row.message ?? ""}
        @input=${(event: Event) => put({ message: text(event) })}></td>
      <td class="next"><button class="quiet" title=${t("threshold.remove")} aria-label=${label("remove")}
        @click=${() => this.leaveOut(place)}>${icon("x")}</button></td></tr>`;
  }

  private crossings(all: CrossingView[]): Html {
    return html`<h2 class="section-title threshold-today">${t("threshold.today")} <span class="count">${all.length}</span></h2>
      ${all.length === 0 ? html`<p class="faint">${t("threshold.none_today")}</p>` : html`<ul class="alarm-list is-page">
      ${all.map((one) => html`<li class="is-${one.level}"><span aria-hidden="true">${one.level === "red" ? "▲" : "△"}</span>
        <span class="num">${timeToTheSecond(one.at)} – ${one.ended_at ? timeToTheSecond(one.ended_at) : t("threshold.still")}</span>
        <strong>${t(`alarm.${one.level}`)}</strong> ${this.desk.queueName(one.queue)}: ${alarmWords(one)}</li>`)}</ul>`}`;
  }

  private put(place: number, change: Partial<ThresholdView>): void {
    this.change(this.rows.map((row, at) => at === place ? { ...row, ...change } : row));
  }

  private add = (): void => {
    this.change([...this.rows, { figure: "waiting", amber: 5, red: 10 }]);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("tbody tr:last-child select")?.focus());
  };

  private leaveOut(place: number): void {
    this.change(this.rows.filter((_, at) => at !== place));
  }

  private change(rows: ThresholdView[]): void {
    this.rows = rows;
    this.isChanged = true;
    this.faults = {};
    this.requestUpdate();
  }

  private async read(): Promise<void> {
    this.hold(await this.desk.ask("threshold.show", {}));
  }

  private hold(found: unknown): void {
    if (!found) return;
    this.held = found as Held;
    this.rows = this.held.thresholds;
    this.isChanged = false;
    this.requestUpdate();
  }

  private async save(): Promise<void> {
    const { result, problem } = await this.desk.tryTo("threshold.save", {
      version: this.held?.version ?? 0, thresholds: this.rows });
    this.faults = (problem?.facts?.["fields"] ?? {}) as Record<string, string>;
    if (problem) this.desk.toast("error", problemInWords(problem));
    else this.desk.toast("info", t("threshold.saved"));
    this.hold(result);
    this.requestUpdate();
  }
}

/** All days are shown as pressed while none is chosen: the first press chooses the others out. */
function toggled(days: readonly number[], day: number): number[] {
  const chosen = days.length === 0 ? DAYS : days;
  const next = chosen.includes(day) ? chosen.filter((one) => one !== day) : [...chosen, day].sort();
  return next.length === DAYS.length ? [] : next;
}

function bound(value: number | null | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

/** `9`, `9:30`, `0930` as `09:00`, `09:30`, `09:30`; what is no time of day is none. */
export function hour(said: string): string {
  const found = /^(\d{1,2})[:.]?(\d\d)?$/.exec(said.trim());
  const [h, m] = [Number(found?.[1]), Number(found?.[2] ?? 0)];
  return found && h < 24 && m < 60 ? `${String(h).padStart(2, "0")}:${String(m).padStart(2, "0")}` : "";
}

/** A number, or nothing; what is neither is nothing too. */
function bounded(said: string): number | null {
  const value = Number.parseFloat(said.replace(",", "."));
  return Number.isFinite(value) ? value : null;
}

function text(event: Event): string {
  return (event.target as HTMLInputElement).value;
}

customElements.define("thresholds-page", ThresholdsPage);

export const thresholdsSection = {
  id: "thresholds", who: "leads" as const,
  draw: (desk: Desk): Html => html`<thresholds-page class="section-body" .desk=${desk}></thresholds-page>`,
};
