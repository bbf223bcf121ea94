// The one live page: top line, banners, and the layout of the tab that is open.
import { html, nothing } from "lit";
import type { Desk, Tab } from "../desk.js";
import { secondsSince } from "../moments.js";
import type { GapView } from "../protocol.gen.js";
import { changeLocale } from "../speak.js";
import { isRingMuted, muteRing, readPage, theme, wear, type Theme } from "../settings.js";
import { spoken, t, timeToTheSecond } from "../texts.js";
import type { IconName } from "../icon_shapes.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import "./icon.js";
import "./tick.js";
import "./call_bar.js";
import "./conversation_list.js";
import "./client_card.js";
import "./time_line.js";
import "./work_area.js";
import "./day_panel.js";
import "./foot_bar.js";
import "./request_board.js";
import "./task_alerts.js";
import "./team_alerts.js";
import "./preview_bar.js";
import "./task_board.js";
import "./base_pages.js";
import "./dialogs.js";

const THEMES: Record<Theme, [Theme, IconName]> = {
  system: ["light", "monitor"], light: ["dark", "sun"], dark: ["system", "moon"],
};

class DeskApp extends Piece {
  private leads: Promise<unknown> | undefined;
  private isComplete = false;         // the leads' pages are there

  protected override render(): Html {
    const { desk } = this;
    if (desk.isLead && !this.isComplete) {
      this.leads ??= import("./lead_pages.js").then(() => { this.isComplete = true; this.requestUpdate(); });
    }
    // An element that is defined after it was drawn has no desk yet when it comes to life.
    if (!desk.me || (desk.isLead && !this.isComplete)) return html`<p class="starting" role="status">${t("page.connecting")}</p>`;
    return html`
      ${this.topLine()}
      <div class="banners">${this.banners()}</div>
      ${desk.hasDesk ? html`<preview-bar .desk=${desk}></preview-bar>` : nothing}
      ${desk.isOnCalls ? html`<call-bar class="call-bar" role="region"
        aria-label=${t("call.bar")} .desk=${desk}></call-bar>` : nothing}
      <main class="main is-${desk.tab} ${desk.isIdle ? "is-idle" : ""}">${this.layout(desk)}</main>
      ${desk.isOnCalls ? html`<foot-bar class="foot-bar" role="contentinfo" .desk=${desk}></foot-bar>` : nothing}
      <div class="toasts" role="status" aria-live="polite">${desk.toasts.map((toast) => html`
        <button class="toast is-${toast.tone}" @click=${() => desk.forget(toast.id)}>
          ${icon(toast.tone === "error" ? "triangle-alert" : "check")} ${toast.text}</button>`)}</div>
      <task-alerts class="task-alerts" role="status" .desk=${desk}></task-alerts>
      <team-alerts class="team-alerts" .desk=${desk}></team-alerts>
      ${desk.isLead ? html`<listening-bar .desk=${desk}></listening-bar>` : nothing}
      <desk-dialogs .desk=${desk}></desk-dialogs>`;
  }

  private layout(desk: Desk): Html {
    switch (desk.tab) {
      case "floor": return html`<floor-board class="page" .desk=${desk}></floor-board>`;
      case "calls": return html`<calls-board class="page" .desk=${desk}></calls-board>`;
      case "campaigns": return html`<campaign-board class="page" .desk=${desk}></campaign-board>`;
      case "base": return html`<base-pages class="page base-pages" .desk=${desk}></base-pages>`;
      case "reports": return html`<report-page class="page" .desk=${desk}></report-page>`;
      case "tasks": return html`<task-board class="page" .desk=${desk}></task-board>`;
      case "requests": return html`<request-board class="page" .desk=${desk}></request-board>`;
      default: return html`<h1 class="sr-only">${t("tab.desk")}</h1>
        <conversation-list class="column" .desk=${desk}></conversation-list>
        <client-panel class="column" .desk=${desk}></client-panel>
        <time-line class="column" .desk=${desk}></time-line>
        <work-area class="column" .desk=${desk}></work-area>
        ${desk.isIdle ? html`<day-panel class="column is-idle" .desk=${desk}></day-panel>` : nothing}`;
    }
  }

  // ── the top line ──────────────────────────────────────────────────────────────────────────
  private topLine(): Html {
    const { desk } = this;
    return html`<header class="top-line">
      <span class="brand">${desk.catalogue?.company}</span>
      <nav class="tabs" aria-label=${t("page.tabs")}>${desk.tabs.map((tab) => this.tab(tab))}</nav>
      <span class="spring"></span>
      ${desk.hasDesk ? html`<button class="search-button" @click=${() => desk.open("search")}>
        ${icon("search")}<span>${t("search.short")}</span>${keyHint("Ctrl K")}</button>` : nothing}
      ${this.ringButton()}${this.localeButton()}${this.themeButton()}
      <span class="me">${icon("user")} ${desk.me?.name}</span>
      <button class="quiet" title=${t("page.sign_out")} aria-label=${t("page.sign_out")}
        @click=${() => void desk.signOut()}>${icon("log-out")}</button></header>`;
  }

  private tab(tab: Tab): Html {
    return html`<button aria-current=${this.desk.tab === tab ? "page" : "false"} data-tab=${tab}
      @click=${() => this.desk.go(tab)}>${t(`tab.${tab}`)}${this.tabCount(tab)}</button>`;
  }

  private tabCount(tab: Tab): Html {
    const { requests, calls } = this.desk.views;
    if (tab === "tasks") return this.taskCount();
    const count = tab === "requests" ? Object.keys(requests).length
      : tab === "calls" ? Object.keys(calls).length : 0;
    return count ? html` <span class="count">${count}</span>` : nothing;
  }

  private taskCount(): Html {
    const { mine, late } = this.desk.tasks;
    if (mine.length === 0) return nothing;
    return html` <span class="count ${late.length ? "is-late" : ""}">${mine.length}${
      late.length ? " !" : ""}</span>`;
  }

  private localeButton(): Html {
    const { locales } = readPage();
    return html`<label class="locale-choice" title=${t("palette.language")}>${icon("languages")}
      <select class="locale" data-act="locale" aria-label=${t("palette.language")}
        @change=${(event: Event) => void changeLocale((event.target as HTMLSelectElement).value)
          .then(this.desk.changed)}>${locales.map(({ id, name }) => html`<option value=${id}
          lang=${id} ?selected=${id === spoken()}>${name}</option>`)}</select></label>`;
  }

  private themeButton(): Html {
    const [next, name] = THEMES[theme()];
    const words = t(`theme.${theme()}`);
    return html`<button class="quiet" title=${words} aria-label=${words} data-act="theme"
      @click=${() => { wear(next); this.requestUpdate(); }}>${icon(name)}</button>`;
  }

  private ringButton(): Html {
    if (!this.desk.hasDesk) return nothing;
    const muted = isRingMuted();
    const words = t(muted ? "ring.muted" : "ring.on");
    return html`${this.desk.phone.web ? html`<button class="quiet" data-act="devices"
      title=${t("devices.title")} aria-label=${t("devices.title")}
      @click=${() => this.desk.open("devices")}>${icon("headphones")}</button>` : nothing}
      <button class="quiet" title=${words} aria-label=${words} aria-pressed=${muted}
      @click=${() => { muteRing(!muted); this.requestUpdate(); }}>
      ${icon(muted ? "bell-off" : "bell")}</button>`;
  }

  // ── banners ───────────────────────────────────────────────────────────────────────────────
  private banners(): Html {
    const { desk } = this;
    return html`
      ${desk.lostAt && !desk.isUp ? html`<div class="banner is-red" role="alert">
        ${icon("link-2-off")}<span>${t("lost.banner")} <tick-time since=${desk.lostAt}></tick-time></span>
        </div>` : nothing}
      ${desk.upgrade.isThere ? html`<div class="banner" role="status">${icon("refresh-cw")}
        <span>${t("upgrade.ready")}</span><button class="button small" data-act="upgrade"
          @click=${() => desk.upgrade.take()}>${t("upgrade.now")}</button></div>` : nothing}
      ${this.phoneBanner()}
      ${Object.values(desk.views.gaps).filter((gap) => isTold(gap, desk.isLead, desk.operator?.pbx ?? "")).map(gapBanner)}`;
  }

  private phoneBanner(): Html {
    const { web } = this.desk.phone;
    if (!web || this.desk.operator?.phone === "desk") return nothing;
    if (web.state === "elsewhere") {
      return html`<div class="banner" role="status">${icon("headphones")}
        <span>${t("phone.elsewhere")}</span>
        <button class="button small" data-act="take-over"
          @click=${() => void this.desk.phone.takeOver()}>${t("phone.take_over")}</button></div>`;
    }
    if (!["insecure", "refused", "no_device", "busy", "lost"].includes(web.state)) return nothing;
    return html`<div class="banner is-red" role="alert">${icon("mic-off")}
      <span>${t(`phone.${web.state}`)}</span>${web.state === "lost" ? nothing : html`
      <button class="button small" @click=${() => void web.start()}>${t("phone.try_again")}</button>`}
      </div>`;
  }
}

/** An open gap concerns everybody whose phone is there (`own`, where there are several
    Asterisks), and leads; a closed one is told to leads for a while. */
function isTold(gap: GapView, isLead: boolean, own: string): boolean {
  if (gap.until === null) return isLead || !own || own === gap.pbx;
  return isLead && secondsSince(gap.until) < 15 * 60;
}

function gapBanner(gap: GapView): Html {
  if (gap.until === null) {
    return html`<div class="banner is-red" role="alert">${icon("link-2-off")}
      <span>${t("gap.now", { pbx: gap.pbx })} <tick-time since=${gap.since}></tick-time></span></div>`;
  }
  const mended = gap.mended ?? 0;
  const unknown = gap.unknown ?? 0;
  const said = [
    t(`gap.was.${gap.why ?? "link"}`, { pbx: gap.pbx, since: timeToTheSecond(gap.since),
                              until: timeToTheSecond(gap.until) }),
    mended > 0 ? t("gap.calls", { n: mended }) : "",
    gap.looking ? t("gap.looking") : unknown > 0 ? t("gap.unknown", { n: unknown }) : ""];
  return html`<div class="banner" role="status">${icon("clock")}<span>${
    said.filter((part) => part !== "").join(" ")}</span></div>`;
}

customElements.define("desk-app", DeskApp);
