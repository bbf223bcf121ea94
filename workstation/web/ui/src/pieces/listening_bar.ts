// Whom I hear, and how: over the page's foot, so that nothing moves when it comes and goes.
import { html, nothing } from "lit";
import { phone } from "../numbers.js";
import { hearing, MODES, supervise, type Deed } from "../supervision.js";
import { t } from "../texts.js";
import type { IconName } from "../icon_shapes.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

export const LOOKS: Record<Deed, { icon: IconName; key: string }> = {
  listen: { icon: "headphones", key: "L" },
  whisper: { icon: "mic", key: "W" },
  barge: { icon: "users", key: "B" },
  take_over: { icon: "phone-forwarded", key: "G" },
  stop_listening: { icon: "square", key: "H" },
};

class ListeningBar extends Piece {
  static override readonly follows = ["calls", "operators"] as const;

  protected override render(): Html {
    const heard = hearing(this.desk);
    if (!heard) return nothing;
    const { call, mine } = heard;
    const who = this.desk.operatorName(mine.operator ?? call.operator ?? "");
    const whom = call.client_name || phone(call.number);
    return html`<div class="listening is-${mine.mode}" role="region" aria-label=${t("supervise.bar")}>
      ${icon(LOOKS[mine.mode].icon)}
      <div class="listening-text" role="status"><strong>${t(`supervise.now.${mine.mode}`, { who })}</strong>
        <span>${whom}</span></div>
      <tick-time since=${mine.since ?? ""}></tick-time>
      <div class="listening-modes" role="group" aria-label=${t("supervise.modes")}>
        ${MODES.map((mode) => this.button(mode, call.id, mine.mode === mode))}</div>
      ${this.button("take_over", call.id)}${this.button("stop_listening", call.id)}</div>`;
  }

  private button(deed: Deed, call: string, pressed?: boolean): Html {
    const { icon: shape, key } = LOOKS[deed];
    return html`<button class="button" data-act=${deed}
      aria-pressed=${pressed === undefined ? nothing : String(pressed)}
      @click=${() => void supervise(this.desk, deed, call)}>
      ${icon(shape)} ${t(`supervise.${deed}`)} ${keyHint(`Alt ${key}`)}</button>`;
  }
}

customElements.define("listening-bar", ListeningBar);
