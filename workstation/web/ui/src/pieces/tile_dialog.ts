// Two small forms of a tile: an operator's state with its reason, and a message to him.
import { html, nothing } from "lit";
import { t, tOr } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

export type TileForm = "state" | "message";

class TileDialog extends Piece {
  static override readonly follows = [] as const;
  private operator = "";
  private form: TileForm = "state";
  private problem = "";

  async open(operator: string, form: TileForm): Promise<void> {
    this.operator = operator;
    this.form = form;
    this.problem = "";
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector("form")?.reset();
    this.dialog?.showModal();
    this.querySelector<HTMLElement>("select, textarea")?.focus();
  }

  private get dialog(): HTMLDialogElement | null {
    return this.querySelector("dialog");
  }

  protected override render(): Html {
    const name = this.operator ? this.desk.operatorName(this.operator) : "";
    const title = t(`tile.${this.form}_of`, { name });
    return html`<dialog class="dialog is-tile" aria-label=${title}
      @click=${(event: MouseEvent) => { if (event.target instanceof HTMLDialogElement) event.target.close(); }}>
      <header class="dialog-head"><h2>${title}</h2><button class="quiet" aria-label=${t("close")}
        @click=${() => this.dialog?.close()}>${icon("x")}</button></header>
      <form class="tile-do" @submit=${this.send}>${this.form === "state" ? this.states() : html`
        <textarea name="text" rows="3" maxlength="1000" required aria-label=${t("message.text")}
          placeholder=${t("message.text")}></textarea>`}
        <div class="form-end"><button class="button primary" data-act="tile-send">${icon("check")} ${
          t(this.form === "state" ? "tile.set" : "message.send")} ${keyHint("↵")}</button></div></form></dialog>`;
  }

  private states(): Html {
    const reasons = this.desk.catalogue?.pause_reasons ?? [];
    return html`<label class="field"><span>${t("tile.state")}</span><select name="state">
        ${reasons.map((one) => html`<option value="paused:${one.id}">${t("state.paused")}: ${tOr(`reason.${one.id}`, one.name)}</option>`)}
        <option value="ready:">${t("state.ready")}</option><option value="offline:">${t("state.offline")}</option></select></label>
      <label class="field"><span>${t("tile.why")}</span><input name="why" maxlength="200" required autocomplete="off"
        placeholder=${t("tile.why_hint")}></label>${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}`;
  }

  private send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const said = (name: string): string => String(data.get(name) ?? "").trim();
    const isDone = this.form === "message"
      ? await this.desk.team.send("operator", this.operator, said("text")) : await this.set(said("state"), said("why"));
    if (isDone) this.dialog?.close();
  };

  private async set(chosen: string, why: string): Promise<boolean> {
    const [state = "ready", reason = ""] = chosen.split(":");
    const done = await this.desk.ask("operator.state", {
      operator: this.operator, state: state as "ready" | "paused" | "offline", reason, why });
    if (done) this.desk.toast("info", t("tile.was_set", { name: this.desk.operatorName(this.operator) }));
    return done !== undefined;
  }
}

customElements.define("tile-dialog", TileDialog);
export type { TileDialog };
