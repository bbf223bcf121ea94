// Everything that ever happened between this client and the company, newest first.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { IconName } from "../icon_shapes.js";
import { now } from "../moments.js";
import type { TimelineView } from "../protocol.gen.js";
import { clock, day, money, number, say, spoken, t, timeOfDay, words } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import { lineMarks } from "./line_marks.js";
import { Piece } from "./piece.js";
import "./record_player.js";
import type { RouteWhy } from "./route_why.js";
import "./route_why.js";
import "./script_answers.js";

type Facts = Record<string, unknown>;

// The server finds them: one note behind a thousand calls is on the first page of notes. What was
// noted in a call is a note too.
const FILTERS: Record<string, readonly string[]> = {
  all: [], calls: ["call", "attempt"], requests: ["request", "task", "proposal"],
  billing: ["invoice", "correction", "payment", "promise", "reading"], notes: ["note", "call"],
  mail: ["mail", "web"], changes: ["change", "consent", "merge"],
};

const ICONS: Record<string, IconName> = {
  call: "phone-incoming", note: "message-square", invoice: "file-text", payment: "banknote",
  correction: "file-text", promise: "clock", reading: "gauge", request: "clipboard-list", task: "check", attempt: "phone-outgoing",
  mail: "mail", web: "mail", change: "pencil", consent: "shield-check", merge: "users",
  proposal: "megaphone",
};

/** A caller came in, and has been stored. */
function isRouted(item: TimelineView): boolean {
  return item.kind === "call" && item.facts["direction"] === "in" && figure(item.facts["interaction_id"]) > 0;
}

class TimeLine extends Piece {
  static override readonly follows = ["conversations"] as const;

  private filter = "all";
  private clientId = 0;

  protected override render(): Html {
    const source = this.source();
    if (source.clientId !== this.clientId) {
      this.clientId = source.clientId;
      this.filter = "all";
    }
    const items = source.items.filter((item) => this.wanted(item));
    return html`
      <header class="column-head timeline-head"><h2>${t("timeline.title")}</h2>
        ${source.has ? html`<div class="filters" role="group" aria-label=${t("timeline.filter")}>
          ${Object.keys(FILTERS).map((id) => html`<button aria-pressed=${this.filter === id}
            @click=${() => this.choose(id, source.clientId)}>
            ${t(`timeline.${id}`)}</button>`)}
        </div>` : nothing}</header>
      <div class="scroll" tabindex="0" role="region" aria-label=${t("timeline.title")}>
        ${items.length > 0 || !source.has ? nothing : source.clientId
          ? empty(t("timeline.none"), t("timeline.none_how"))
          : empty(t("timeline.nobody"), t("timeline.nobody_how"))}
        <ol class="timeline">${repeat(items, (item) => item.key, (item) => this.item(item))}</ol>
        ${source.cursor ? html`<button class="button more"
          @click=${() => void this.desk.readOn(source.clientId, source.cursor, this.filter,
            FILTERS[this.filter] ?? [])}>
          ${t("timeline.older")}</button>` : nothing}
      </div>`;
  }

  private choose(filter: string, clientId: number): void {
    this.filter = filter;
    this.requestUpdate();
    if (filter === "all" || !clientId) return;
    void this.desk.readOn(clientId, null, filter, FILTERS[filter] ?? []);
  }

  private source(): { clientId: number; items: TimelineView[]; cursor: string | null; has: boolean } {
    const { shown, conversation } = this.desk;
    const opened = shown?.kind === "client" ? this.desk.opened.get(shown.id) : undefined;
    const clientId = opened?.card.client_id ?? conversation?.client_id ?? 0;
    const items = opened?.timeline ?? conversation?.timeline ?? [];
    const older = this.desk.older.get(`${clientId} ${this.filter}`);
    const cursor = older ? older.cursor : (opened?.cursor ?? conversation?.timeline_cursor ?? null);
    const once = new Map([...items, ...(older?.items ?? [])].map((item) => [item.key, item]));
    return { clientId, items: [...once.values()].sort(newestFirst), cursor: clientId ? cursor : null,
             has: Boolean(opened ?? conversation) };
  }

  private wanted(item: TimelineView): boolean {
    const kinds = FILTERS[this.filter] ?? [];
    if (this.filter === "notes") return item.kind === "note" || Boolean(text(item.facts["note"]));
    return kinds.length === 0 || kinds.includes(item.kind);
  }

  private item(item: TimelineView): Html {
    const facts = item.facts;
    const note = text(facts["note"]) || (item.kind === "note" ? text(facts["text"]) : "");
    return html`<li class="event kind-${item.kind}">
      <time datetime=${item.at}>${day(item.at, now())}</time>
      ${icon(iconOf(item))}
      <div class="event-body"><p class="event-line">${hasTime(item)
        ? html`<span class="num faint">${timeOfDay(item.at)}</span> ` : nothing}${this.line(item)}<span class="event-do">${
          this.dialButton(item)}${this.clientId ? this.taskButton(item) : nothing}${this.whyButton(item)}</span></p>
        ${isRouted(item) ? html`<route-why .desk=${this.desk}
          .interaction=${figure(facts["interaction_id"])}></route-why>` : nothing}
        ${note ? html`<blockquote>${note}</blockquote>` : nothing}${figure(facts["scripted"]) > 0
          ? html`<script-answers .desk=${this.desk} .interaction=${figure(facts["interaction_id"])}
              .count=${figure(facts["scripted"])}></script-answers>` : nothing}${figure(facts["recorded"]) > 0
          ? html`<record-player .desk=${this.desk} .interaction=${figure(facts["interaction_id"])}></record-player>` : nothing}</div>
    </li>`;
  }

  private line(item: TimelineView): Html {
    const facts = item.facts;
    const currency = text(facts["currency"]) || "RUB";
    switch (item.kind) {
      case "call": return this.call(facts);
      case "attempt": return html`<strong>${t("event.attempt")}</strong> ${rest(
        [text(facts["campaign"]), outcome(facts)])}`;
      case "invoice": return html`<strong>${t("event.invoice")}</strong> <span class="number">${
        text(facts["number"])}</span> ${corrected(facts, currency)}${sumOf(facts)}`;
      case "correction": return html`<strong>${t("event.correction")}</strong> ${rest(
        [text(facts["invoice"]), text(facts["reason"])])}${sumOf(facts)}`;
      case "payment": return html`<strong>${t("event.payment")}</strong> ${rest(
        [words("method", text(facts["method"]))])}${sumOf(facts)}`;
      case "promise": return html`<strong>${t("event.promise")}</strong> ${rest(
        [text(facts["due_on"])])}${sumOf(facts)}`;
      case "reading": return reading(facts);
      case "request": return this.request(facts);
      case "task": return this.task(facts);
      case "proposal": return this.proposal(facts);
      case "change": return html`<strong>${t("event.change")}</strong> ${rest(
        [fieldNames(facts["fields"]), this.desk.operatorName(text(facts["by"]))])}`;
      case "consent": return html`<strong>${t("event.consent")}</strong> ${rest([
        words("consent", text(facts["consent"])), this.desk.operatorName(text(facts["by"]))])}<span
        class="chip">${t(`consent_is.${facts["is_given"] ? "given" : "withdrawn"}`)}</span>`;
      case "mail": case "web": return html`<strong>${words("event", item.kind)}</strong> ${rest(
        [text(facts["subject"]), this.desk.operatorName(text(facts["by"]))])}`;
      case "merge": return html`<strong>${facts["undone_at"] ? t("event.unmerged") : t("event.merge")}</strong> ${
        rest([`${text(facts["absorbed_name"])} → ${text(facts["kept_name"])}`,
              this.desk.operatorName(text(facts["undone_by"]) || text(facts["by"]))])}`;
      default: return html`<strong>${words("event", item.kind)}</strong> ${rest(
        [text(facts["by"]) || this.operator(facts)])}`;
    }
  }

  private task(facts: Facts): Html {
    const who = text(facts["operator"]) ? this.operator(facts)
      : this.desk.groupName(text(facts["group"]));
    const on = text(facts["done_at"]) || text(facts["due_at"]);
    return html`<strong>${t("event.task")}</strong> ${text(facts["title"])} ${rest(
      [who])}<span class="chip">${t(facts["done_at"] ? "task.done_on" : "task.due_on", {
        day: on ? day(on, now()) : "" })}</span>`;
  }

  /** A task about this event: its first words are the title to begin with. */
  private taskButton(item: TimelineView): Html {
    return html`<button class="quiet event-task" title=${t("task.about_this")}
      aria-label=${t("task.about_this")} @click=${(event: Event) => {
        const said = (event.currentTarget as HTMLElement).closest(".event")
          ?.querySelector(".event-line")?.textContent ?? "";
        const { clientId } = this.source();
        const card = this.desk.opened.get(clientId)?.card ?? this.desk.conversation?.card;
        this.desk.tasks.open({ kind: "make", title: said.replace(/\s+/g, " ").trim().slice(0, 120),
          clientId: clientId || null, clientName: card?.name ?? "",
          requestId: item.kind === "request" ? figure(item.facts["request_id"]) || null : null });
      }}>${icon("plus")}</button>`;
  }

  /** Why this call went to whom it went. */
  private whyButton(item: TimelineView): Html {
    const mine = text(item.facts["operator"]) === this.desk.me?.id;
    const leads = this.desk.me?.roles.some((role) => role !== "operator") ?? false;
    if (!isRouted(item) || !(mine || leads)) return nothing;
    return html`<button class="quiet" data-act="why" title=${t("routing.why")} aria-label=${t("routing.why")}
      @click=${(event: Event) => void (event.currentTarget as HTMLElement).closest(".event")
        ?.querySelector<RouteWhy>("route-why")?.toggle()}>${icon("circle-help")}</button>`;
  }

  /** The number of a call is dialled again. */
  private dialButton(item: TimelineView): Html {
    const number = item.kind === "call" ? text(item.facts["number"]) : "";
    if (!number.startsWith("+") || !this.desk.hasDesk) return nothing;
    return html`<button class="quiet event-dial" data-act="event-dial" title=${t("client.call")}
      aria-label=${t("client.call_number", { number })} ?disabled=${this.desk.live !== null}
      @click=${() => void this.desk.phone.dial(number, this.clientId || null)}>${icon("phone")}</button>`;
  }

  private proposal(facts: Facts): Html {
    const titles = (facts["titles"] ?? {}) as Record<string, string>;
    const title = titles[spoken()] ?? titles["en"] ?? text(facts["proposal"]);
    return html`<strong>${t("event.proposal")}</strong> ${rest(
      [title, this.desk.operatorName(text(facts["by"]))])}<span class="chip">${
      t(`offers.is_${text(facts["answer"])}`)}</span>`;
  }

  private operator(facts: Facts): string {
    const named = text(facts["operator_name"]);
    return named || this.desk.operatorName(text(facts["operator"]));
  }

  private call(facts: Facts): Html {
    const talked = figure(facts["talked_s"]);
    const disposition = say(text(facts["disposition_name"]))
      || named("disposition", facts["disposition"]);
    const parts = [this.desk.queueName(text(facts["queue"])), this.operator(facts), outcome(facts)];
    return html`<strong>${t(`event.call_${text(facts["direction"]) || "in"}`)}</strong> ${
      rest(parts)}${disposition ? html`<span class="chip">${disposition}</span>` : nothing}${
      facts["reconstructed"] ? html`<span class="chip" title=${t("timeline.reconstructed_hint")}>${
        t("timeline.reconstructed")}</span>` : nothing}${
      lineMarks(facts["lines"], (id) => this.desk.operatorName(id))}${
      talked > 0 ? html`<span class="sum">${clock(talked)}</span>` : nothing}`;
  }

  private request(facts: Facts): Html {
    const number = text(facts["number"]) || text(facts["request_id"]);
    const title = this.desk.catalogue?.request_types.find(
      (form) => form.type === facts["type"])?.title;
    return html`<strong>${t("event.request")}</strong> <span class="number">${number}</span> ${rest(
      [say(title ?? text(facts["title"])), this.desk.groupName(text(facts["group"]))])}${
      facts["stage"] ? html`<span class="chip">${named("stage", facts["stage"])}</span>` : nothing}`;
  }
}

function newestFirst(one: TimelineView, other: TimelineView): number {
  return one.at < other.at ? 1 : one.at > other.at ? -1 : one.key < other.key ? 1 : -1;
}

function iconOf(item: TimelineView): IconName {
  if (item.kind !== "call") return ICONS[item.kind] ?? "sticky-note";
  if (text(item.facts["outcome"]) && item.facts["outcome"] !== "answered") return "phone-missed";
  return item.facts["direction"] === "out" ? "phone-outgoing" : "phone-incoming";
}

function hasTime(item: TimelineView): boolean {
  return !["invoice", "correction", "payment", "reading"].includes(item.kind);
}

function reading(facts: Facts): Html {
  const parts = [words("source", text(facts["source"])), text(facts["meter"])];
  return html`<strong>${t("event.reading")}</strong> ${rest(parts)}<span class="sum">${
    number(figure(facts["value"]))} ${say(text(facts["unit"]))}</span>`;
}

/** What was changed on a card, without its values. */
function fieldNames(fields: unknown): string {
  if (!Array.isArray(fields)) return "";
  const names = fields.map((one) => words("changed", String(one).split(/[:.]/)[0] ?? ""));
  return [...new Set(names)].join(", ");
}

function outcome(facts: Facts): string {
  const word = text(facts["outcome"]);
  return word && word !== "answered" ? words("outcome", word) : "";
}

function corrected(facts: Facts, currency: string): Html {
  const before = facts["corrected"];
  if (!before) return nothing;
  return html`<span class="chip is-warning">${t("event.corrected")}</span>${
    typeof before === "number" && !facts["masked"]
      ? html` <s class="faint num">${money(before, currency)}</s>` : nothing} `;
}

function sumOf(facts: Facts): Html {
  if (facts["masked"]) return html`<span class="sum masked">•••••</span>`;
  return html`<span class="sum">${
    money(figure(facts["amount_minor"]), text(facts["currency"]) || "RUB")}</span>`;
}

function rest(parts: string[]): Html {
  const said = parts.filter(Boolean);
  return said.length ? html`<span class="faint">${said.join(" · ")}</span> ` : nothing;
}

function named(family: string, id: unknown): string {
  return text(id) ? words(family, text(id)) : "";
}

function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

function figure(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

customElements.define("time-line", TimeLine);
