// What the call bar says of the call: who rings, who talks, who is asked meanwhile. Its place has
// a fixed size; with a third party it is cut in two halves.
import { html, nothing } from "lit";
import { whoIs } from "../announce.js";
import type { Desk } from "../desk.js";
import type { ConsultView, ConversationView } from "../protocol.gen.js";
import { phone } from "../numbers.js";
import { shownKey } from "../own_keys.js";
import { clock, percent, say, t } from "../texts.js";
import { icon, keyHint, mark, menuPath, tone, type Html } from "./bits.js";
import { restWords } from "./pause_words.js";

export function strip(desk: Desk): Html {
  const { live } = desk;
  if (live?.state === "ringing") return ringing(desk, live);
  if (live) return talk(desk, live);
  const wrapping = desk.wrappingUp;
  return wrapping ? wrapUp(desk, wrapping) : idle(desk);
}

function idle(desk: Desk): Html {
  const state = desk.operator?.state ?? "offline";
  if (state === "offline" || state === "paused") {
    return html`<div class="strip strip-idle">
      ${restWords(desk.operator)}
      <button class="button primary" @click=${() => void desk.phone.goReady()}>
        ${icon("headphones")} ${t("state.go_ready")} ${keyHint("Alt 0")}</button></div>`;
  }
  return html`<div class="strip strip-idle"><span>${t("strip.ready")}</span></div>`;
}

function ringing(desk: Desk, one: ConversationView): Html {
  const mayAnswer = desk.phone.isWeb || one.can?.includes("answer");
  return html`<div class="strip tone-offered" role="alert">
    ${mark("ringing")}
    <div class="strip-text">
      <strong class="strip-who">${who(one)}</strong>
      <span class="strip-why">${why(one)}</span>
    </div>
    <div class="strip-figure"><span>${t("call.ringing")}</span>
      <tick-time since=${one.offered_at}></tick-time></div>
    ${mayAnswer
      ? html`<button class="button answer" data-act="answer" @click=${() => desk.controls.answer()}>
          ${icon("phone")} ${t("call.answer")} ${keyHint("F2")}</button>`
      : html`<span class="strip-hint">${t("call.answer_on_desk")}</span>`}
  </div>`;
}

function talk(desk: Desk, one: ConversationView): Html {
  const { consult, conference } = one;
  if (desk.controls.isAsked) {
    return client(desk, one, "talking", conference ? "conference.in" : "consult.asked");
  }
  if (conference) return html`<div class="strips" role="group" aria-label=${t("conference.title")}>
    ${client(desk, one, "talking", "conference.in")}${third(desk, consult ?? null, true)}</div>`;
  if (consult) return html`<div class="strips" role="group" aria-label=${t("consult.title")}>
    ${client(desk, one, consult.state === "held" ? "talking" : "held")}${third(desk, consult, false)}
    </div>`;
  return client(desk, one, desk.controls.isHeld ? "held" : "talking");
}

function client(desk: Desk, one: ConversationView, state: "talking" | "held", said = ""): Html {
  const isHalf = said !== "" || !!one.consult;
  return html`<div class="strip ${tone(state)} is-${state}" data-party="client">
    ${mark(state)}
    <div class="strip-text">
      <strong class="strip-who">${isHalf ? whoIs(one) : who(one)}</strong>
      <span class="strip-why">${isHalf ? t(said || `call.${state}`) : why(one)}</span>
    </div>
    ${isHalf ? nothing : quality(desk)}
    <div class="strip-figure"><span>${isHalf ? t("party.client") : t(`call.${state}`)}</span>
      <tick-time class="big" since=${one.answered_at ?? one.offered_at}></tick-time></div>
    ${one.conference && !desk.controls.isAsked ? dropButton(desk, "client", whoIs(one)) : nothing}
  </div>`;
}

function third(desk: Desk, consult: ConsultView | null, isConference: boolean): Html {
  const state = consult?.state ?? "talking";
  const name = thirdName(desk, consult);
  return html`<div class="strip ${tone(state)} is-${state}" data-party="third">
    ${mark(state)}
    <div class="strip-text">
      <strong class="strip-who">${name}</strong>
      <span class="strip-why">${t(isConference ? "conference.in" : `consult.${state}`)}</span>
    </div>
    ${consult ? html`<div class="strip-figure"><span>${t("party.third")}</span>
      <tick-time class="big" since=${consult.since}></tick-time></div>` : nothing}
    ${isConference ? dropButton(desk, "third", name) : nothing}
  </div>`;
}

export function thirdName(desk: Desk, consult: ConsultView | null): string {
  if (!consult) return t("party.third");
  return phone(consult.who) || desk.operatorName(consult.operator ?? "");
}

function dropButton(desk: Desk, party: "client" | "third", name: string): Html {
  const words = `${t("conference.drop", { who: name })} (${shownKey(party === "client" ? "Alt Z" : "Alt X")})`;
  return html`<button class="quiet" data-act="drop-${party}" title=${words} aria-label=${words}
    ?disabled=${!desk.controls.can("drop")} @click=${() => desk.controls.drop(party)}>
    ${icon("x")}</button>`;
}

function wrapUp(desk: Desk, one: ConversationView): Html {
  return html`<div class="strip tone-wrap_up">
    ${mark("wrap_up")}
    <div class="strip-text">
      <strong class="strip-who" title=${t("wrap_up.title", { who: whoIs(one) })}>${whoIs(one)}</strong>
      <span class="strip-why">${t(one.wrap_up_until ? "wrap_up.hint" : "wrap_up.over")}</span>
    </div>
    ${one.wrap_up_until
      ? html`<div class="strip-figure"><span>${t("wrap_up.left")}</span>
          <tick-time class="big" until=${one.wrap_up_until}></tick-time></div>` : nothing}
    <button class="button" data-act="extend" ?disabled=${!one.extensions_left}
      title=${one.extensions_left ? t("wrap_up.times_left", { n: one.extensions_left })
        : t("wrap_up.none_left")}
      @click=${() => void desk.ask("conversation.extend", { conversation: one.id })}>
      ${icon("plus")} ${t("wrap_up.more")} ${keyHint("Alt M")}</button>
  </div>`;
}

function who(one: ConversationView): Html {
  const name = whoIs(one);
  return name === one.number_label
    ? html`<span class="number">${one.number_label}</span>`
    : html`<span class="number">${one.number_label}</span> · ${name}`;
}

function quality(desk: Desk): Html {
  const found = desk.phone.call?.quality;
  if (!found) return nothing;
  return html`<span class="line-quality is-${found.verdict}"
    title=${t("quality.title", { ms: found.roundTripMs, jitter: found.jitterMs,
                                   loss: percent(found.lossShare) })}>
    <i class="bars"></i>${t(`quality.${found.verdict}`)}</span>`;
}

function why(one: ConversationView): Html {
  const parts = [one.campaign ? t("strip.campaign", { name: one.campaign }) : say(one.queue_name),
                 menuPath(one.menu_path)].filter(Boolean);
  return html`${parts.join(" · ")}${one.waited_s >= 1
    ? html` · ${t("strip.waited")} <span class="num">${clock(one.waited_s)}</span>` : nothing}`;
}
