// What is typed and not yet finished. Local letters are shown at once and sent within 300 ms;
// letters of one's other screen are joined with them. Nothing is thrown away.
import { type Content, isSame, join } from "./joining.js";
import type { ConversationView, DraftView, SaveDraft } from "./protocol.gen.js";

export const SEND_WITHIN_MS = 300;

/** `stored`: what the server is known to have · `flying`: the save under way, at most one. */
export interface Draft extends Content {
  base: number;
  stored: Content;
  flying: Content | null;
  saved_at: string | null;
}

export type Typed = Partial<Content>;

function contentOf({ note, disposition, form_type, form, follow }: DraftView | Draft): Content {
  return { note, disposition, form_type, form, follow: follow ?? {} };
}

export function fromServer(view: DraftView): Draft {
  const stored = contentOf(view);
  return { ...stored, base: view.version, stored, flying: null, saved_at: view.saved_at };
}

export function isUnsent(draft: Draft): boolean {
  return !isSame(contentOf(draft), draft.flying ?? draft.stored);
}

/** The draft after a fresh view came: our own echo changes nothing, other letters are joined. */
export function heard(draft: Draft | undefined, view: DraftView): Draft {
  if (!draft) return fromServer(view);
  const theirs = contentOf(view);
  if (view.version < draft.base) return draft;
  if (isSame(theirs, draft.stored)) {
    return view.version === draft.base ? draft : { ...draft, base: view.version };
  }
  const mine = contentOf(draft);
  const joined = draft.flying && isSame(theirs, draft.flying) ? mine
    : join(draft.stored, mine, theirs);
  return { ...draft, ...joined, base: view.version, stored: theirs, saved_at: view.saved_at };
}

export function typed(draft: Draft, change: Typed): Draft {
  return { ...draft, ...change };
}

export function sending(draft: Draft): Draft {
  return { ...draft, flying: contentOf(draft) };
}

/** The server has it; `joined` is what it has instead, when another screen's letters came in. */
export function sent(draft: Draft, version: number, at: string,
                     joined: DraftView | null = null): Draft {
  const flown = draft.flying ?? draft.stored;
  const safe = { ...draft, flying: null };
  if (version <= draft.base) return safe;
  const known = { ...safe, base: version, stored: flown, saved_at: at };
  return joined ? heard(known, joined) : known;
}

export function notSent(draft: Draft): Draft {
  return { ...draft, flying: null };
}

type Save = (draft: SaveDraft) => Promise<unknown>;

/** All drafts of this screen, and when they are sent. */
export class Drafts {
  private readonly drafts = new Map<number, Draft>();
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();
  private readonly flights = new Map<number, Promise<void>>();
  private latest: Record<string, ConversationView> = {};

  constructor(private readonly save: Save, private readonly changed: () => void,
              private readonly now: () => string) {}

  of(conversation: ConversationView): Draft {
    return this.drafts.get(conversation.id) ?? fromServer(conversation.draft);
  }

  get hasUnsent(): boolean {
    return [...this.drafts.values()].some((draft) => isUnsent(draft) || draft.flying);
  }

  hear(conversations: Record<string, ConversationView>): void {
    this.latest = conversations;
    for (const view of Object.values(conversations)) {
      this.drafts.set(view.id, heard(this.drafts.get(view.id), view.draft));
      if (isUnsent(this.drafts.get(view.id)!)) this.sendSoon(view.id);
    }
    for (const [id, draft] of this.drafts) {
      if (!conversations[id] && !isUnsent(draft)) this.drafts.delete(id);
    }
  }

  type(conversation: ConversationView, change: Typed): void {
    this.drafts.set(conversation.id, typed(this.of(conversation), change));
    this.sendSoon(conversation.id);
    this.changed();
  }

  /** After the link came back: everything typed meanwhile. */
  sendAll(): void {
    for (const [id, draft] of this.drafts) if (isUnsent(draft)) void this.send(id);
  }

  /** Sends what is unsent of one conversation and waits until it is safe. */
  async settle(id: number): Promise<void> {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    await this.flights.get(id);
    await this.send(id);
  }

  private sendSoon(id: number): void {
    if (this.timers.has(id)) return;
    this.timers.set(id, setTimeout(() => {
      this.timers.delete(id);
      void this.send(id);
    }, SEND_WITHIN_MS));
  }

  private async send(id: number): Promise<void> {
    const draft = this.drafts.get(id);
    if (!draft || draft.flying || !isUnsent(draft)) return;
    this.drafts.set(id, sending(draft));
    const flight = this.fly(id, draft);
    this.flights.set(id, flight);
    await flight;
    this.flights.delete(id);
    this.changed();
  }

  private async fly(id: number, draft: Draft): Promise<void> {
    try {
      const result = await this.save({ conversation: id, base: draft.base, ...contentOf(draft) });
      const { version, draft: joined } = result as { version: number; draft?: DraftView | null };
      this.settleSent(id, version, joined ?? null);
    } catch {
      this.update(id, notSent);
    }
  }

  private settleSent(id: number, version: number, joined: DraftView | null): void {
    this.update(id, (draft) => sent(draft, version, this.now(), joined));
    const view = this.latest[id];
    if (view) this.update(id, (draft) => heard(draft, view.draft));
    const draft = this.drafts.get(id);
    if (draft && isUnsent(draft)) this.sendSoon(id);
  }

  private update(id: number, step: (draft: Draft) => Draft): void {
    const draft = this.drafts.get(id);
    if (draft) this.drafts.set(id, step(draft));
  }
}
