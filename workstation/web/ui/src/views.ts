// What a screen knows: views by collection and id. Pure; the law: old views + deltas = fresh views.
import type { Change, Views } from "./protocol.gen.js";

export function noViews(): Views {
  return { operators: {}, queues: {}, calls: {}, conversations: {}, requests: {}, campaigns: {},
           gaps: {}, tasks: {}, sources: {}, messages: {}, helps: {}, previews: {} };
}

export function fromSnapshot(views: Record<string, Record<string, unknown>>): Views {
  return { ...noViews(), ...views } as Views;
}

/** New views with the changes applied; shelves and views nobody touched stay the same objects. */
export function merge(views: Views, changes: readonly Change[]): Views {
  const shelves = views as unknown as Record<string, Record<string, unknown>>;
  const next: Record<string, Record<string, unknown>> = { ...shelves };
  for (const [collection, id, view] of changes) {
    const old = next[collection] ?? {};
    const shelf = old === shelves[collection] ? { ...old } : old;
    if (view === null) delete shelf[id];
    else shelf[id] = view;
    next[collection] = shelf;
  }
  return next as unknown as Views;
}
