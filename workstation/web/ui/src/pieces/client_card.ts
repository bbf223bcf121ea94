// The client: who he is, what he owes (masked until identity is ticked), phones, accounts, meters.
import { html, nothing } from "lit";
import type {
  AccountView, CandidateView, CardView, ConversationView, PhoneView, ReasonView,
} from "../protocol.gen.js";
import { begin, editing } from "../card_edits.js";
import { now, secondsSince } from "../moments.js";
import { phone as written } from "../numbers.js";
import { day, languageName, money, number, stretch, t, words } from "../texts.js";
import { empty, icon, keyHint, type Html } from "./bits.js";
import "./card_editor.js";
import "./card_history.js";
import * as parts from "./card_parts.js";
import "./client_sources.js";
import "./client_tasks.js";
import { hiddenLine } from "./card_hidden.js";
import "./why_called.js";
import "./identity_check.js";
import { Piece } from "./piece.js";
import "./menu_pin.js";
import "./duplicate_warning.js";

class ClientPanel extends Piece {
  static override readonly follows = ["conversations", "sources"] as const;

  protected override render(): Html {
    const { conversation, shown } = this.desk;
    if (shown?.kind === "client") {
      const opened = this.desk.opened.get(shown.id);
      return opened ? this.card(opened.card, null) : nothing;
    }
    if (!conversation) {
      return html`<header class="column-head"><h2>${t("client.title")}</h2></header>
        ${empty(t("client.none"), t("client.none_how"))}`;
    }
    if (conversation.card) return this.card(conversation.card, conversation);
    return conversation.candidates.length > 0
      ? this.candidates(conversation) : this.unknown(conversation);
  }

  // ── who is it? ────────────────────────────────────────────────────────────────────────────
  private candidates(one: ConversationView): Html {
    return html`
      <header class="column-head"><h2>${t("candidates.title")}</h2>
        <span class="count">${one.candidates.length}</span></header>
      <div class="scroll pad">
        <p class="lead-text">${t("candidates.lead", { number: one.number_label })}</p>
        <ol class="candidates">${one.candidates.map((candidate, index) => html`
          <li><button class="candidate" data-client=${candidate.client_id}
            @click=${() => this.choose(one, candidate.client_id)}>
            ${keyHint(String(index + 1))}
            <span class="candidate-name">${candidate.name}</span>
            <span class="candidate-why">${reasons(candidate)}</span></button></li>`)}
        </ol>
        ${this.newClient(one, t("candidates.none_of_these"))}
      </div>`;
  }

  private unknown(one: ConversationView): Html {
    return html`
      <header class="column-head"><h2>${t("unknown.title")}</h2></header>
      <div class="scroll pad">
        <p class="unknown-number number">${one.number_label || t("number.hidden")}</p>
        ${one.caller_name ? html`<p class="faint">${t("unknown.says", { name: one.caller_name })}</p>`
          : nothing}
        <p class="lead-text">${t("unknown.lead")}</p>
        ${one.notice ? html`<p class="notice-line">${words("conversation_notice", one.notice)}</p>` : nothing}
        ${this.newClient(one, t("unknown.create"))}
      </div>`;
  }

  private newClient(one: ConversationView, title: string): Html {
    return html`<form class="new-client" @submit=${(event: Event) => this.create(event, one)}>
      <label for="new-client-name">${title} ${keyHint("0")}</label>
      <div class="joined">
        <input id="new-client-name" name="name" autocomplete="off" required maxlength="200"
          placeholder=${t("unknown.name")} .defaultValue=${one.caller_name}>
        <button class="button">${icon("plus")} ${t("unknown.add")}</button>
      </div>
      <div class="radio-line" role="radiogroup" aria-label=${t("unknown.kind")}>
        <label><input type="radio" name="kind" value="person" checked> ${t("kind.person")}</label>
        <label><input type="radio" name="kind" value="organisation"> ${t("kind.organisation")}</label>
      </div><duplicate-warning .desk=${this.desk} .one=${one}></duplicate-warning></form>`;
  }

  private choose(one: ConversationView, clientId: number): void {
    void this.desk.ask("conversation.choose", { conversation: one.id, client_id: clientId });
  }

  private create(event: Event, one: ConversationView): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const kind = form.get("kind") === "organisation" ? "organisation" : "person";
    void this.desk.ask("conversation.new_client", {
      conversation: one.id, name: String(form.get("name") ?? "").trim(), kind });
  }

  // ── the card ──────────────────────────────────────────────────────────────────────────────
  private card(card: CardView, one: ConversationView | null): Html {
    const edit = editing(card.client_id);
    if (edit) return html`<card-editor .desk=${this.desk} .edit=${edit}></card-editor>`;
    return html`
      <div class="scroll card">
        <div class="card-head">
          ${icon(card.kind === "organisation" ? "building-2" : "user")}
          <h2 class="card-name">${written(card.name)}</h2>
          <button class="quiet edit-card" data-act="edit-card" title=${`${t("edit.title")} (Alt E)`}
            aria-label=${t("edit.title")} @click=${() => { begin(card); this.requestUpdate(); }}>
            ${icon("pencil")}</button>
          <p class="faint">${t(`kind.${card.kind}`)} · ${t("client.id", { id: card.client_id })}${
            card.language ? html` · ${languageName(card.language)}` : nothing}${
            parts.hisTime(card, this.desk.catalogue?.time_zone ?? "")} ·
            <menu-pin .desk=${this.desk} .client=${card.client_id}></menu-pin></p>
        </div>
        ${one?.notice ? html`<p class="notice-line">${words("conversation_notice", one.notice)}</p>` : nothing}
        ${hiddenLine(card)}
        ${parts.flags(card)}
        ${one ? html`<identity-check .desk=${this.desk} .conversation=${one}
          .card=${card}></identity-check>` : nothing}
        ${debt(card)}
        <client-sources .desk=${this.desk} .client=${card.client_id}></client-sources>
        <why-called .desk=${this.desk} .client=${card.client_id}></why-called>
        <client-tasks .desk=${this.desk} .client=${card.client_id}></client-tasks>
        ${this.phones(card, one)}
        ${parts.emails(card, this.desk)}
        ${parts.custom(card)}
        ${parts.relations(card, (id) => void this.desk.openClient(id))}
        ${card.accounts.map((account) => accountBlock(account, card.masked))}
        ${this.others(card, one)}
        ${parts.addresses(card, this.desk)}
        ${parts.consents(card, this.desk)}
        <card-history .desk=${this.desk} .client=${card.client_id}
          .version=${card.version ?? 1}></card-history>
      </div>`;
  }

  private phones(card: CardView, one: ConversationView | null): Html {
    return html`<section><h3>${t("client.phones")}</h3><ul class="facts">
      ${card.phones.map((phone) => html`<li class="phone-row">
        <span class="number">${phone.label}${parts.label(phone.name)}</span>
        ${phone.e164 === one?.number ? html`<span class="chip">${t("client.this_call")}</span>`
          : this.dialButton(phone, card)}
        <small class="faint">${parts.trust(phone, this.desk)}</small></li>`)}
      </ul></section>`;
  }

  private dialButton(phone: PhoneView, card: CardView): Html {
    return html`<button class="quiet" title=${t("client.call")} ?disabled=${this.desk.live !== null || parts.forbidding(card) !== null}
      aria-label=${t("client.call_number", { number: phone.label })}
      @click=${() => void this.desk.phone.dial(phone.e164, card.client_id)}>${icon("phone")}</button>`;
  }

  private others(card: CardView, one: ConversationView | null): Html {
    const told = new Set((card.relations ?? []).map((relation) => relation.client_id));
    const others = card.others_on_number.filter((other) => !told.has(other.client_id));
    if (others.length === 0) return nothing;
    return html`<section><h3>${t("client.others")} <span class="count">${
      others.length}</span></h3><ul class="facts">
      ${others.map((other) => html`<li><button class="link-row"
        @click=${() => one ? this.choose(one, other.client_id)
          : void this.desk.openClient(other.client_id)}>
        <span>${other.name}</span><small class="faint">${reasons(other)}</small></button></li>`)}
      </ul></section>`;
  }
}

function reasons(candidate: CandidateView): string {
  return candidate.reasons.map(because).filter(Boolean).join(" · ");
}

/** The reason's sentence; its text holds only the facts (a count, a date, a source). */
function because({ kind, text, name }: ReasonView): string {
  if (kind === "related") return t("because.related", { role: words("role", text), name: name ?? "" });
  if (kind === "called_for") return t("because.called_for", { role: words("role", text), name: name ?? "" });
  if (kind === "source") return words("source", text);
  const count = Number(text);
  const told = t(`because.${kind}`, text && Number.isInteger(count) ? { n: count } : { facts: text });
  return told === `because.${kind}` ? text || words("because", kind) : told;
}

function debt(card: CardView): Html {
  if (card.masked) return row(t("client.debt"), html`<span class="masked">•••••</span>`);
  if (card.debt_minor === 0) return row(t("client.debt"), html`${t("client.no_debt")}`);
  return row(t("client.debt"), html`<strong class="sum is-owed">${
    money(card.debt_minor, card.currency)}</strong>${card.debt_since ? html`
    <small class="faint">${t("client.debt_since", { day: day(card.debt_since, now()) })} (${
      stretch(secondsSince(`${card.debt_since}T00:00:00Z`))})</small>`
    : nothing}`);
}

function row(what: string, value: Html): Html {
  return html`<dl class="fact-line"><dt>${what}</dt><dd>${value}</dd></dl>`;
}

function accountBlock(account: AccountView, masked: boolean): Html {
  const owes = account.balance_minor < 0;
  return html`<section class="account"><h3>${t("client.account")} <span class="number">${
    account.number}</span></h3>
    <p class="address">${account.address}</p>
    ${row(t("client.balance"), masked ? html`<span class="masked">•••••</span>`
      : html`<span class="sum ${owes ? "is-owed" : ""}">${
        money(account.balance_minor, account.currency)}</span>`)}
    ${account.meters.map((meter) => row(
      t("client.meter", { number: meter.number }),
      meter.last_reading === null ? html`<span class="faint">${t("client.no_reading")}</span>`
        : html`<span class="num">${number(meter.last_reading)}</span>${meter.last_read_at
          ? html` <small class="faint">${day(meter.last_read_at, now())}</small>` : nothing}`))}
  </section>`;
}

customElements.define("client-panel", ClientPanel);
