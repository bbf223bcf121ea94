// What hangs on a client, as the card shows it: flags, mail, addresses, relations, consents, own
// fields of the company.
import { html, nothing } from "lit";
import type { Desk } from "../desk.js";
import { now } from "../moments.js";
import { phone as written } from "../numbers.js";
import type { CardView, CustomView } from "../protocol.gen.js";
import { day, money, number, t, timeThere, words } from "../texts.js";
import { icon, type Html } from "./bits.js";

const FORBIDDING = ["do_not_call", "deceased", "in_court"];

/** The flag that forbids to call this client, or null. */
export function forbidding(card: CardView): string | null {
  return FORBIDDING.find((flag) => card.flags.includes(flag)) ?? null;
}

export function flags(card: CardView): Html {
  const stop = forbidding(card);
  return html`${stop ? html`<p class="card-stop" role="status" data-flag=${stop}>
    ${icon("phone-off")} <strong>${words("flag", stop)}</strong> <span>${t("card.no_calls")}</span></p>` : nothing}
    ${card.flags.length + card.tags.length ? html`<p class="chips">
      ${card.flags.filter((flag) => flag !== stop).map((flag) => html`<span
        class="chip is-flag">${icon("flag")} ${words("flag", flag)}</span>`)}
      ${card.tags.map((tag) => html`<span class="chip">${tag}</span>`)}</p>` : nothing}`;
}

/** The client's own time, where he is elsewhere. */
export function hisTime(card: CardView, companyZone: string): Html {
  if (!card.time_zone || card.time_zone === companyZone) return nothing;
  const at = timeThere(card.time_zone, now());
  return at ? html` · <span title=${card.time_zone}>${t("card.his_time", { time: at })}</span>` : nothing;
}

export function emails(card: CardView, desk: Desk): Html {
  return section("client.emails", (card.emails ?? []).map((one) => html`<li class="reach-row">
    <span>${one.email}</span>${label(one.name)}
    <small class="faint">${trust(one, desk)}</small></li>`));
}

export function addresses(card: CardView, desk: Desk): Html {
  return section("client.addresses", (card.addresses ?? []).map((one) => html`<li class="reach-row">
    <span>${one.text}</span>${label(one.name)}
    <small class="faint">${trust(one, desk)}</small></li>`));
}

export function relations(card: CardView, open: (clientId: number) => void): Html {
  return section("client.relations", (card.relations ?? []).map((one) => html`<li>
    <button class="link-row" data-relation=${one.client_id} @click=${() => open(one.client_id)}>
    <span>${written(one.name)}</span><small class="faint">${t(
      one.calls_for ? "relation.he_is" : "relation.is_his", { role: words("role", one.role) })}${
      one.note ? ` · ${one.note}` : ""}${one.confirmed_at ? ` · ${t("changed.confirmed")}` : ""}</small>
    </button></li>`));
}

export function consents(card: CardView, desk: Desk): Html {
  return section("client.consents", (card.consents ?? []).map((one) => html`<li class="consent-row">
    ${icon(one.given ? "check" : "x")}<span>${words("consent", one.kind)}:
      ${t(`consent_is.${one.given ? "given" : "withdrawn"}`)}</span>
    <small class="faint" title=${one.note}>${day(one.at, now())} · ${t(`channel.${one.channel}`)}
      · ${desk.operatorName(one.by)}</small></li>`));
}

export function custom(card: CardView): Html {
  const shown = (card.custom ?? []).filter((one) => one.hidden || one.text !== "");
  if (shown.length === 0) return nothing;
  return html`<section class="custom-values">${shown.map((one) => html`<dl class="fact-line">
    <dt>${one.field.label}</dt><dd data-field=${one.field.key}>${one.hidden
      ? html`<span class="masked" title=${t("edit.hidden")}>•••••</span>` : customValue(one)}</dd></dl>`)}
    </section>`;
}

function customValue({ field, value, text }: CustomView): string {
  if (field.kind === "money" && value && typeof value === "object") {
    const sum = value as { amount_minor: number; currency: string };
    return money(sum.amount_minor, sum.currency);
  }
  if (field.kind === "number") return number(Number(value));
  if (field.kind === "date") return day(text, now());
  if (field.kind === "reference" && field.refers_to === "client") return t("client.id", { id: text });
  return field.kind === "reference" && field.refers_to === "request" ? `#${text}` : text;
}

export function label(name: string | undefined): Html {
  return name ? html` <span class="chip">${words("label", name)}</span>` : nothing;
}

interface Vouched {
  source: string;
  confirmed_at: string | null;
  confirmed_by: string | null;
}

/** Where a link comes from, or who vouches for it. */
export function trust(one: Vouched, desk: Desk): string {
  const [kind, ...file] = one.source.split(":");
  if (!one.confirmed_at) return [words("source", kind ?? ""), ...file].join(" ");
  const on = day(one.confirmed_at, now());
  return one.confirmed_by
    ? t("client.confirmed_by", { day: on, who: desk.operatorName(one.confirmed_by) })
    : t("client.confirmed", { day: on });
}

function section(title: string, rows: Html[]): Html {
  return rows.length ? html`<section><h3>${t(title)}</h3><ul class="facts">${rows}</ul></section>` : nothing;
}
