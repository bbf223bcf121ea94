// What the API says of the voice menu; see workstation/web/resources/menus.py.
export interface Fault { line: number; place: string; why: string }

export interface MapBox {
  name: string; kind: string; about: string; x: number; y: number; is_start: boolean;
}

export interface MapEdge { path: string; label: string; x: number; y: number; is_back: boolean }

export interface MenuMap { width: number; height: number; boxes: MapBox[]; edges: MapEdge[] }

export interface Version { id: number; note: string; by: string; at: string; is_used: boolean }

export interface MenuFacts {
  id: string; text: string; version: number | null; versions: Version[];
  switches: Record<string, boolean>; languages: string[]; map: MenuMap | null;
}

export interface Checked { ok: boolean; faults: Fault[]; map: MenuMap | null }

export interface StepFigures { entered: number; left: number }

export interface Leaving { calls: number; since: string; until: string; steps: Record<string, StepFigures> }

export interface Leaver {
  id: number; number: string | null; client_id: number | null; started_at: string; ended_at: string | null;
}

export interface Rated {
  menu: string; question: string; operator: string | null; queue: string | null; count: number; average: number;
}

export interface Answered {
  at: string; answer: number; interaction_id: number | null; number: string | null; client_id: number | null;
}

export interface Walked { lines: { kind: string; text: string }[]; way: string | null }

export interface Prompt { language: string; name: string; words: string; recorded: boolean }

/** 0 to 4: how many left at a step, against the step where most did. */
export function heatOf(figures: StepFigures | undefined, most: number): number {
  return figures && most ? Math.round(4 * figures.left / most) : 0;
}

export function mostLeft(steps: Record<string, StepFigures>): number {
  return Math.max(0, ...Object.values(steps).map((one) => one.left));
}

/** What was typed as keys: one question a word; `-` is silence. Others are left out. */
export function keysOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((one) => /^([0-9*#]{1,20}|-)$/.test(one));
}
