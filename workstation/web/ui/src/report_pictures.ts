// The pictures of reports, from their tables. Words and figures stand in the table below, too.
import { html, svg, type TemplateResult } from "lit";
import { setProperty } from "./pieces/set_property.js";
import type { ReportRow, ReportView } from "./protocol.gen.js";
import { said, type Cell } from "./report_words.js";
import { number, percent, t, weekday } from "./texts.js";

type Chosen = (column: string, keys: string[]) => void;
const WIDTH = 1000, HEIGHT = 200;
const STACK = ["answered", "abandoned", "sent_away"] as const;

export function at(report: ReportView, row: ReportRow | undefined, column: string): Cell {
  const place = report.columns.findIndex((one) => one.id === column);
  return row?.cells[place] ?? null;
}

/** Callers as stacked bars, the service level as a line over them. */
export function servicePicture(
  report: ReportView, name: (row: ReportRow) => string, choose: Chosen,
): TemplateResult {
  const { rows } = report;
  const most = Math.max(1, ...rows.map((row) => at(report, row, "offered") ?? 0));
  const places = placesOf(report);
  const wide = WIDTH / ((places.at(-1) ?? 0) + 1);
  return html`<figure class="chart">
    <figcaption class="legend">${STACK.map((part) => html`<span><i class="is-${part}"></i>${
      t(`figure.${part}`)}</span>`)}<span><i class="is-line"></i>${t("figure.service_level")}</span></figcaption>
    <div class="chart-body">
      <div class="chart-axis"><span>${number(most)}</span><span>0</span></div>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img"
        aria-label=${t("report.picture", { name: t("report.service") })}>
        ${rows.map((row, nth) => bar(report, row, (places[nth] ?? 0) * wide, wide, most, () =>
          choose("offered", row.keys), name(row)))}
        <path class="level" d=${level(report, places, wide)}></path></svg>
      <div class="chart-axis"><span>${percent(1)}</span><span>${percent(0)}</span></div>
    </div>
    <div class="chart-times"><span>${rows[0] ? name(rows[0]) : ""}</span><span>${
      rows.length > 1 ? name(rows[rows.length - 1] as ReportRow) : ""}</span></div></figure>`;
}

function bar(
  report: ReportView, row: ReportRow, left: number, wide: number, most: number,
  choose: () => void, name: string,
): TemplateResult {
  const gap = Math.min(3, wide / 6);
  let top = HEIGHT;
  return svg`<g class="bar" @click=${choose}><title>${name}: ${number(at(report, row, "offered") ?? 0)}</title>${
    STACK.map((part) => {
      const high = ((at(report, row, part) ?? 0) / most) * HEIGHT;
      top -= high;
      return svg`<rect class="is-${part}" x=${left + gap} y=${top} width=${wide - 2 * gap} height=${high}></rect>`;
    })}</g>`;
}

const STEP_MS: Record<string, number> = {
  quarter: 900_000, half: 1_800_000, hour: 3_600_000, day: 86_400_000 };

/** Where each row stands: hours without calls have no row, but their room. */
function placesOf(report: ReportView): number[] {
  const step = STEP_MS[report.step ?? ""];
  const moments = report.rows.map((row) => Date.parse(row.keys[0] ?? ""));
  const first = moments[0] ?? 0;
  return moments.map((moment, nth) => step ? Math.round((moment - first) / step) : nth);
}

/** Broken where nobody called: no calls are neither good nor bad. */
function level(report: ReportView, places: number[], wide: number): string {
  let last = -2;
  return report.rows.map((row, nth) => {
    const share = at(report, row, "service_level");
    const place = places[nth] ?? 0;
    if (share === null) return "";
    const isNext = last === place - 1;
    last = place;
    const y = (1 - share) * HEIGHT;
    return isNext ? `L${(place + 0.5) * wide} ${y}` : `M${(place + 0.2) * wide} ${y}H${(place + 0.5) * wide}`;
  }).join("");
}

/** Weekdays by hours, darker where more callers came. */
export function weekPicture(report: ReportView, column: string, choose: Chosen): TemplateResult {
  const cells = new Map(report.rows.map((row) => [row.keys.join(" "), row]));
  const of = (day: number, hour: number) => at(report, cells.get(`${day} ${hour}`), column);
  const hours = Array.from({ length: 24 }, (_, hour) => hour)
    .filter((hour) => [1, 2, 3, 4, 5, 6, 7].some((day) => of(day, hour) !== null));
  const most = Math.max(1e-9, ...report.rows.map((row) => at(report, row, column) ?? 0));
  const shape = report.columns.find((one) => one.id === column) ?? report.columns[0];
  return html`<div class="scroll-x"><table class="heat"><thead><tr><td></td>${
    hours.map((hour) => html`<th scope="col">${String(hour).padStart(2, "0")}</th>`)}</tr></thead><tbody>${
    [1, 2, 3, 4, 5, 6, 7].map((day) => html`<tr><th scope="row">${weekday(day)}</th>${
      hours.map((hour) => {
        const cell = of(day, hour);
        return html`<td>${cell === null || !shape ? html`<span class="nothing">·</span>` : html`
          <button class="heat-cell ${cell / most > 0.55 ? "is-dark" : ""}"
            ${setProperty("--share", `${Math.round((cell / most) * 100)}%`)} @click=${() => choose(column, [String(day), String(hour)])}>${said(cell, shape)}</button>`}</td>`;
      })}</tr>`)}</tbody></table></div>`;
}

/** A share of the whole, as long as it is large. */
export function shareBar(share: Cell): TemplateResult {
  return html`<span class="share-bar" aria-hidden="true"><i
    ${setProperty("--share", `${Math.round((share ?? 0) * 100)}%`)}></i></span>`;
}
