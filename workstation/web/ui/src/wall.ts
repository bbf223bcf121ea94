// A wall screen: large digits, no sign-in. The link's token stands behind the # of the address.
import { alarmWords, risen, sound, worst } from "./alarms.js";
import { everySecond, heardNow, nowMs, secondsSince } from "./moments.js";
import type { WallQueueView, WallView } from "./protocol.gen.js";
import { readPage, theme, wear } from "./settings.js";
import { useLocale } from "./speak.js";
import { clock, percent, say, t, tellTimeIn, timeOfDay } from "./texts.js";
import { phone } from "./numbers.js";

const GONE = 4401;
const AGAIN_MS = 1500;
const SILENT_MS = 15_000;       // the server says something every five seconds
const STATES = ["ready", "offered", "talking", "wrap_up", "paused"];

class Wall {
  private view: WallView | null = null;
  private socket: WebSocket | null = null;
  private heardAt = 0;
  private isGone = false;
  private lostSince: number | null = Date.now();

  start(): void {
    everySecond(() => this.beat());
    addEventListener("hashchange", () => location.reload());
    this.open();
  }

  private open(): void {
    const url = new URL("/wall/live", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.hash = "";
    url.search = "";
    const socket = new WebSocket(url);
    this.socket = socket;
    this.heardAt = Date.now();
    socket.onopen = () => socket.send(location.hash.slice(1));
    socket.onmessage = (event) => this.hear(JSON.parse(String(event.data)) as WallView);
    socket.onclose = (event) => this.closed(socket, event.code);
  }

  private hear(next: WallView): void {
    const before = this.view;
    if (before && before.build !== next.build) location.reload();
    this.heardAt = Date.now();
    this.lostSince = null;
    heardNow(next.now);
    tellTimeIn(next.time_zone);
    this.view = next;
    if (before) {
      const news = risen(shelf(before), shelf(next)).filter(({ alarm }) => alarm.sound);
      if (news.length && wantsSound()) sound(news.some(({ alarm }) => alarm.level === "red"));
    }
    draw(this.view, null);
  }

  private closed(socket: WebSocket, code: number): void {
    if (socket !== this.socket) return;
    this.socket = null;
    if (code === GONE) {
      this.isGone = true;
      tell(t("wall.gone"));
      return;
    }
    this.lostSince ??= Date.now();
    setTimeout(() => this.open(), AGAIN_MS);
  }

  /** A network that swallows everything closes nothing: silence is taken for lost. */
  private beat(): void {
    if (this.isGone) return;
    const { socket } = this;
    if (socket && Date.now() - this.heardAt > SILENT_MS) {
      this.socket = null;
      socket.onclose = null;
      socket.close();
      this.lostSince ??= this.heardAt;
      this.open();
    }
    if (this.view) draw(this.view, this.lostSince);
    else tell(t("page.connecting"));
  }
}

function shelf(view: WallView): Record<string, WallQueueView> {
  return Object.fromEntries(view.queues.map((one) => [one.id, one]));
}

function wantsSound(): boolean {
  return new URLSearchParams(location.search).get("sound") === "on";
}

// ── drawing ─────────────────────────────────────────────────────────────────────────────────
function make(tag: string, className: string, ...parts: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...parts);
  return made;
}

function tell(words: string): void {
  document.body.replaceChildren(make("main", "wall-said", make("h1", "", words)));
}

function draw(view: WallView, lostSince: number | null): void {
  document.title = `${view.name} · ${view.company}`;
  const lost = lostSince === null ? "" : t("wall.lost", { time: clock((Date.now() - lostSince) / 1000) });
  const told = lost || (view.blind ? t("wall.blind") : "");
  const grid = make("div", "wall-queues", ...view.queues.map(queueCard));
  grid.style.setProperty("--columns", String(columns(view.queues.length)));
  grid.style.setProperty("--rows", String(Math.ceil(view.queues.length / columns(view.queues.length)) || 1));
  document.body.classList.toggle("is-stale", lost !== "");
  document.body.replaceChildren(
    make("header", "wall-head", make("h1", "", view.name), ...STATES.filter((one) => view.states[one]).map((one) =>
      make("span", `wall-state tone-${one}`, make("b", "", String(view.states[one])), ` ${t(`state.${one}`)}`)),
      make("time", "wall-clock", timeOfDay(new Date(nowMs()).toISOString()))),
    ...(told ? [make("p", "wall-told", `▲ ${told}`)] : []),
    make("main", "wall-main", grid));
}

/** Few rows: a queue's figures stand two by two. */
function columns(count: number): number {
  return count <= 3 ? Math.max(1, count) : count === 4 ? 2 : count <= 9 ? 3 : 4;
}

function queueCard(one: WallQueueView): HTMLElement {
  const level = worst(one);
  const waited = one.longest_since ? clock(secondsSince(one.longest_since)) : "–";
  const card = make("article", `wall-queue ${level ? `is-${level}` : ""}`,
    make("h2", "", say(one.name)),
    make("div", "wall-figures",
      figure(one, "waiting", String(one.waiting), t("floor.waiting")),
      figure(one, "longest", waited, t("floor.longest")),
      figure(one, "level", one.level === null ? "–" : percent(one.level), t("wall.in_time", { s: one.level_s })),
      figure(one, "ready", String(one.ready), t("wall.ready", { n: one.signed_in }))),
    make("p", "wall-alarm", alarmText(one)));
  if (one.callers.length) {
    card.append(make("ul", "wall-callers", ...one.callers.map((caller) => make("li", "", [
      phone(caller.number) || t("number.hidden"), caller.name, clock(secondsSince(caller.since))].filter(Boolean).join(" · ")))));
  }
  return card;
}

function figure(one: WallQueueView, of: string, shown: string, words: string): HTMLElement {
  const level = one.alarms.find((alarm) => alarm.figure === of)?.level;
  return make("div", `wall-figure ${level ? `is-${level}` : ""}`,
    make("b", "", shown), make("span", "", words));
}

/** What is worst, in words: never by colour alone. */
function alarmText(one: WallQueueView): string {
  const alarm = one.alarms.find((found) => found.level === "red") ?? one.alarms[0];
  if (!alarm) return t("wall.counts", { answered: one.answered, abandoned: one.abandoned });
  return `${alarm.level === "red" ? "▲" : "△"} ${t(`alarm.${alarm.level}`)}: ${alarm.message || alarmWords(alarm)}`;
}

async function start(): Promise<void> {
  const asked = new URLSearchParams(location.search).get("theme");
  wear(asked === "light" || asked === "dark" ? asked : theme());
  await useLocale(new URLSearchParams(location.search).get("lang") ?? readPage().locale);
  new Wall().start();
}

void start();
