// Campaigns: the ledger as one bar whose parts add up, why it is (not) dialling, and the entries.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { now } from "../moments.js";
import { phone } from "../numbers.js";
import type { Actions, CampaignView } from "../protocol.gen.js";
import { dayAndTime, number, percent, say, t, words } from "../texts.js";
import { empty, icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import { setProperty } from "./set_property.js";
import "./campaign_steering.js";
import "./campaign_maker.js";
import "./list_chooser.js";
import "./campaign_results.js";

const ORDER = ["paid", "promised", "reached_in_person", "reached_another", "disputed", "refused",
               "wrong_number", "exhausted", "not_callable", "withdrawn", "being_tried",
               "waiting_until", "not_tried"];

interface Entry {
  id: number;
  client_id: number;
  name: string;
  state: string;
  why: string;
  sentence: string;
  numbers: string[];
  since: string;
  attempts: number;
  next_at: string | null;
}

class CampaignBoard extends Piece {
  private open: number | null = null;
  private state = "";
  private entries: Entry[] = [];
  private cursor: string | null = null;
  private readAt = "";
  private steered: number | null = null;
  private making = false;
  private told: number | null = null;
  private removing: number | null = null;

  protected override render(): Html {
    const campaigns = Object.values(this.desk.views.campaigns).sort((a, b) => b.id - a.id);
    return html`
      <header class="page-head"><h1>${t("campaigns.title")}</h1>
        <span class="faint">${t("campaigns.count", { n: campaigns.length })}</span>
        <span class="spring"></span><button class="button small" data-act="make"
          aria-expanded=${this.making} @click=${this.toggleMaker}>${icon("plus")}
          ${t("campaigns.make")}</button></header>
      <div class="scroll page-body" tabindex="0" role="region" aria-label=${t("campaigns.title")}>
      ${this.making ? html`<campaign-maker .desk=${this.desk} .done=${this.toggleMaker}></campaign-maker>`
        : nothing}
      ${campaigns.length === 0 ? empty(t("campaigns.none"), t("campaigns.none_how")) : nothing}
      ${repeat(campaigns, (campaign) => campaign.id, (campaign) => this.campaign(campaign))}</div>`;
  }

  private toggleMaker = (): void => {
    this.making = !this.making;
    this.requestUpdate();
  };

  private campaign(one: CampaignView): Html {
    const states = statesOf(one);
    return html`<article class="campaign" data-campaign=${one.id} aria-label=${one.name}>
      <header><h2>${one.name}</h2>
        <span class="chip is-${one.state}">${t(`campaign.${one.state}`)}</span>
        <span class="faint">${dates(one)}</span><span class="spring"></span>${this.buttons(one)}</header>
      <p class="campaign-why">${icon(one.state === "running" ? "phone-outgoing" : "circle-help")}
        <span>${saidWhy(one.why)}</span></p>
      <div class="ledger" role="img" aria-label=${t("campaigns.ledger_of", { n: one.size })}>
        ${states.map((state) => html`<i class="part is-${state}"
          title=${`${words("entry", state)}: ${one.ledger[state]}`}
          ${setProperty("--part", String(one.ledger[state]))}></i>`)}</div>
      <ul class="ledger-legend">
        <li class="ledger-sum"><b class="num">${number(sum(one))}</b> ${t("campaigns.of_list")}:</li>
        ${states.map((state) => this.legend(one, state))}
      </ul>
      <p class="campaign-figures faint">${t("campaigns.figures", {
        attempts: number(one.attempts), lines: one.lines, share: percent(reached(one)) })}</p>
      ${one.state === "draft" ? html`<list-chooser .desk=${this.desk} .campaign=${one}></list-chooser>`
        : nothing}
      ${this.steered === one.id ? html`<campaign-steering .desk=${this.desk} .campaign=${one}>
        </campaign-steering>` : nothing}
      ${this.told === one.id ? html`<campaign-results .desk=${this.desk} .campaign=${one}>
        </campaign-results>` : nothing}
      ${this.open === one.id ? this.list(one) : nothing}</article>`;
  }

  private buttons(one: CampaignView): Html {
    const act = (action: keyof Actions & `campaign.${string}`, text: string,
                 name: "play" | "pause" | "square", primary = false): Html => html`
      <button class="button small ${primary ? "primary" : ""}" data-act=${action}
        @click=${() => void this.desk.ask(action, { campaign: one.id })}>
        ${icon(name)} ${t(text)}</button>`;
    if (one.state === "ended") return html`${this.steerButton(one)}${this.resultsButton(one)}${this.listButton(one)}`;
    return html`
      ${one.state === "running" ? act("campaign.pause", "campaigns.pause", "pause")
        : act("campaign.start", one.state === "paused" ? "campaigns.resume" : "campaigns.start",
              "play", true)}
      ${one.state === "draft" ? nothing : act("campaign.stop", "campaigns.stop", "square")}
      ${this.steerButton(one)}${this.resultsButton(one)}${this.listButton(one)}`;
  }

  private steerButton(one: CampaignView): Html {
    const toggle = (): void => {
      this.steered = this.steered === one.id ? null : one.id;
      this.requestUpdate();
    };
    return html`<button class="button small" data-act="steer" aria-expanded=${this.steered === one.id}
      @click=${toggle}>${icon("gauge")} ${t("campaigns.steer")}</button>`;
  }

  private resultsButton(one: CampaignView): Html {
    const toggle = (): void => {
      this.told = this.told === one.id ? null : one.id;
      this.requestUpdate();
    };
    return html`<button class="button small" data-act="results" aria-expanded=${this.told === one.id}
      @click=${toggle}>${icon("list")} ${t("campaigns.results")}</button>`;
  }

  private listButton(one: CampaignView): Html {
    return html`<button class="button small" data-act="list" aria-expanded=${this.open === one.id}
      @click=${() => this.toggle(one)}>${icon("list")} ${t("campaigns.list")}</button>`;
  }

  private legend(one: CampaignView, state: string): Html {
    const isOpen = this.open === one.id && this.state === state;
    return html`<li><button aria-pressed=${isOpen} @click=${() => void this.read(one.id, state)}>
      <i class="part is-${state}"></i>${words("entry", state)}
      <b class="num">${number(one.ledger[state] ?? 0)}</b></button></li>`;
  }

  private toggle(one: CampaignView): void {
    if (this.open === one.id) {
      this.open = null;
      this.requestUpdate();
    } else void this.read(one.id, "");
  }

  private async read(campaign: number, state: string, cursor: string | null = null): Promise<void> {
    const page = await this.desk.ask("campaign.entries", { campaign, state: state || null, cursor });
    if (!page) return;
    const { entries, cursor: next } = page as { entries: Entry[]; cursor: string | null };
    this.open = campaign;
    this.state = state;
    this.entries = cursor ? [...this.entries, ...entries] : entries;
    this.cursor = next;
    this.readAt = now().toISOString();
    this.requestUpdate();
  }

  private who(entry: Entry): Html {
    return this.desk.hasDesk
      ? html`<button class="link" @click=${() => void this.desk.openClient(entry.client_id)}>
          ${entry.name}</button>` : html`<strong>${entry.name}</strong>`;
  }

  /** Off the list is withdrawn, with the reason; the entry stays. */
  private removal(one: CampaignView, entry: Entry): Html {
    if (!["not_tried", "waiting_until", "being_tried"].includes(entry.state)) return nothing;
    if (this.removing !== entry.id) {
      return html`<button class="quiet" data-act="remove" @click=${() => {
        this.removing = entry.id;
        this.requestUpdate();
      }}>${t("entries.remove")}</button>`;
    }
    const send = async (event: SubmitEvent): Promise<void> => {
      event.preventDefault();
      const reason = String(new FormData(event.target as HTMLFormElement).get("reason")).trim();
      if (await this.desk.ask("campaign.remove", { entry: entry.id, reason })) {
        this.removing = null;
        void this.read(one.id, this.state);
      }
    };
    return html`<form class="preview-why" @submit=${send}><input name="reason" required minlength="3"
      maxlength="300" aria-label=${t("entries.reason")} placeholder=${t("entries.reason")}>
      <button class="button small">${t("entries.remove")}</button></form>`;
  }

  private list(one: CampaignView): Html {
    return html`<div class="entries"><p class="entries-head">
        <b>${this.state ? words("entry", this.state) : t("campaigns.everybody")}</b>
        <span class="faint">${t("campaigns.read", { n: this.entries.length })}
          <tick-time words since=${this.readAt}></tick-time> ${t("draft.ago")}</span>
        <button class="button small" @click=${() => void this.read(one.id, this.state)}>
          ${icon("refresh-cw")} ${t("campaigns.refresh")}</button></p>
      <table class="table"><thead><tr>
        ${["who", "state", "why", "since", "attempts", "next", "deed"].map((column) =>
          html`<th scope="col">${t(`entries.${column}`)}</th>`)}</tr></thead>
      <tbody>${this.entries.map((entry) => html`<tr>
        <td>${this.who(entry)}<small class="faint block num">${
          entry.numbers.map((one) => phone(one)).join(", ")}</small></td>
        <td class="nowrap"><i class="part is-${entry.state}"></i> ${words("entry", entry.state)}</td>
        <td class="entry-why">${saidEntry(entry)}</td><td class="num nowrap">${dayAndTime(entry.since, now())}</td>
        <td class="num">${entry.attempts}</td>
        <td class="num nowrap">${entry.next_at ? dayAndTime(entry.next_at, now()) : ""}</td>
        <td>${this.removal(one, entry)}</td></tr>`)}
      </tbody></table>
      ${this.cursor ? html`<button class="button more"
        @click=${() => void this.read(one.id, this.state, this.cursor)}>
        ${t("timeline.older")}</button>` : nothing}</div>`;
  }
}

/** `+79161234567 busy ×2, no_answer`: a number and what came of its dials. */
const TRIED = /(\+\d{7,15}) ([a-z_]+(?: ×\d+)?(?:, [a-z_]+(?: ×\d+)?)*)/g;

/** The ledger's sentence; when it is due again stands in a column of its own. */
function saidEntry(entry: Entry): string {
  const sentence = entry.sentence.replace(/ Owed again from .*$/, "");
  return say(sentence).replace(TRIED, (_, one: string, codes: string) =>
    `${phone(one)}: ${codes.replace(/[a-z_]+/g, (code) => words("why", code))}`);
}

/** A sentence of the server, or a code that the catalogue knows. */
function saidWhy(why: string): string {
  return /^[a-z_]+$/.test(why) ? words("why", why) : say(why);
}

function statesOf(one: CampaignView): string[] {
  const known = ORDER.filter((state) => (one.ledger[state] ?? 0) > 0);
  const other = Object.keys(one.ledger).filter(
    (state) => !ORDER.includes(state) && (one.ledger[state] ?? 0) > 0);
  return [...known, ...other];
}

function sum(one: CampaignView): number {
  return Object.values(one.ledger).reduce((total, count) => total + count, 0);
}

function reached(one: CampaignView): number {
  const states = ["paid", "promised", "reached_in_person", "disputed", "refused"];
  const count = states.reduce((total, state) => total + (one.ledger[state] ?? 0), 0);
  return one.size ? count / one.size : 0;
}

function dates(one: CampaignView): string {
  if (one.ended_at) return t("campaigns.ended_at", { at: dayAndTime(one.ended_at, now()) });
  if (one.started_at) return t("campaigns.started_at", { at: dayAndTime(one.started_at, now()) });
  return t("campaigns.not_started");
}

customElements.define("campaign-board", CampaignBoard);
