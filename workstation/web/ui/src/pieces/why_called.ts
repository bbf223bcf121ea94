// Why is this client not called? Opened by hand: the law by number, the ledger by campaign.
import { html, nothing } from "lit";
import type { EntryWhyView, NumberWhyView } from "../protocol.gen.js";
import { whyOf } from "../outbound.js";
import { say, t } from "../texts.js";
import type { Html } from "./bits.js";
import { Piece } from "./piece.js";

interface Told {
  numbers: NumberWhyView[];
  entries: EntryWhyView[];
}

class WhyCalled extends Piece {
  static override readonly follows = [] as const;
  static override properties = { desk: { attribute: false }, client: { attribute: false } };
  declare client: number;
  private told: Told | null = null;
  private toldOf = 0;

  protected override render(): Html {
    const told = this.toldOf === this.client ? this.told : null;
    return html`<details class="why-called" @toggle=${this.toggled}><summary>${t("why.not_called")}</summary>
      ${told ? html`<ul>${told.numbers.map(number)}${told.entries.map(entry)}
        ${told.numbers.length + told.entries.length ? nothing : html`<li class="faint">${t("why.nothing")}</li>`}</ul>` : nothing}</details>`;
  }

  private toggled = (event: Event): void => {
    if ((event.target as HTMLDetailsElement).open && this.toldOf !== this.client) void this.read();
  };

  private async read(): Promise<void> {
    const client = this.client;
    const found = await this.desk.ask("client.why_not_called", { client_id: client });
    if (!found) return;
    this.told = found as Told;
    this.toldOf = client;
    this.requestUpdate();
  }
}

function number(one: NumberWhyView): Html {
  return html`<li><span class="number">${one.label}</span> ${one.why
    ? html`<strong>${whyOf({ why: one.why, facts: one.facts ?? {}, until: one.until ?? null })}</strong>`
    : html`<span class="faint">${t("why.may_be")}</span>`}</li>`;
}

function entry(one: EntryWhyView): Html {
  return html`<li><strong>${one.campaign}</strong>${one.running ? nothing : html` <span class="faint">${t("why.not_running")}</span>`}
    ${say(one.sentence)}</li>`;
}

customElements.define("why-called", WhyCalled);
