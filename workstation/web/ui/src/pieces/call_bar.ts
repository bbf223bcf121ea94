// The call bar: my state, the call that rings or runs, the telephone's buttons. Nothing here moves.
import { html, nothing } from "lit";
import { whoIs } from "../announce.js";
import type { ConversationView } from "../protocol.gen.js";
import { say, t } from "../texts.js";
import { icon, keyHint, mark, menuPath, tone, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import "./state_menu.js";
import type { IconName } from "../icon_shapes.js";

class CallBar extends Piece {
  static override readonly follows = ["conversations", "operators"] as const;

  protected override render(): Html {
    return html`
      <state-menu .desk=${this.desk}></state-menu>
      <div class="strip-place">${this.strip()}</div>
      <div class="call-buttons" role="group" aria-label=${t("call.buttons")}>${this.buttons()}</div>`;
  }

  private strip(): Html {
    const live = this.desk.live;
    if (live?.state === "ringing") return this.ringing(live);
    if (live) return this.talking(live);
    const wrapping = this.desk.wrappingUp;
    return wrapping ? this.wrapUp(wrapping) : this.idle();
  }

  private idle(): Html {
    const operator = this.desk.operator;
    const state = operator?.state ?? "offline";
    if (state === "offline" || state === "paused") {
      return html`<div class="strip strip-idle">
        <span>${t(`strip.${state}`)}</span>
        <button class="button primary" @click=${() => void this.desk.phone.goReady()}>
          ${icon("headphones")} ${t("state.go_ready")} ${keyHint("Alt 0")}</button></div>`;
    }
    return html`<div class="strip strip-idle"><span>${t("strip.ready")}</span></div>`;
  }

  private ringing(one: ConversationView): Html {
    return html`<div class="strip tone-offered" role="alert">
      ${mark("ringing")}
      <div class="strip-text">
        <strong class="strip-who">${this.who(one)}</strong>
        <span class="strip-why">${why(one)}</span>
      </div>
      <div class="strip-figure"><span>${t("call.ringing")}</span>
        <tick-time since=${one.offered_at}></tick-time></div>
      ${this.desk.phone.isWeb
        ? html`<button class="button answer" data-act="answer"
            @click=${() => this.desk.phone.answer()}>
            ${icon("phone")} ${t("call.answer")} ${keyHint("F2")}</button>`
        : html`<span class="strip-hint">${t("call.answer_on_desk")}</span>`}
    </div>`;
  }

  private talking(one: ConversationView): Html {
    const held = one.state === "held" || this.desk.phone.call?.state === "held";
    const state = held ? "held" : "talking";
    return html`<div class="strip ${tone(state)}">
      ${mark(state)}
      <div class="strip-text">
        <strong class="strip-who">${this.who(one)}</strong>
        <span class="strip-why">${why(one)}</span>
      </div>
      ${this.quality()}
      <div class="strip-figure"><span>${t(held ? "call.held" : "call.talking")}</span>
        <tick-time class="big" since=${one.answered_at ?? one.offered_at}></tick-time></div>
    </div>`;
  }

  private wrapUp(one: ConversationView): Html {
    return html`<div class="strip tone-wrap_up">
      ${mark("wrap_up")}
      <div class="strip-text">
        <strong class="strip-who">${t("wrap_up.title", { who: whoIs(one) })}</strong>
        <span class="strip-why">${t(one.wrap_up_until ? "wrap_up.hint" : "wrap_up.over")}</span>
      </div>
      ${one.wrap_up_until
        ? html`<div class="strip-figure"><span>${t("wrap_up.left")}</span>
            <tick-time class="big" until=${one.wrap_up_until}></tick-time></div>` : nothing}
      <button class="button" data-act="extend" @click=${() => void this.desk.ask(
        "conversation.extend", { conversation: one.id })}>
        ${icon("plus")} ${t("wrap_up.more")} ${keyHint("Alt M")}</button>
    </div>`;
  }

  private who(one: ConversationView): Html {
    const name = whoIs(one);
    return name === one.number_label
      ? html`<span class="number">${one.number_label}</span>`
      : html`<span class="number">${one.number_label}</span> · ${name}`;
  }

  private quality(): Html {
    const quality = this.desk.phone.call?.quality;
    if (!quality) return nothing;
    return html`<span class="line-quality is-${quality.verdict}"
      title=${t("quality.title", { ms: quality.roundTripMs })}>
      <i class="bars"></i>${t(`quality.${quality.verdict}`)}</span>`;
  }

  private buttons(): Html {
    const call = this.desk.phone.call;
    const isOn = call?.state === "talking" || call?.state === "held";
    const mayEnd = call !== null || this.desk.live !== null;
    const { web } = this.desk.phone;
    const held = call?.state === "held";
    return html`
      ${this.button("hold", held ? "play" : "pause", held ? "call.resume" : "call.hold", "F4", isOn,
                    () => web?.toggleHold(), held)}
      ${this.button("mute", call?.muted ? "mic-off" : "mic", call?.muted ? "call.unmute" : "call.mute",
                    "F6", isOn, () => web?.toggleMute(), call?.muted)}
      ${this.button("transfer", "phone-forwarded", "call.transfer", "F7", isOn,
                    () => this.desk.open("transfer"))}
      ${this.button("keypad", "grip", "call.keypad", "F8", isOn, () => this.desk.open("keypad"))}
      ${this.button("end", "phone-off", "call.end", "F9", mayEnd, () => this.desk.phone.end())}`;
  }

  private button(id: string, name: IconName, text: string, key: string, enabled: boolean,
                 run: () => void, pressed?: boolean): Html {
    return html`<button class="call-button is-${id}" data-act=${id} ?disabled=${!enabled}
      aria-pressed=${pressed === undefined ? nothing : String(pressed)} @click=${run}>
      ${icon(name)}<span>${t(text)}</span>${keyHint(key)}</button>`;
  }
}

function why(one: ConversationView): Html {
  const parts = [one.campaign ? t("strip.campaign", { name: one.campaign }) : say(one.queue_name),
                 menuPath(one.menu_path)].filter(Boolean);
  return html`${parts.join(" · ")}${one.waited_s >= 1
    ? html` · ${t("strip.waited")} <span class="num">${clockOf(one)}</span>` : nothing}`;
}

function clockOf(one: ConversationView): string {
  const whole = Math.floor(one.waited_s);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

customElements.define("call-bar", CallBar);
