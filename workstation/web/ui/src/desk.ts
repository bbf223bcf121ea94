// All that one screen knows and may ask. Pieces of the page watch it and draw; they keep no truth.
import type {
  Actions, CardView, Catalogue, Change, ConversationView, Me, OperatorView, Problem, Snapshot,
  TimelineView, Views,
} from "./protocol.gen.js";
import { announce, type Announcer } from "./announce.js";
import { CallControls } from "./controls.js";
import { Drafts } from "./drafts.js";
import { Ending } from "./ending.js";
import { GuideDesk } from "./guide.js";
import { Link, Refused } from "./link.js";
import { heardNow, now } from "./moments.js";
import { OwnKeys } from "./keys_desk.js";
import { Outbound } from "./outbound.js";
import { PhoneDesk } from "./phone_desk.js";
import { sectionsOf } from "./sections.js";
import { TaskDesk } from "./task_desk.js";
import { TeamDesk } from "./team.js";
import { Upgrade } from "./upgrade.js";
import { fromSnapshot, merge, noViews } from "./views.js";
import { say, t, tOr, tellTimeIn } from "./texts.js";

export type Tab = "desk" | "floor" | "calls" | "campaigns" | "requests" | "tasks" | "reports" | "base";
export type Shown = { kind: "conversation" | "client"; id: number } | null;
export type Dialog = "" | "dial" | "day" | "keys" | "search" | "transfer" | "keypad" | "waiting" | "task" | "rights" | "unfinished" | "devices";

/** `touched`: the collections that a delta brought; null when anything may have changed. */
export type Watcher = (touched: ReadonlySet<string> | null) => void;

export interface Opened {
  card: CardView;
  timeline: TimelineView[];
  cursor: string | null;
}

export interface Tried {
  result: unknown;
  problem: Problem | null;
}

export interface Toast {
  id: number;
  tone: "info" | "error";
  text: string;
}

export class Desk {
  views: Views = noViews();
  me: Me | null = null;
  catalogue: Catalogue | null = null;
  isUp = false;
  lostAt: string | null = null;
  tab: Tab = "desk";
  shown: Shown = null;
  dialog: Dialog = "";
  toasts: Toast[] = [];
  reasonFor: { client: number; hour: number; day: number } | null = null;
  /** Clients opened by search, and timelines read on beyond what the view brings. */
  readonly opened = new Map<number, Opened>();
  readonly older = new Map<string, { items: TimelineView[]; cursor: string | null }>();
  readonly drafts: Drafts;
  readonly phone: PhoneDesk;
  readonly tasks = new TaskDesk(this);
  readonly guide = new GuideDesk(this);
  readonly outbound = new Outbound(this);
  readonly team = new TeamDesk(this);
  readonly controls = new CallControls(this);
  readonly keys = new OwnKeys(this);
  readonly ending = new Ending(this);
  readonly upgrade = new Upgrade(this);
  private readonly watchers = new Set<Watcher>();
  private readonly link: Link;
  private announcer: Announcer | null = null;
  private toastId = 0;

  constructor(url: string) {
    this.drafts = new Drafts((draft) => this.link.do("draft.save", draft), () => this.changed(),
                             () => now().toISOString());
    this.phone = new PhoneDesk(this);
    this.link = new Link(url, {
      opened: (snapshot) => this.opening(snapshot),
      changed: (changes, at) => this.hear(changes, at),
      notice: (code, text) => code === "keys_changed" ? void this.keys.read() : this.toast("info", tOr(`notice.${code}`, "").includes("{text}")
        ? t(`notice.${code}`, { text }) : text || tOr(`notice.${code}`, code)),
      lost: () => this.lost(),
      signedOut: () => location.assign("/"),
    });
  }

  start(): void {
    this.link.open();
  }

  watch(watcher: Watcher): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  changed = (): void => this.tell(null);

  private tell(touched: ReadonlySet<string> | null): void {
    for (const watcher of this.watchers) watcher(touched);
  }

  // ── what the server says ──────────────────────────────────────────────────────────────────
  private opening(snapshot: Snapshot): void {
    heardNow(snapshot.now);
    this.upgrade.heard(snapshot.build);
    const isFirst = this.me === null;
    this.me = snapshot.me;
    this.catalogue = snapshot.catalogue;
    tellTimeIn(snapshot.catalogue.time_zone);
    if (isFirst) this.tab = this.firstTab();
    this.isUp = true;
    this.lostAt = null;
    this.take(fromSnapshot(snapshot.views));
    this.drafts.sendAll();
    void this.keys.read();
    this.phone.begin();
    if (isFirst) this.outbound.fromAddress();
    void this.phone.lines.send();
    this.changed();
  }

  private hear(changes: Change[], at: string): void {
    heardNow(at);
    this.take(merge(this.views, changes));
    this.tell(new Set(changes.map(([collection]) => collection)));
  }

  private take(next: Views): void {
    const before = this.views;
    const alerted = new Set(this.tasks.alerts.map((alert) => alert.key));
    this.views = next;
    if (next.tasks !== before.tasks) {
      this.tasks.tell(alerted);
      if (this.tasks.alerts.some((alert) => !alerted.has(alert.key))) this.announcer?.tick();
    }
    if (next.conversations !== before.conversations) {
      this.drafts.hear(next.conversations);
      this.announcer ??= announce(this);
      this.announcer.compare(before.conversations, next.conversations);
      this.showSomething();
    }
    this.phone.follow();
    if (this.dialog === "transfer" && !this.controls.isPanelOfUse) this.dialog = "";
  }

  private lost(): void {
    this.isUp = false;
    this.lostAt ??= now().toISOString();
    this.changed();
  }

  // ── who I am ──────────────────────────────────────────────────────────────────────────────
  get isOperator(): boolean {
    return this.me?.roles.includes("operator") ?? false;
  }

  get isLead(): boolean {
    const roles = this.me?.roles ?? [];
    return roles.includes("supervisor") || roles.includes("administrator");
  }

  /** A supervisor with queues takes calls too; an administrator without them does not. */
  get hasDesk(): boolean {
    return this.isOperator || (this.me?.queues.length ?? 0) > 0;
  }

  /** Whether the call bar stands above: always for operators, for others when they take calls. */
  get isOnCalls(): boolean {
    if (this.isOperator || !this.hasDesk) return this.isOperator;
    return this.tab === "desk" || (this.operator?.state ?? "offline") !== "offline";
  }

  get tabs(): Tab[] {
    if (!this.isLead) return ["desk", "requests", "tasks"];
    const own: Tab[] = this.hasDesk ? ["desk"] : [];
    const base: Tab[] = sectionsOf(this).length ? ["base"] : [];
    return ["floor", "calls", "campaigns", "requests", "tasks", "reports", ...base, ...own];
  }

  private firstTab(): Tab {
    const wanted = location.hash.slice(1).split(/[/?]/)[0] as Tab;
    const byPath: Tab = location.pathname.startsWith("/floor") ? "floor" : "desk";
    const first = this.tabs.find((tab) => tab === wanted) ?? this.tabs.find((tab) => tab === byPath);
    return first ?? this.tabs[0] ?? "requests";
  }

  /** No conversation and no card is open: my day has their place. */
  get isIdle(): boolean {
    return this.conversation === null && this.shown?.kind !== "client";
  }

  get operator(): OperatorView | null {
    return this.me ? (this.views.operators[this.me.id] ?? null) : null;
  }

  queueName(id: string | null): string {
    if (!id) return "";
    const named = this.views.queues[id]?.name;
    return say(named ?? this.catalogue?.queues.find((queue) => queue.id === id)?.name ?? id);
  }

  operatorName(id: string): string {
    if (id === this.me?.id) return this.me.name;
    const named = this.views.operators[id]?.name;
    return named ?? this.catalogue?.operators?.find((one) => one.id === id)?.name ?? id;
  }

  groupName(id: string): string {
    return say(this.catalogue?.groups.find((group) => group.id === id)?.name ?? id);
  }

  // ── conversations ─────────────────────────────────────────────────────────────────────────
  get conversations(): ConversationView[] {
    return Object.values(this.views.conversations)
      .sort((a, b) => b.offered_at.localeCompare(a.offered_at) || b.id - a.id);
  }

  get conversation(): ConversationView | null {
    if (this.shown?.kind !== "conversation") return null;
    return this.views.conversations[this.shown.id] ?? null;
  }

  /** The conversation whose telephone is busy now; a talk before one that only rings. */
  get live(): ConversationView | null {
    const busy = this.conversations.filter((one) => isLive(one));
    return busy.find((one) => one.state !== "ringing") ?? busy[0] ?? null;
  }

  get wrappingUp(): ConversationView | null {
    const shown = this.conversation;
    if (shown?.state === "wrap_up") return shown;
    return this.conversations.find((one) => one.state === "wrap_up") ?? null;
  }

  show(shown: Shown): void {
    this.shown = shown;
    this.changed();
  }

  go(tab: Tab): void {
    this.tab = tab;
    history.replaceState(null, "", `#${tab}`);
    this.changed();
  }

  /** One page of the tab "base": `#base/imports`. */
  goToSection(id: string): void {
    this.tab = "base";
    history.replaceState(null, "", `#base/${id}`);
    this.changed();
  }

  open(dialog: Dialog): void {
    this.dialog = dialog;
    this.changed();
  }

  private showSomething(): void {
    const shown = this.shown;
    if (shown?.kind === "client" || (shown && this.views.conversations[shown.id])) return;
    const first = this.live ?? this.conversations[0];
    this.shown = first ? { kind: "conversation", id: first.id } : null;
  }

  // ── what I ask ────────────────────────────────────────────────────────────────────────────
  /** Asks and tells the person when it was refused; resolves with undefined then. */
  async ask<A extends keyof Actions>(action: A, args: Actions[A]): Promise<unknown> {
    try {
      return await this.link.do(action, args);
    } catch (error) {
      this.toast("error", wordsFor(error));
      return undefined;
    }
  }

  /** Asks and hands a refusal to who can show it at its place; a lost link is a refusal too. */
  async tryTo<A extends keyof Actions>(action: A, args: Actions[A]): Promise<Tried> {
    try {
      return { result: await this.link.do(action, args), problem: null };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { result: undefined, problem: error.problem };
    }
  }

  /** Whoever opened many cards is asked why; the reason goes along the second time. */
  async openClient(clientId: number, reason = ""): Promise<void> {
    const { result: told, problem } = await this.tryTo("client.card", { client_id: clientId, reason });
    if (problem?.code === "reason_needed") {
      const { hour = 0, day = 0 } = (problem.facts ?? {}) as { hour?: number; day?: number };
      this.reasonFor = { client: clientId, hour, day };
      this.open("rights");
    } else if (problem) this.toast("error", problemInWords(problem));
    const result = told as Opened | undefined;
    if (!result) return;
    this.opened.set(clientId, result);
    this.go("desk");
    this.show({ kind: "client", id: clientId });
  }

  closeClient(clientId: number): void {
    this.opened.delete(clientId);
    if (this.shown?.kind === "client" && this.shown.id === clientId) this.shown = null;
    this.showSomething();
    this.changed();
  }

  /** The next page of a client's timeline, the first one without a cursor, under a filter's name. */
  async readOn(clientId: number, cursor: string | null, filter: string, kinds: readonly string[]): Promise<void> {
    const page = await this.ask("client.timeline", { client_id: clientId, cursor, kinds: [...kinds] });
    if (!page) return;
    const { items, cursor: next } = page as { items: TimelineView[]; cursor: string | null };
    const key = `${clientId} ${filter}`;
    const before = cursor === null ? [] : this.older.get(key)?.items ?? [];
    this.older.set(key, { items: [...before, ...items], cursor: next });
    this.changed();
  }

  async finish(conversation: ConversationView): Promise<void> {
    await this.ending.finish(conversation);
  }

  async signOut(): Promise<void> {
    this.phone.stop();
    await this.ask("session.end", {});
    this.link.end();
    location.assign("/");
  }

  toast(tone: Toast["tone"], text: string): void {
    const toast = { id: ++this.toastId, tone, text };
    this.toasts = [...this.toasts.slice(-2), toast];
    setTimeout(() => this.forget(toast.id), tone === "error" ? 10_000 : 5000);
    this.changed();
  }

  forget(id: number): void {
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
    this.changed();
  }
}

export function isLive(conversation: ConversationView): boolean {
  return ["ringing", "talking", "held"].includes(conversation.state);
}

function wordsFor(error: unknown): string {
  if (!(error instanceof Refused)) throw error;
  return problemInWords(error.problem);
}

export function problemInWords({ code, title, detail }: Problem): string {
  return tOr(`problem.${code}`, detail ? `${title}: ${detail}` : title);
}
