// The tabs of the work area: request, script, offers. They keep their place and their keys.
import { html, nothing } from "lit";
import type { Desk } from "../desk.js";
import type { WorkTab } from "../guide.js";
import { t } from "../texts.js";
import { keyHint, type Html } from "./bits.js";
import "./script_panel.js";
import "./offers_panel.js";

const KEYS: Record<WorkTab, string> = { request: "Alt R", script: "Alt Q", offers: "Alt V" };

export function workHead(desk: Desk): Html {
  if (!desk.shown) return html`<header class="column-head"><h2>${t("work.request")}</h2></header>`;
  return html`<header class="column-head work-head"><div class="work-tabs" role="tablist"
    aria-label=${t("work.tabs")}>
    ${desk.guide.tabs.map((tab) => html`<button role="tab" class="work-tab" data-work=${tab}
      id="work-${tab}" aria-controls="work-panel" aria-selected=${desk.guide.tab === tab}
      @click=${() => desk.guide.open(tab)}>${t(`work.${tab}`)} ${keyHint(KEYS[tab])}</button>`)}
  </div></header>`;
}

/** The open tab but for the request's, which the work area draws itself. */
export function guided(desk: Desk): Html {
  const { conversation, shown, guide } = desk;
  const clientId = shown?.kind === "client" ? shown.id : conversation?.client_id ?? null;
  const one = shown?.kind === "client" ? null : conversation;
  if (guide.tab === "script" && one) {
    return html`<script-panel .desk=${desk} .conversation=${one}></script-panel>`;
  }
  if (guide.tab !== "offers") return nothing;
  return clientId === null ? html`<p class="faint">${t("work.choose_first")}</p>`
    : html`<offers-panel .desk=${desk} .client=${clientId} .conversation=${one}></offers-panel>`;
}
