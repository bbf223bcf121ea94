// What the API tells of imports, and the words for it.
import { t } from "../texts.js";

export interface ImportView {
  id: number;
  name: string;
  kind: string;
  size: number;
  state: "draft" | "running" | "stopped" | "failed" | "done" | "undoing" | "undone";
  is_interrupted: boolean;
  rows: number | null;
  position: number;
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  suspects: number;
  gone: number;
  restored: number;
  stayed: number;
  error: string | null;
  by: string;
  made_at: string;
  started_at: string | null;
  region: string;
  encoding: string | null;
  separator: string | null;
}

export type Reason = [field: string, code: string, value: string];

export interface Fate {
  row: number;
  outcome: string;
  cells: string[];
  reasons: Reason[];
  client_id: number | null;
  suspects: { client_id: number; name: string; why: string }[];
}

export interface Preview {
  rows: number;
  is_whole: boolean;
  counts: Record<"created" | "updated" | "unchanged" | "refused" | "suspects", number>;
  fates: Fate[];
  refused: Fate[];
}

export interface Look {
  kind: string;
  headers: string[];
  encoding: string;
  separator: string;
  rows: number | null;
  columns: Record<string, string>;
  ignored: string[];
  examples: string[][];
  trouble: string;
}

export interface Whole {
  import: ImportView;
  same_file: ImportView | null;
  check: { done?: number; of?: number | null; result?: Preview; error?: string } | null;
  problems: { row: number; cells: string[]; reasons: Reason[] }[];
  stayed: { row: number; client_id: number; why: string }[];
}

export interface SavedMap {
  name: string;
  columns: Record<string, string>;
}

export const FIELDS = ["name", "kind", "phone", "phone2", "phone3", "email", "email2", "language",
  "time_zone", "account", "address", "balance", "debt", "debt_since", "currency", "meter",
  "resource", "tags", "client"];
export const ENCODINGS = ["utf-8", "utf-16", "cp1251", "koi8-r", "cp866", "cp1252", "cp1254",
  "cp1250", "cp874"];

export function reasonInWords([field, code, value]: Reason): string {
  const name = field.startsWith("custom.") ? field.slice("custom.".length) : t(`import.field.${field}`);
  return t(`import.reason.${code}`, { field: name, value });
}

/** 1 536 000 bytes as `1.5 MB`. */
export function weight(bytes: number): string {
  return bytes < 1_000_000 ? t("imports.kb", { size: Math.max(1, Math.round(bytes / 1000)) })
    : t("imports.mb", { size: Math.round(bytes / 100_000) / 10 });
}
