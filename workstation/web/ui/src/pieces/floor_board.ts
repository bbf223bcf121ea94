// The floor: a card per queue, a tile per operator. Fixed places: nothing moves when states change.
import { html, nothing } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { alarmOf, alarmWords, worst, type Figure } from "../alarms.js";
import type { OperatorState, OperatorView, QueueView } from "../protocol.gen.js";
import { percent, say, spoken, stretch, t } from "../texts.js";
import { phone } from "../numbers.js";
import { icon, mark, tone, type Html } from "./bits.js";
import { overWords, reasonWords } from "./pause_words.js";
import { lineNow } from "./line_marks.js";
import { Piece } from "./piece.js";
import { setProperty } from "./set_property.js";
import { isAlarmMuted, muteAlarm } from "../settings.js";
import "./floor_side.js";
import "./queue_menu.js";
import type { QueueMenu } from "./queue_menu.js";
import "./tile_menu.js";
import type { TileMenu } from "./tile_menu.js";

const STATES: OperatorState[] = ["ready", "offered", "talking", "wrap_up", "paused", "offline"];
const SHOWN_WAITING = 3;

class FloorBoard extends Piece {
  private only: OperatorState | "" = "";

  protected override render(): Html {
    const queues = Object.values(this.desk.views.queues).sort((a, b) => a.name.localeCompare(b.name));
    const operators = Object.values(this.desk.views.operators)
      .sort((a, b) => a.id.localeCompare(b.id, undefined, { numeric: true }));
    return html`<div class="scroll page-body" tabindex="0" role="region" aria-label=${t("floor.title")}>
      <div class="section-head is-first"><h1 class="section-title">${t("floor.queues")}</h1>${muteButton(
        () => this.requestUpdate())}</div>
      <div class="queue-cards">${repeat(queues, (queue) => queue.id, (queue) => queueCard(queue, this.take))}</div>
      <floor-side .desk=${this.desk}></floor-side>
      <div class="section-head"><h2 class="section-title">${t("floor.operators")}</h2>
        ${this.states(operators)}</div>
      <div class="tiles">${repeat(operators, (operator) => operator.id, (operator) =>
        guard(this.facts(operator), () => this.tile(operator)))}</div></div><tile-menu .desk=${this.desk}></tile-menu>
      <queue-menu .desk=${this.desk}></queue-menu>`;
  }

  /** What can be done with a caller who waits. */
  private take = (call: string, at: Element): void => {
    void this.querySelector<QueueMenu>("queue-menu")?.open(call, at);
  };

  private states(operators: OperatorView[]): Html {
    return html`<div class="filters" role="group" aria-label=${t("floor.by_state")}>
      ${STATES.map((state) => html`<button aria-pressed=${this.only === state}
        @click=${() => { this.only = this.only === state ? "" : state; this.requestUpdate(); }}>
        ${mark(state)} ${t(`state.${state}`)}
        <b class="num">${operators.filter((one) => one.state === state).length}</b></button>`)}</div>`;
  }

  private menu(operator: string, event: Event): void {
    const tile = (event.currentTarget as Element).closest(".tile");
    if (tile) void this.querySelector<TileMenu>("tile-menu")?.open(operator, tile);
  }

  /** Who hears his call, in words behind a small picture. */
  private ears(one: OperatorView): Html {
    const call = one.call ? this.desk.views.calls[one.call] : undefined;
    const words = (call?.listeners ?? []).filter((ear) => ear.operator === one.id)
      .map((ear) => t(`listener.${ear.mode}`, { who: ear.name || this.desk.operatorName(ear.supervisor) }))
      .join(", ");
    return words ? html`<span class="tile-ears" role="img" aria-label=${words} title=${words}>${
      icon("headphones")}</span>` : nothing;
  }

  /** Which way the call goes, and from which queue or campaign. */
  private call(one: OperatorView): Html {
    const call = one.call ? this.desk.views.calls[one.call] : undefined;
    if (!call) return nothing;
    const from = call.campaign || this.desk.queueName(call.queue);
    return html`<span class="tile-way" title=${t(`direction.${call.direction}`)}>${
        icon(call.direction === "out" ? "phone-outgoing" : "phone-incoming")}</span>
      ${from ? html`<span class="tile-queue">${from}</span> · ` : nothing}`;
  }

  private asks(one: OperatorView): Html {
    const help = this.desk.team.helpOf(one.id);
    return help ? html`<span class="tile-help">${icon("circle-help")}
      ${t(help.answered_at ? "help.tile_answered" : "help.tile")} <tick-time since=${help.at}></tick-time></span>`
      : html`<span>${t("floor.calls_today", { n: one.calls_today })}</span>`;
  }

  /** What a tile is drawn from: of 500 only those that moved are drawn again. */
  private facts(one: OperatorView): unknown[] {
    return [one, one.call ? this.desk.views.calls[one.call] : null, this.desk.team.helpOf(one.id),
            this.only, spoken()];
  }

  private tile(one: OperatorView): Html {
    const faded = this.only !== "" && this.only !== one.state;
    return html`<article class="tile ${tone(one.state)} ${one.over ? `is-over-${one.over}` : ""} ${faded ? "is-faded" : ""} ${this.desk.team.helpOf(one.id) ? "is-asking" : ""}"
      data-operator=${one.id} aria-label=${`${one.name}: ${t(`state.${one.state}`)}`}>
      <div class="tile-head"><button class="tile-open" aria-haspopup="menu"
        @click=${(event: Event) => this.menu(one.id, event)}>${one.name}</button>${this.ears(one)}
        <span class="faint num">${one.id}${one.pbx ? ` · ${one.pbx}` : ""}</span></div>
      <div class="tile-state">${mark(one.state)} <span>${t(`state.${one.state}`)}${reasonWords(one)}</span>
        <tick-time since=${one.since}></tick-time></div>
      <div class="tile-whom">${one.away
        ? html`<span class="is-late">${t("floor.away", { pbx: one.pbx ?? "" })}</span> ` : nothing}${overWords(one)}${lineNow(one)}${this.call(one)}${phone(one.with_whom) || (one.state !== "offline" && !one.registered
        ? html`<span class="is-late">${t("floor.phone_gone")}</span>` : nothing)}</div>
      <div class="tile-foot faint">${this.asks(one)}
        <span class="num">${stretch(one.talked_today_s)}</span></div></article>`;
  }
}

/** Of several Asterisks: a caller waits for the operators of his own. */
function partsOf(queue: QueueView): Html {
  const parts = queue.parts ?? [];
  if (!parts.length) return nothing;
  return html`<ul class="queue-parts">${parts.map((part) => part.away
    ? html`<li class="is-late">${t("floor.away", { pbx: part.pbx })}</li>`
    : html`<li class=${part.waiting && !part.ready ? "is-late" : "faint"}>${t("floor.part", {
      pbx: part.pbx, waiting: part.waiting, ready: part.ready })}</li>`)}</ul>`;
}

type Take = (call: string, at: Element) => void;

function muteButton(redraw: () => void): Html {
  const muted = isAlarmMuted();
  return html`<button class="quiet" data-act="mute-alarms" aria-pressed=${muted}
    @click=${() => { muteAlarm(!muted); redraw(); }}>${icon(muted ? "bell-off" : "bell")}
    ${t(muted ? "alarm.sound_off" : "alarm.sound_on")}</button>`;
}

/** Amber and red are words and signs too: the list below the figures says them. */
function figure(queue: QueueView, of: Figure, shown: Html | string | number, words: string,
                more = ""): Html {
  const level = alarmOf(queue, of)?.level;
  return html`<div class="figure ${level ? `is-${level}` : more}"><b>${shown}${level
    ? html`<span class="figure-sign" aria-hidden="true">${level === "red" ? "▲" : "△"}</span>` : nothing}</b>
    <span>${words}</span></div>`;
}

function alarms(queue: QueueView): Html {
  const all = queue.alarms ?? [];
  return all.length === 0 ? nothing : html`<ul class="alarm-list">${all.map((one) => html`
    <li class="is-${one.level}"><span aria-hidden="true">${one.level === "red" ? "▲" : "△"}</span>
      <strong>${t(`alarm.${one.level}`)}</strong> ${alarmWords(one)}${one.message
        ? html` · <em>${one.message}</em>` : nothing}</li>`)}</ul>`;
}

function queueCard(queue: QueueView, take: Take): Html {
  const first = queue.waiting[0];
  const finished = queue.answered_today + queue.abandoned_today;
  const level = finished ? queue.in_time_today / finished : null;
  return html`<article class="queue-card ${worst(queue) ? `is-${worst(queue)}` : ""}" data-queue=${queue.id}
    aria-label=${queue.name}>
    <header><h2>${say(queue.name)}</h2><span class="faint">${t("floor.staffing", {
      ready: queue.ready, talking: queue.talking, signed_in: queue.signed_in })}</span></header>
    <div class="queue-figures">
      ${figure(queue, "waiting", queue.waiting.length, t("floor.waiting"), first ? "is-waiting" : "")}
      ${figure(queue, "longest", first
        ? html`<tick-time since=${first.since} over=${queue.service_level_s}></tick-time>`
        : html`<span class="is-none">–</span>`, t("floor.longest"))}
      ${figure(queue, "level", level === null ? "–" : percent(level),
               t("floor.level", { s: queue.service_level_s }))}
      <div class="figure"><b>${queue.answered_today}</b><span>${t("floor.answered")}</span></div>
      ${figure(queue, "abandoned", queue.abandoned_today, t("floor.abandoned"),
               queue.abandoned_today ? "is-noted" : "")}
    </div>
    ${alarms(queue)}${partsOf(queue)}<div class="level-bar" ${setProperty("--share", String(level ?? 0))}></div>
    <ul class="waiting-list">${queue.waiting.slice(0, SHOWN_WAITING).map((one) => html`<li><button
      class="waiting-open" aria-haspopup="menu" data-waiting=${one.call}
      @click=${(event: Event) => take(one.call, event.currentTarget as Element)}>
      <span class="number">${phone(one.number) || t("number.hidden")}</span>
      <span class="waiting-name">${one.name}</span>
      <tick-time since=${one.since} over=${queue.service_level_s}></tick-time></button></li>`)}
      ${queue.waiting.length > SHOWN_WAITING ? html`<li class="faint">${
        t("floor.more", { n: queue.waiting.length - SHOWN_WAITING })}</li>` : nothing}
      ${first ? nothing : html`<li class="faint">${t("floor.nobody")}</li>`}</ul></article>`;
}

customElements.define("floor-board", FloorBoard);
