// The call bar: my state, the call that rings or runs, the telephone's buttons. Nothing here moves:
// a button keeps its place and its key, and while somebody is asked it does what fits there then.
import { html, nothing } from "lit";
import type { ListenerView } from "../protocol.gen.js";
import { t } from "../texts.js";
import { shownKey } from "../own_keys.js";
import { icon, keyHint, type Html } from "./bits.js";
import { strip } from "./call_strip.js";
import { Piece } from "./piece.js";
import "./state_menu.js";
import type { IconName } from "../icon_shapes.js";

interface Button {
  id: string;
  icon: IconName;
  text: string;
  key: string;
  enabled: boolean;
  run: () => void;
  pressed?: boolean;
  ends?: boolean;
}

class CallBar extends Piece {
  static override readonly follows = ["conversations", "operators", "helps"] as const;

  protected override render(): Html {
    return html`
      <state-menu .desk=${this.desk}></state-menu>
      <div class="strip-place">${strip(this.desk)}</div>
      <div class="rec-place">${this.recording()}${this.listened()}</div>
      <div class="call-buttons" role="group" aria-label=${t("call.buttons")}>
        ${this.buttons().map((one) => button(one))}</div>
      <div class="help-place">${this.help()}</div>`;
  }

  /** Leads see it at once; pressed again it is over. */
  private help(): Html {
    const mine = this.desk.team.myHelp;
    const words = mine ? mine.answered_at ? "help.comes" : "help.asked" : "help.me";
    return html`<button class="call-button ${mine ? "is-help" : ""}" data-act="help"
      title=${`${t("help.how")} (${shownKey("Alt Y")})`} aria-pressed=${mine !== null}
      @click=${() => void this.desk.team.help()}>${icon("circle-help")}<span>${t(words)}</span>${
      keyHint("Alt Y")}</button>`;
  }

  // ── what is recorded, who listens ─────────────────────────────────────────────────────────
  private recording(): Html {
    const { live, controls } = this.desk;
    if (!live || live.state === "ringing") return nothing;
    const { recording = "" } = live;
    if (!recording && !controls.can("record")) return nothing;
    const pauses = recording === "paused" ? "resume_recording" : "pause_recording";
    const act = recording ? pauses : "record";
    const words = `${t(`recording.${act}`)} (${shownKey(recording ? "Alt P" : "Alt O")})`;
    return html`<div class="rec">
      <button class="rec-mark is-${recording || "off"}" data-act="recording" title=${words}
        ?disabled=${!controls.can(act)}
        @click=${() => recording ? controls.pauseRecording() : controls.record()}>
        <i class="rec-dot"></i>${t(`recording.mark.${recording || "off"}`)}</button>
      ${recording && controls.can("record") ? html`<button class="quiet" data-act="stop-recording"
        title=${`${t("recording.stop")} (${shownKey("Alt O")})`} aria-label=${t("recording.stop")}
        @click=${() => controls.record()}>${icon("square")}</button>` : nothing}</div>`;
  }

  private listened(): Html {
    const listeners = this.desk.live?.listeners ?? [];
    const [first] = listeners;
    if (!first) return nothing;
    const words = listeners.map((one) => this.listener(one)).join(", ");
    return html`<span class="listened is-${first.mode}" role="status" title=${words}>
      ${icon("headphones")}<span>${words}</span></span>`;
  }

  private listener({ mode, supervisor, name }: ListenerView): string {
    return t(`listener.${mode}`, { who: name || this.desk.operatorName(supervisor) });
  }

  // ── the buttons, in their places ──────────────────────────────────────────────────────────
  private buttons(): Button[] {
    const { controls } = this.desk;
    const { isConsulting, isConference } = controls;
    return [
      isConsulting ? this.swap() : this.hold(),
      { id: "mute", icon: controls.isMuted ? "mic-off" : "mic", key: "F6",
        text: controls.isMuted ? "call.unmute" : "call.mute", pressed: controls.isMuted,
        enabled: controls.mayMute, run: () => controls.mute() },
      { id: "transfer", icon: isConsulting ? "check" : "phone-forwarded", key: "F7",
        text: isConsulting ? "call.complete" : "call.transfer",
        enabled: controls.mayTransfer, run: () => controls.transferOrComplete() },
      { id: "keypad", icon: "grip", text: "call.keypad", key: "F8", enabled: controls.mayPress,
        run: () => this.desk.open("keypad") },
      { id: "park", icon: isConsulting ? "users" : "square-parking", key: "F10",
        text: isConsulting ? "call.conference" : "call.park",
        enabled: controls.mayPark, run: () => controls.parkOrJoin() },
      { id: "end", icon: isConsulting ? "undo-2" : "phone-off", key: "F9",
        text: isConsulting ? "call.cancel" : isConference ? "call.leave" : "call.end",
        enabled: controls.mayEnd, run: () => controls.end(), ends: !isConsulting },
    ];
  }

  private hold(): Button {
    const { controls } = this.desk;
    const held = controls.isHeld;
    return { id: "hold", icon: held ? "play" : "pause", text: held ? "call.resume" : "call.hold",
             key: "F4", enabled: controls.mayHold, run: () => controls.hold(), pressed: held };
  }

  private swap(): Button {
    const { controls } = this.desk;
    return { id: "hold", icon: "arrow-left-right", text: "call.swap", key: "F4",
             enabled: controls.mayHold, run: () => controls.hold() };
  }
}

function button({ id, icon: name, text, key, enabled, run, pressed, ends }: Button): Html {
  return html`<button class="call-button ${ends ? "is-end" : ""}" data-act=${id} ?disabled=${!enabled}
    title=${`${t(`${text}.how`)} (${shownKey(key)})`} data-does=${text}
    aria-pressed=${pressed === undefined ? nothing : String(pressed)} @click=${run}>
    ${icon(name)}<span>${t(text)}</span>${keyHint(key)}</button>`;
}

customElements.define("call-bar", CallBar);
