// What the API says of texts that administrators write; see workstation/web/resources/kept_texts.py.
import type { Fault, Version } from "./menu_types.js";

export interface KeptText<Drawing> {
  id: string; text: string; version: number | null; versions: Version[]; drawing: Drawing | null;
}

export interface CheckedText<Drawing> { ok: boolean; faults: Fault[]; drawing: Drawing | null }

export interface RuleDrawing {
  id: string; says: string; when: Record<string, string>; queue: string | null; priority: number | null;
  prefer: string | null; prefer_s: number; level: number | null;
}

export interface Reason { rule: string; says: string; what: string; value: string; because: Record<string, string> }

export interface Why {
  at: string; queue: string; priority: number; operator: string | null; level: number | null;
  version: number | null; talked: string | null; first: boolean; facts: Record<string, string>; reasons: Reason[];
}

export interface OtherWay {
  call_id: string; at: string; client_id: number | null; queue: string; priority: number; operator: string | null;
  new_queue: string; new_priority: number; new_operator: string | null; reasons: Reason[];
}

export interface Tried {
  since: string; calls: number; changed: number; changes: Record<string, number>;
  moves: { before: string; after: string; calls: number }[]; by_rule: Record<string, number>;
  unknown: Record<string, number>; shown: OtherWay[];
}

export interface StageDrawing {
  name: string; title: Record<string, string>; to: string[]; hours: number | null; group: string; waits: boolean;
  document: string[]; entering: string[]; leaving: string[]; late: string[];
}

export interface TypeDrawing {
  id: string; title: Record<string, string>; public: boolean; hours: number; reaction_h: number | null;
  accept_min: number | null; words: string[]; matter_days: number; stages: StageDrawing[];
  rules: { group: string; field: string; values: string[]; channels: string[]; clients: string[]; regions: string[] }[];
  fields: { name: string; kind: string; label: Record<string, string>; required: boolean }[];
}

/** Conditions as people read them: `debt_days >= 90`, `flag.vip = yes`. */
export function conditions(when: Record<string, string>): string[] {
  return Object.entries(when).map(([fact, value]) => /^[<>]/.test(value) ? `${fact} ${value}` : `${fact} = ${value}`);
}
