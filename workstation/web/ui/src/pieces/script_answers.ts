// What was answered to a script in a contact: a line of the timeline that opens.
import { html, nothing } from "lit";
import { now } from "../moments.js";
import type { GivenView } from "../protocol.gen.js";
import { dayAndTime, t } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

class ScriptAnswers extends Piece {
  static override readonly follows = [] as const;
  static override properties = { ...Piece.properties, interaction: { type: Number },
                                 count: { type: Number } };
  declare interaction: number;
  declare count: number;
  private given: GivenView[] | null = null;
  private isOpen = false;

  protected override render(): Html {
    return html`<button class="quiet script-answers-head" data-act="answers"
        aria-expanded=${this.isOpen} @click=${() => void this.toggle()}>
        ${icon("clipboard-list")} ${t("answers.count", { n: this.count })}</button>
      ${this.isOpen && this.given ? html`<dl class="script-answers">${this.given.map((one) => html`
        <dt>${one.question}</dt>
        <dd title=${`${this.desk.operatorName(one.by)}, ${dayAndTime(one.at, now())}`}>${
          one.answer}</dd>`)}</dl>` : nothing}`;
  }

  private async toggle(): Promise<void> {
    this.isOpen = !this.isOpen;
    if (this.isOpen) {
      const told = await this.desk.ask("script.answers", { interaction: this.interaction });
      this.given = (told as { answers?: GivenView[] } | undefined)?.answers ?? [];
    }
    this.requestUpdate();
  }
}

customElements.define("script-answers", ScriptAnswers);
