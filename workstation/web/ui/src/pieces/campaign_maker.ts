// A new campaign: a draft with an empty list.
import { html } from "lit";
import type { Actions } from "../protocol.gen.js";
import { t, words } from "../texts.js";
import type { Html } from "./bits.js";
import { Piece } from "./piece.js";

type Wish = Actions["campaign.make"];
const PACINGS = ["progressive", "predictive", "preview", "message"] as const;

class CampaignMaker extends Piece {
  static override properties = { ...Piece.properties, done: { attribute: false } };
  declare done: () => void;

  protected override render(): Html {
    const { desk } = this;
    const choices = (of: readonly string[], family: string): Html[] => of.map((one) =>
      html`<option value=${one}>${words(family, one)}</option>`);
    return html`<form class="steering-form maker" @submit=${this.send}>
      <label class="is-wide"><span>${t("maker.name")}</span>
        <input name="name" required maxlength="120" autocomplete="off"></label>
      <label><span>${t("maker.queue")}</span><select name="queue">${
        (desk.catalogue?.queues ?? []).map((queue) =>
          html`<option value=${queue.id}>${desk.queueName(queue.id)}</option>`)}</select></label>
      <label><span>${t("steering.pacing")}</span>
        <select name="pacing">${choices(PACINGS, "pacing")}</select></label>
      <button class="button small primary">${t("campaigns.make")}</button></form>`;
  }

  private send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const wish: Wish = {
      name: String(form.get("name")).trim(), queue: String(form.get("queue")),
      pacing: form.get("pacing") as NonNullable<Wish["pacing"]>,
    };
    if (await this.desk.ask("campaign.make", wish)) this.done();
  };
}

customElements.define("campaign-maker", CampaignMaker);
