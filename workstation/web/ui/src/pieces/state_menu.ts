// My own state with its running time, and the choices behind it: ready, pauses, off, which phone.
import { html, nothing } from "lit";
import { stretch, t, tOr } from "../texts.js";
import { icon, keyHint, mark, type Html } from "./bits.js";
import { timeUsed } from "./pause_words.js";
import { Piece } from "./piece.js";

class StateMenu extends Piece {
  static override readonly follows = ["operators"] as const;
  private pin = "";

  protected override render(): Html {
    const operator = this.desk.operator;
    const state = operator?.state ?? "offline";
    const reason = state === "paused" && operator?.reason ? this.reason(operator.reason) : "";
    return html`
      <button class="state-button" popovertarget="state-choices" aria-haspopup="menu"
        data-state=${state}>
        ${mark(state)}
        <span class="state-word">${t(`state.${state}`)}</span>
        <tick-time since=${operator?.since ?? ""}></tick-time>
        ${icon("chevron-down")}
        <span class="state-phone ${reason ? "" : this.phoneTone()}"
          title=${this.phoneWords()}>${reason
            ? html`<span class="state-reason">${reason}</span> · ` : nothing}${this.phoneWords()}</span>
      </button>
      <div id="state-choices" class="menu" popover role="menu" aria-label=${t("state.menu")}
        @keydown=${this.walk} @toggle=${this.toggled}>${this.choices()}</div>`;
  }

  private reason(id: string): string {
    const named = this.desk.catalogue?.pause_reasons.find((reason) => reason.id === id)?.name;
    return tOr(`reason.${id}`, named ?? id);
  }

  /** How long it may last; how much of it is used, while one is in it. */
  private limit(id: string): Html {
    const minutes = this.desk.catalogue?.pause_limits?.[id];
    if (!minutes) return nothing;
    const mine = this.desk.operator;
    return mine?.state === "paused" && mine.reason === id ? timeUsed(mine)
      : html`<span class="pause-used">${t("pause.up_to", { limit: stretch(minutes * 60) })}</span>`;
  }

  private choices(): Html {
    const { phone, catalogue, operator } = this.desk;
    return html`
      ${this.choice("ready", html`${mark("ready")} ${t("state.ready")}`, "Alt 0",
                    () => void phone.goReady())}
      <p class="menu-title">${t("state.pause")}</p>
      ${(catalogue?.pause_reasons ?? []).map((reason) => this.choice(`paused-${reason.id}`,
        html`${mark("paused")} ${this.reason(reason.id)} ${this.limit(reason.id)}`, "",
        () => void phone.goAway("paused", reason.id)))}
      <hr>
      ${this.choice("offline", html`${mark("offline")} ${t("state.go_offline")}`, "",
                    () => void phone.goAway("offline"))}
      <p class="menu-title">${t("phone.which")}</p>
      ${phone.web ? this.choice("use-web", html`${icon("headphones")} ${t("phone.web")}`,
        "", () => void phone.use("web"), phone.isWeb) : nothing}
      ${this.choice("use-desk", html`${icon("phone")} ${t("phone.desk")}`, "",
                    () => void phone.use("desk"), operator?.phone === "desk")}
      ${this.pin ? html`<p class="menu-title" role="status">${t("pin.is", { pin: this.pin })}</p>`
        : html`<button class="menu-item" role="menuitem" data-act="renew-pin"
            @click=${() => void this.renewPin()}>${icon("grip")} ${t("pin.renew")}</button>`}`;
  }

  /** Shown until the menu is closed. */
  private async renewPin(): Promise<void> {
    const result = await this.desk.ask("pin.renew", {}) as { pin: string } | null | undefined;
    this.pin = result?.pin ?? "";
    this.requestUpdate();
  }

  private choice(id: string, what: Html, key: string, run: () => void, chosen?: boolean): Html {
    const role = chosen === undefined ? "menuitem" : "menuitemradio";
    return html`<button class="menu-item" role=${role} data-act=${id}
      aria-checked=${chosen === undefined ? nothing : String(chosen)}
      @click=${() => { this.close(); run(); }}>${what}${key ? keyHint(key) : nothing}
      ${chosen ? icon("check") : nothing}</button>`;
  }

  private get menu(): HTMLElement | null {
    return this.querySelector("#state-choices");
  }

  private close(): void {
    this.menu?.hidePopover();
  }

  private toggled = (event: Event): void => {
    const open = (event as ToggleEvent).newState === "open";
    if (open) this.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
    else if (this.pin) { this.pin = ""; this.requestUpdate(); }
  };

  private walk = (event: KeyboardEvent): void => {
    const step = event.code === "ArrowDown" ? 1 : event.code === "ArrowUp" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const items = [...this.querySelectorAll<HTMLElement>("[role^=menuitem]")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    items.at((at + step + items.length) % items.length)?.focus();
  };

  private phoneWords(): string {
    const { phone, operator } = this.desk;
    if (operator?.phone === "desk") {
      return t(operator.registered ? "phone.desk_ready" : "phone.desk_gone");
    }
    return phone.web ? t(`phone.short.${phone.web.state}`) : t("phone.none");
  }

  private phoneTone(): string {
    const { phone, operator } = this.desk;
    if (operator?.phone === "desk") return operator.registered ? "" : "is-bad";
    return phone.web && ["off", "asking", "connecting", "ready"].includes(phone.web.state)
      ? "" : "is-bad";
  }
}

customElements.define("state-menu", StateMenu);
