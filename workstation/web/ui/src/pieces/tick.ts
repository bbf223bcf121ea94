// <tick-time since|until>: a running clock on the server's time; only its own text changes.
import { everySecond, secondsSince, secondsUntil } from "../moments.js";
import { clock, stretch } from "../texts.js";
import { rewriteOnSpeak } from "./piece.js";

export class TickTime extends HTMLElement {
  static readonly observedAttributes = ["since", "until", "words", "over"];
  private stop: (() => void) | undefined;
  private stopSpeaking: (() => void) | undefined;

  connectedCallback(): void {
    this.stop = everySecond(() => this.write());
    this.stopSpeaking = rewriteOnSpeak(() => this.write());
    this.write();
  }

  disconnectedCallback(): void {
    this.stop?.();
    this.stopSpeaking?.();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.write();
  }

  private write(): void {
    const text = this.hasAttribute("words") ? stretch(this.seconds()) : clock(this.seconds());
    if (this.textContent !== text) this.textContent = text;
    const over = Number(this.getAttribute("over") ?? "NaN");
    this.classList.toggle("is-over", this.seconds() > over);
  }

  private seconds(): number {
    const until = this.getAttribute("until");
    if (until) return Math.max(0, Math.ceil(secondsUntil(until)));
    return secondsSince(this.getAttribute("since") ?? "");
  }
}

customElements.define("tick-time", TickTime);
