// The dialog that dials: number, whose it is, what the client sees, and why it may not be called.
import { html, nothing } from "lit";
import { numberIn, whyOf } from "../outbound.js";
import type { DiallingView } from "../protocol.gen.js";
import { say, t } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const ASK_AFTER_MS = 200;
const SHORTEST = 3;

class DialForm extends Piece {
  static override readonly follows = [] as const;
  private told: DiallingView | null = null;
  private queue = "";
  private clientId: number | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.clientId = this.desk.outbound.draft.clientId;
    if (this.desk.outbound.draft.number) void this.look();
  }

  protected override firstUpdated(): void {
    this.querySelector<HTMLInputElement>("[autofocus]")?.select();
  }

  protected override render(): Html {
    const { draft, refusal } = this.desk.outbound;
    const why = this.told ? whyOf(this.told) : "";
    return html`<header class="dialog-head"><h2>${t("dial.title")}</h2>
        <button class="quiet" aria-label=${t("close")} @click=${() => this.desk.open("")}>
          ${icon("x")}</button></header>
      <form class="pad dial-form" @submit=${this.submit}>
        <label class="field"><span>${t("dial.number")}</span>
          <input id="dial-number" name="number" inputmode="tel" autocomplete="off" maxlength="32"
            autofocus required .defaultValue=${draft.number} @input=${this.typed}></label>
        ${this.told ? this.owners(this.told) : nothing}
        ${this.told && this.told.shown.length > 1 ? this.shown(this.told) : nothing}
        ${this.told?.retype ? html`<label class="field"><span>${t("dial.retype")}</span>
          <input id="dial-again" name="again" inputmode="tel" autocomplete="off" maxlength="32"
            required @paste=${(event: Event) => event.preventDefault()}></label>
          <p class="faint">${t("dial.retype_why")}</p>` : nothing}
        ${why || refusal ? html`<p class="field-error" role="alert" data-error="dial">
          ${icon("triangle-alert")} ${why || refusal}</p>` : nothing}
        <div class="form-end">${this.links()}<button class="button primary" data-act="dial"
          ?disabled=${Boolean(why) || this.desk.live !== null}>
          ${icon("phone")} ${t("dial.do")} ${keyHint("↵")}</button></div></form>`;
  }

  private owners(told: DiallingView): Html {
    if (told.owners.length === 0) return html`<p class="faint">${t("dial.nobody", { number: told.label })}</p>`;
    const chosen = this.clientId ?? told.owners[0]?.client_id;
    return html`<label class="field"><span>${t("dial.whose")}</span><select name="client"
      @change=${(event: Event) => {
        this.clientId = Number((event.target as HTMLSelectElement).value);
        void this.look();
      }}>${told.owners.map((one) => html`<option value=${one.client_id}
        ?selected=${one.client_id === chosen}>${one.name}</option>`)}</select></label>`;
  }

  private shown(told: DiallingView): Html {
    return html`<label class="field"><span>${t("dial.shown")}</span><select name="queue"
      @change=${(event: Event) => {
        this.queue = (event.target as HTMLSelectElement).value;
        void this.look();
      }}>${told.shown.map((one, index) => html`<option value=${one.queue} ?selected=${index === 0}>
        ${one.number} · ${say(one.name)}</option>`)}</select></label>`;
  }

  /** Once allowed, the browser brings numbers of other pages here. */
  private links(): Html {
    if (!("registerProtocolHandler" in navigator) || !isSecureContext) return nothing;
    return html`<button type="button" class="link" data-act="tel-links"
      @click=${() => navigator.registerProtocolHandler("tel", `${location.origin}/desk?dial=%s`)}>
      ${t("dial.tel_links")}</button>`;
  }

  private get number(): string {
    return this.querySelector<HTMLInputElement>("#dial-number")?.value
      ?? this.desk.outbound.draft.number;
  }

  private typed = (): void => {
    clearTimeout(this.timer);
    this.desk.outbound.refusal = "";
    this.clientId = null;
    this.timer = setTimeout(() => void this.look(), ASK_AFTER_MS);
  };

  private async look(): Promise<void> {
    const asked = this.number;
    const number = numberIn(asked);
    const { result } = number.length < SHORTEST ? { result: undefined }
      : await this.desk.tryTo("call.dialling", {
        number, client_id: this.clientId, queue: this.queue,
        conversation: this.desk.conversation?.id ?? null });
    if (asked !== this.number) return;
    this.told = (result as { dialling: DiallingView } | undefined)?.dialling ?? null;
    this.requestUpdate();
  }

  private submit = (event: Event): void => {
    event.preventDefault();
    const again = this.querySelector<HTMLInputElement>("#dial-again")?.value ?? "";
    const client = this.clientId ?? this.told?.owners[0]?.client_id ?? null;
    void this.dial(numberIn(this.number) || this.number, client, again);
  };

  private async dial(number: string, client: number | null, retyped: string): Promise<void> {
    const done = await this.desk.phone.dial(number, client, { retyped, queue: this.queue });
    if (done) this.desk.open("");
    else await this.look();
  }
}

customElements.define("dial-form", DialForm);
