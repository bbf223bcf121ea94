// What is typed and not yet finished. Local letters are shown at once and sent within 300 ms;
// letters of one's other screen are taken over when nothing here is unsent. Nothing is thrown away.
import type { ConversationView, DraftView, SaveDraft } from "./protocol.gen.js";

export const SEND_WITHIN_MS = 300;

export interface Draft {
  base: number;
  note: string;
  disposition: string | null;
  form_type: string | null;
  form: Record<string, string>;
  saved_at: string | null;
  unsent: boolean;
  inFlight: boolean;
}

export type Typed = Partial<Pick<Draft, "note" | "disposition" | "form_type" | "form">>;

export function fromServer(view: DraftView): Draft {
  return { base: view.version, note: view.note, disposition: view.disposition,
           form_type: view.form_type, form: view.form, saved_at: view.saved_at,
           unsent: false, inFlight: false };
}

/** The draft after a fresh view came: the server's letters, unless there are unsent ones here. */
export function heard(draft: Draft | undefined, view: DraftView): Draft {
  if (!draft) return fromServer(view);
  if (draft.unsent || draft.inFlight || view.version <= draft.base) return draft;
  return fromServer(view);
}

export function typed(draft: Draft, change: Typed): Draft {
  return { ...draft, ...change, unsent: true };
}

export function sending(draft: Draft): Draft {
  return { ...draft, unsent: false, inFlight: true };
}

export function sent(draft: Draft, version: number, at: string): Draft {
  return { ...draft, inFlight: false, base: Math.max(draft.base, version), saved_at: at };
}

export function notSent(draft: Draft): Draft {
  return { ...draft, inFlight: false, unsent: true };
}

type Save = (draft: SaveDraft) => Promise<unknown>;

/** All drafts of this screen, and when they are sent. */
export class Drafts {
  private readonly drafts = new Map<number, Draft>();
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();
  private latest: Record<string, ConversationView> = {};

  constructor(private readonly save: Save, private readonly changed: () => void,
              private readonly now: () => string) {}

  of(conversation: ConversationView): Draft {
    return this.drafts.get(conversation.id) ?? fromServer(conversation.draft);
  }

  get hasUnsent(): boolean {
    return [...this.drafts.values()].some((draft) => draft.unsent || draft.inFlight);
  }

  hear(conversations: Record<string, ConversationView>): void {
    this.latest = conversations;
    for (const view of Object.values(conversations)) {
      this.drafts.set(view.id, heard(this.drafts.get(view.id), view.draft));
    }
    for (const [id, draft] of this.drafts) {
      if (!conversations[id] && !draft.unsent) this.drafts.delete(id);
    }
  }

  type(conversation: ConversationView, change: Typed): void {
    this.drafts.set(conversation.id, typed(this.of(conversation), change));
    this.sendSoon(conversation.id);
    this.changed();
  }

  /** After the link came back: everything typed meanwhile. */
  sendAll(): void {
    for (const [id, draft] of this.drafts) if (draft.unsent) void this.send(id);
  }

  /** Sends what is unsent of one conversation and waits until it is safe. */
  async settle(id: number): Promise<void> {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
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
    if (!draft?.unsent || draft.inFlight) return;
    this.drafts.set(id, sending(draft));
    const { base, note, disposition, form_type, form } = draft;
    try {
      const result = await this.save({ conversation: id, base, note, disposition, form_type, form });
      this.settleSent(id, (result as { version: number }).version);
    } catch {
      this.update(id, notSent);
    }
    this.changed();
  }

  private settleSent(id: number, version: number): void {
    this.update(id, (draft) => sent(draft, version, this.now()));
    if (this.drafts.get(id)?.unsent) this.sendSoon(id);
    const view = this.latest[id];
    if (view) this.update(id, (draft) => heard(draft, view.draft));
  }

  private update(id: number, step: (draft: Draft) => Draft): void {
    const draft = this.drafts.get(id);
    if (draft) this.drafts.set(id, step(draft));
  }
}
