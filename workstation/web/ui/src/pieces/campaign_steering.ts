// Steering one campaign: its figures and curve, how it dials, what an hour rehearsed foretells.
import { html, nothing, svg } from "lit";
import { now } from "../moments.js";
import type { Actions, CampaignView } from "../protocol.gen.js";
import { dateOf, dayAndTime, number, percent, t, words } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

interface Progress {
  pacing: Actions["campaign.pace"]["pacing"];
  lines_max: number;
  tried: number;
  size: number;
  answered_today: number;
  dropped_today: number;
  cap: number;
  ends_at: string | null;
  points: { at: string; tried: number; reached: number }[];
}

interface Forecast {
  entries: number;
  impossible: number;
  because: [string, number][];
  dials_per_hour: number;
  drop_share: number;
  talk_min_per_hour: number;
  days: { day: string; dials: number; tried: number }[];
  tried_on: string | null;
  ends_on: string | null;
}

const MODES = ["preview", "progressive", "predictive", "message"] as const;
const EVERY_MS = 5_000;
const WIDE = 560, HIGH = 96;

class CampaignSteering extends Piece {
  static override properties = { ...Piece.properties, campaign: { attribute: false } };
  declare campaign: CampaignView;
  private progress: Progress | null = null;
  private forecast: Forecast | null = null;
  private operators = 10;
  private lines = 30;
  private isRehearsing = false;
  private timer = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
    this.timer = window.setInterval(() => void this.read(), EVERY_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.timer);
  }

  private async read(): Promise<void> {
    const found = await this.desk.ask("campaign.progress", { campaign: this.campaign.id });
    if (found && "points" in (found as object)) this.progress = found as unknown as Progress;
    this.requestUpdate();
  }

  protected override render(): Html {
    const figures = this.progress;
    if (!figures) return html`<div class="steering" aria-busy="true"></div>`;
    return html`<div class="steering">
      <div class="steering-now">${this.figures(figures)}
        ${figures.points.length > 1 ? curve(figures) : nothing}</div>
      ${this.campaign.state === "ended" ? this.again()
        : html`${this.pace(figures)}${this.rehearsal()}`}</div>`;
  }

  private figures(one: Progress): Html {
    const share = one.answered_today ? one.dropped_today / one.answered_today : 0;
    const tell = (key: string, value: unknown, isBad = false): Html => html`
      <div class=${isBad ? "is-bad" : ""}><dt>${t(`steering.${key}`)}</dt><dd class="num">${value}</dd></div>`;
    return html`<dl class="steering-figures">
      ${tell("tried", `${number(one.tried)} / ${number(one.size)}`)}
      ${tell("dropped", t("steering.dropped_of", {
        share: tenths(share), cap: tenths(one.cap), dropped: one.dropped_today,
        answered: one.answered_today }), share > one.cap)}
      ${one.ends_at ? tell("ends", dayAndTime(one.ends_at, now())) : nothing}</dl>`;
  }

  private pace(one: Progress): Html {
    const put = (event: Event): void => {
      event.preventDefault();
      const form = new FormData(event.currentTarget as HTMLFormElement);
      void this.desk.ask("campaign.pace", {
        campaign: this.campaign.id, pacing: form.get("pacing") as Progress["pacing"],
        lines: Number(form.get("lines")) }).then(() => this.read());
    };
    return html`<form class="steering-form" @submit=${put}>
      <label><span>${t("steering.pacing")}</span><select name="pacing">
        ${MODES.map((mode) => html`<option value=${mode} ?selected=${mode === one.pacing}>
          ${words("pacing", mode)}</option>`)}</select></label>
      <label><span>${t("steering.lines")}</span><input name="lines" type="number" min="1"
        max="10000" .value=${String(one.lines_max)}></label>
      <button class="button small">${t("steering.set")}</button></form>`;
  }

  private rehearsal(): Html {
    const play = async (event: Event): Promise<void> => {
      event.preventDefault();
      const form = new FormData(event.currentTarget as HTMLFormElement);
      this.operators = Number(form.get("operators"));
      this.lines = Number(form.get("lines"));
      this.isRehearsing = true;
      this.requestUpdate();
      const told = await this.desk.ask("campaign.forecast", {
        campaign: this.campaign.id, operators: this.operators, lines: this.lines });
      this.isRehearsing = false;
      if (told) this.forecast = told as unknown as Forecast;
      this.requestUpdate();
    };
    return html`<form class="steering-form" @submit=${play}>
      <label><span>${t("steering.operators")}</span><input name="operators" type="number" min="1"
        max="2000" .value=${String(this.operators)}></label>
      <label><span>${t("steering.lines")}</span><input name="lines" type="number" min="1"
        max="10000" .value=${String(this.lines)}></label>
      <button class="button small" ?disabled=${this.isRehearsing}>${t("steering.rehearse")}</button>
      </form>${this.forecast ? this.foretold(this.forecast) : nothing}`;
  }

  private foretold(one: Forecast): Html {
    const able = one.entries - one.impossible;
    const last = one.days[Math.min(4, one.days.length - 1)];
    return html`<div class="steering-told" role="status">
      <p><b>${one.tried_on
        ? t("steering.all_by", { able: number(able), on: dateOf(one.tried_on) })
        : t("steering.some_by", { share: percent(last ? last.tried / Math.max(1, one.entries) : 0),
                                  on: last ? dateOf(last.day) : "" })}</b>
        ${one.ends_on ? t("steering.done_by", { on: dateOf(one.ends_on) }) : nothing}</p>
      <p>${t("steering.hour", { dials: number(one.dials_per_hour),
        talk: number(one.talk_min_per_hour), dropped: tenths(one.drop_share) })}</p>
      ${one.impossible ? html`<p>${t("steering.impossible", { n: one.impossible })}
        ${one.because.map(([code, count]) => `${words("why", code)} ${number(count)}`).join(", ")}</p>`
        : nothing}</div>`;
  }

  private again(): Html {
    const make = async (event: Event): Promise<void> => {
      event.preventDefault();
      const form = event.currentTarget as HTMLFormElement;
      const name = String(new FormData(form).get("name")).trim();
      if (name && await this.desk.ask("campaign.again", { campaign: this.campaign.id, name })) form.reset();
    };
    return html`<form class="steering-form" @submit=${make}>
      <label class="is-wide"><span>${t("steering.again_name")}</span><input name="name" type="text"
        required maxlength="120" .value=${`${this.campaign.name} 2`}></label>
      <button class="button small">${icon("refresh-cw")} ${t("steering.again")}</button></form>`;
  }
}

/** A share of a cap of two or three percent needs its tenths. */
function tenths(share: number): string {
  return `${number(Math.round(share * 1000) / 10)} %`;
}

/** Tried and reached over time, both up to the size of the list. */
function curve(one: Progress): Html {
  const first = Date.parse(one.points[0]?.at ?? ""), last = Date.parse(one.points.at(-1)?.at ?? "");
  const path = (count: (point: Progress["points"][number]) => number): string => one.points.map(
    (point, at) => `${at ? "L" : "M"}${((Date.parse(point.at) - first) / Math.max(1, last - first)
      * WIDE).toFixed(1)} ${(HIGH - count(point) / Math.max(1, one.size) * HIGH).toFixed(1)}`).join("");
  const end = one.points.at(-1);
  return html`<figure class="steering-curve">
    <svg viewBox="0 -2 ${WIDE} ${HIGH + 4}" preserveAspectRatio="none" role="img"
      aria-label=${t("steering.curve", { tried: end?.tried ?? 0, reached: end?.reached ?? 0 })}>
      ${svg`<path class="is-tried" d=${path((point) => point.tried)} />
        <path class="is-reached" d=${path((point) => point.reached)} />`}</svg>
    <figcaption class="faint"><span>${dayAndTime(one.points[0]?.at ?? "", now())}</span>
      <span><i class="is-tried"></i>${t("steering.tried_short")}
        <i class="is-reached"></i>${t("steering.reached_short")}</span>
      <span>${dayAndTime(end?.at ?? "", now())}</span></figcaption></figure>`;
}

customElements.define("campaign-steering", CampaignSteering);
