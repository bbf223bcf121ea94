// The socket to the server: snapshot, deltas, replies; comes back by itself for ever.
import type { Actions, Change, Do, Problem, ServerMessage, Snapshot } from "./protocol.gen.js";

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 1500;    // a server that is back is found within 2 s
const REPLY_WITHIN_MS = 10_000;
const QUIET_MS = 10_000;          // then the server is asked whether it is still there
const BEAT_WITHIN_MS = 5000;
const LOOK_EVERY_MS = 2500;
const CUT = 1006;
const SIGNED_OUT = 4401;

export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
  }
}

export interface Listener {
  opened(snapshot: Snapshot): void;
  changed(changes: Change[], now: string): void;
  notice(code: string, text: string): void;
  lost(): void;
  signedOut(): void;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
  timer: ReturnType<typeof setTimeout>;
}

export class Link {
  private socket: WebSocket | null = null;
  private seq = -1;
  private n = 0;
  private pauseMs = FIRST_PAUSE_MS;
  private readonly waiting = new Map<number, Waiting>();
  private ended = false;
  private heardAt = 0;
  private again: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly url: string, private readonly listener: Listener) {
    addEventListener("offline", () => this.cut());
    addEventListener("online", () => { if (!this.socket && !this.ended) this.open(); });
    setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  get isUp(): boolean {
    return this.seq >= 0;
  }

  open(): void {
    clearTimeout(this.again);
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onmessage = (event) => this.hear(socket, String(event.data));
    socket.onclose = (event) => this.closed(socket, event.code);
  }

  end(): void {
    this.ended = true;
    this.socket?.close();
  }

  /** A network that swallows everything closes no socket: what stays silent too long is asked. */
  private async look(): Promise<void> {
    const { socket } = this;
    if (!socket || !this.isUp || Date.now() - this.heardAt < QUIET_MS) return;
    this.heardAt = Date.now();
    try {
      await this.do("session.beat", {}, BEAT_WITHIN_MS);
    } catch (error) {
      if (error instanceof Refused && error.problem === unanswered) this.cut(socket);
    }
  }

  /** The other end is out of reach: do not wait for the socket to notice. */
  private cut(socket = this.socket): void {
    if (!socket || socket !== this.socket) return;
    this.closed(socket, CUT);
    socket.close();
  }

  /** Ask for an action; resolves with its result, rejects with Refused. Nothing is sent twice. */
  do<A extends keyof Actions>(action: A, args: Actions[A],
                              withinMs = REPLY_WITHIN_MS): Promise<unknown> {
    const socket = this.socket;
    if (!socket || !this.isUp) return Promise.reject(new Refused(offline));
    const message: Do = { type: "do", n: ++this.n, action, args };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.give(message.n, undefined, unanswered), withinMs);
      this.waiting.set(message.n, { resolve, reject, timer });
      socket.send(JSON.stringify(message));
    });
  }

  private hear(socket: WebSocket, data: string): void {
    if (socket !== this.socket) return;
    this.heardAt = Date.now();
    const message = JSON.parse(data) as ServerMessage;
    if (message.type !== "snapshot" && message.seq !== this.seq + 1) {
      socket.close();
      return;
    }
    this.seq = message.seq;
    if (message.type === "snapshot") {
      this.pauseMs = FIRST_PAUSE_MS;
      this.listener.opened(message);
    } else if (message.type === "delta") this.listener.changed(message.changes, message.now);
    else if (message.type === "notice") this.listener.notice(message.code, message.text ?? "");
    else this.give(message.n, message.result, message.problem ?? null);
  }

  private give(n: number, result: unknown, problem: Problem | null): void {
    const asked = this.waiting.get(n);
    if (!asked) return;
    this.waiting.delete(n);
    clearTimeout(asked.timer);
    if (problem) asked.reject(new Refused(problem));
    else asked.resolve(result);
  }

  private closed(socket: WebSocket, code: number): void {
    if (socket !== this.socket || this.ended) return;
    this.socket = null;
    this.seq = -1;
    for (const n of [...this.waiting.keys()]) this.give(n, undefined, offline);
    if (code === SIGNED_OUT) {
      this.listener.signedOut();
      return;
    }
    this.listener.lost();
    this.again = setTimeout(() => this.open(), this.pauseMs * (0.75 + Math.random() / 2));
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 1.7);
  }
}

const offline: Problem = { code: "offline", title: "offline" };
const unanswered: Problem = { code: "unanswered", title: "unanswered" };
