// How reports are written: names of rows and columns, and their figures.
import type { Desk } from "./desk.js";
import type { ReportColumn, ReportRow, ReportView } from "./protocol.gen.js";
import { clock, dateOf, monthOf, number, percent, t, timeOfDay, weekday, words } from "./texts.js";

export type ReportName = ReportView["name"];
export type Cell = number | null;
export const REPORTS: ReportName[] = ["service", "week", "waits", "outcomes", "operators"];
/** Those that say how well the floor did; each has its formula in words. */
export const MEASURES = ["service_level", "abandonment", "asa", "aht", "transfers", "repeats"];
export const FIRST_COLUMNS = ["offered", "answered", "abandoned", "sent_away", "service_level",
  "abandonment", "asa", "aht", "transfers", "repeats"];

export function columnName(id: string): string {
  return t(`figure.${id.replace(/_ms$/, "")}`);
}

export function said(cell: Cell, column: ReportColumn): string {
  if (cell === null) return "—";
  if (column.unit === "share") return percent(cell);
  return column.unit === "seconds" ? clock(cell) : number(cell);
}

/** A row's name; `step` is that of the report. */
export function rowName(report: ReportView, row: ReportRow, desk: Desk): string {
  const [first = "", second = ""] = row.keys;
  switch (report.name) {
    case "service": return whenOf(report, first);
    case "week": return `${weekday(Number(first))} ${second.padStart(2, "0")}:00`;
    case "waits": return first === "more" ? t("report.wait_more") : t("report.wait_to", { s: clock(Number(first)) });
    case "outcomes": return [words("outcome", first || "unknown"), second ? words("disposition", second) : ""]
      .filter(Boolean).join(" · ");
    case "operators": return desk.operatorName(first);
  }
}

function whenOf(report: ReportView, key: string): string {
  if (report.step === "month") return monthOf(key);
  if (report.step === "day") return dateOf(key);
  const time = timeOfDay(key);
  return report.first === report.last ? time : `${dateOf(key.slice(0, 10))} ${time}`;
}

/** The difference to the period beside it, with its sign: points of a share, seconds, contacts. */
export function difference(now: Cell, before: Cell, column: ReportColumn): string {
  if (now === null || before === null) return "";
  const by = now - before;
  const sign = by > 0 ? "+" : by < 0 ? "−" : "±";
  const size = Math.abs(by);
  if (column.unit === "share") return `${sign}${t("report.points", { n: number(size * 100) })}`;
  return `${sign}${column.unit === "seconds" ? clock(size) : number(size)}`;
}
