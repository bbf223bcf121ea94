// A manager's day on his phone: one narrow column, read every 15 s, nothing to press but search.
import { html, nothing, render, type TemplateResult } from "lit";
import { alarmWords, type Figure } from "./alarms.js";
import { api, ApiRefused } from "./api.js";
import { heardNow, now, secondsSince } from "./moments.js";
import { phone } from "./numbers.js";
import type { AlarmView, CardView, CrossingView, GapView, HitView } from "./protocol.gen.js";
import { readPage, theme, wear } from "./settings.js";
import { useLocale } from "./speak.js";
import { clock, dayAndTime, money, percent, say, stretch, t, tellTimeIn, timeOfDay, words } from "./texts.js";

const EVERY_MS = 15_000;
const TYPED_MS = 250;

interface Queue {
  id: string; name: string; waiting: number; longest_since: string | null; answered: number; abandoned: number;
  in_time: number; level_s: number; ready: number; signed_in: number; alarms: AlarmView[];
}
interface Contact {
  at: string; direction: string; who: string; client_id: number | null; queue: string | null; operator: string | null;
  outcome: string | null; disposition: string | null; talked_s: number | null;
}
interface Today {
  now: string; company: string; time_zone: string; queues: Queue[]; states: Record<string, number>;
  crossings: CrossingView[]; late: { number: string; title: string; group: string; operator: string | null; due_at: string }[];
  late_in_all: number; gaps: GapView[]; standstills: { name: string; why: string }[]; contacts: Contact[]; blind: boolean;
}

let today: Today | null = null;
let lostAt = "";
let hits: HitView[] | null = null;
let card: CardView | null = null;
let typing: ReturnType<typeof setTimeout> | undefined;

async function read(): Promise<void> {
  try {
    today = await api<Today>("GET", "/today");
    heardNow(today.now);
    tellTimeIn(today.time_zone);
    lostAt = "";
  } catch (error) {
    if (error instanceof ApiRefused && error.problem.code === "not_signed_in") location.assign("/");
    lostAt ||= now().toISOString();
  }
  draw();
  setTimeout(() => void read(), EVERY_MS);
}

function typed(event: Event): void {
  const text = (event.target as HTMLInputElement).value.trim();
  clearTimeout(typing);
  typing = setTimeout(() => void search(text), TYPED_MS);
}

async function search(text: string): Promise<void> {
  card = null;
  hits = text ? (await api<{ items: HitView[] }>("GET", `/today/clients?q=${encodeURIComponent(text)}`)).items : null;
  draw();
}

async function open(client: number): Promise<void> {
  card = (await api<{ card: CardView }>("GET", `/today/client?client_id=${client}`)).card;
  draw();
  document.querySelector<HTMLElement>(".card-head")?.focus();
}

async function leave(): Promise<void> {
  await api("DELETE", "/session");
  location.assign("/");
}

// ── drawing ─────────────────────────────────────────────────────────────────────────────────
function draw(): void {
  if (!today) {
    render(html`<main><h1 class="said">${t(lostAt ? "today.lost" : "page.connecting")}</h1></main>`, document.body);
    return;
  }
  document.title = `${t("today.title")} · ${today.company}`;
  render(html`<header><h1>${t("today.title")}</h1><span class="faint">${timeOfDay(today.now)}</span>
      <button class="leave" @click=${() => void leave()}>${t("page.sign_out")}</button></header>
    ${lostAt ? html`<p class="banner" role="alert">▲ ${t("today.lost")}</p>` : nothing}
    ${today.blind ? html`<p class="banner" role="alert">▲ ${t("wall.blind")}</p>` : nothing}
    <main>${searching()}${figures(today)}${exceptions(today)}${queues(today)}${contacts(today)}</main>`, document.body);
}

function searching(): TemplateResult {
  return html`<section role="search"><label class="sr-only" for="find">${t("search.title")}</label>
    <input id="find" type="search" autocomplete="off" placeholder=${t("search.title")} @input=${typed}>
    ${card ? cardOf(card) : hits === null ? nothing : hits.length === 0 ? html`<p class="faint">${t("today.no_hits")}</p>`
      : html`<ul class="rows">${hits.map((one) => html`<li><button class="hit" data-client=${one.client_id}
        @click=${() => void open(one.client_id)}><strong>${one.name}</strong>
        <small>${[phone(one.number ?? ""), one.account, one.address].filter(Boolean).join(" · ")}</small></button></li>`)}</ul>`}
    </section>`;
}

function cardOf(one: CardView): TemplateResult {
  return html`<article class="card"><h2 class="card-head" tabindex="-1">${one.name}</h2>
    <p>${one.phones.map((each) => html`<a class="number" href="tel:${each.e164}">${each.label}</a> `)}</p>
    ${one.accounts.map((each) => html`<p>${each.number} · ${each.address}${one.masked ? nothing
      : html` · ${money(each.balance_minor, each.currency)}`}</p>`)}
    ${one.masked ? html`<p class="faint">${t("today.masked")}</p>` : nothing}
    <p>${[...one.flags, ...one.tags].map((flag) => html`<span class="chip">${words("flag", flag)}</span> `)}</p></article>`;
}

function sum(all: Queue[], of: "waiting" | "answered" | "abandoned" | "in_time"): number {
  return all.reduce((total, one) => total + one[of], 0);
}

function figures({ queues: all, states }: Today): TemplateResult {
  const finished = sum(all, "answered") + sum(all, "abandoned");
  const at = Object.values(states).reduce((total, one) => total + one, 0);
  const longest = all.map((one) => one.longest_since).filter((one) => one !== null).sort()[0];
  return html`<section class="figures" aria-label=${t("today.figures")}>
    ${figure(sum(all, "waiting"), t("floor.waiting"))}
    ${figure(longest ? clock(secondsSince(longest)) : "–", t("floor.longest"))}
    ${figure(finished ? percent(sum(all, "in_time") / finished) : "–", t("today.in_time"))}
    ${figure(sum(all, "answered"), t("floor.answered"))}${figure(sum(all, "abandoned"), t("floor.abandoned"))}
    ${figure(at, t("today.at_work"))}</section>`;
}

function figure(value: string | number, name: string): TemplateResult {
  return html`<div><b>${value}</b><span>${name}</span></div>`;
}

function exceptions(day: Today): TemplateResult {
  const found = day.crossings.length + day.late_in_all + day.gaps.length + day.standstills.length;
  return html`<section><h2>${t("today.exceptions")} <span class="count">${found}</span></h2>
    ${found === 0 ? html`<p class="faint">${t("today.none")}</p>` : html`<ul class="rows">
    ${day.crossings.map((one) => html`<li class="is-${one.level}"><strong>${one.level === "red" ? "▲" : "△"} ${t(`alarm.${one.level}`)}</strong>
      ${queueName(one.queue)}: ${alarmWords({ figure: one.figure as Figure, bound: one.bound })}
      <small>${timeOfDay(one.at)} – ${one.ended_at ? timeOfDay(one.ended_at) : t("threshold.still")}</small></li>`)}
    ${day.late.map((one) => html`<li class="is-red"><strong>▲ ${t("today.late", { number: one.number })}</strong> ${say(one.title)}
      <small>${dayAndTime(one.due_at, now())}</small></li>`)}
    ${day.late_in_all > day.late.length ? html`<li>${t("floor.more", { n: day.late_in_all - day.late.length })}</li>` : nothing}
    ${day.gaps.map((one) => html`<li class="is-amber"><strong>△ ${t("today.gap", { pbx: one.pbx })}</strong>
      <small>${timeOfDay(one.since)} – ${one.until ? timeOfDay(one.until) : t("threshold.still")}</small></li>`)}
    ${day.standstills.map((one) => html`<li class="is-amber"><strong>△ ${one.name}</strong> ${say(one.why)}</li>`)}</ul>`}</section>`;
}

function queueName(id: string): string {
  return say(today?.queues.find((one) => one.id === id)?.name ?? id);
}

function queues(day: Today): TemplateResult {
  return html`<section><h2>${t("floor.queues")}</h2><ul class="rows">${day.queues.map((one) => html`<li data-queue=${one.id}>
    <strong>${say(one.name)}</strong> <span class="right">${t("today.queue", { waiting: one.waiting, ready: one.ready })}</span>
    <small>${t("wall.counts", { answered: one.answered, abandoned: one.abandoned })}${one.answered + one.abandoned
      ? html` · ${percent(one.in_time / (one.answered + one.abandoned))} ${t("wall.in_time", { s: one.level_s })}` : nothing}</small></li>`)}</ul></section>`;
}

function contacts(day: Today): TemplateResult {
  return html`<section><h2>${t("today.contacts")} <span class="count">${day.contacts.length}</span></h2><ul class="rows">
    ${day.contacts.map((one) => html`<li><strong>${phone(one.who) || t("number.hidden")}</strong>
      <span class="right num">${timeOfDay(one.at)}</span><small>${[t(`direction.${one.direction}`),
        one.queue ? queueName(one.queue) : "", one.operator ?? "", one.outcome ? words("outcome", one.outcome) : "",
        one.talked_s ? stretch(one.talked_s) : ""].filter(Boolean).join(" · ")}</small></li>`)}</ul></section>`;
}

async function start(): Promise<void> {
  wear(theme());
  await useLocale(readPage().locale);
  await read();
}

void start();
