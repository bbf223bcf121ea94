// The foot: my queues, my calls without an outcome, my group's requests.
import { html, nothing } from "lit";
import type { QueueView } from "../protocol.gen.js";
import { say, t } from "../texts.js";
import { shownKey } from "../own_keys.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

class FootBar extends Piece {
  static override readonly follows = ["queues", "requests", "tasks"] as const;

  protected override render(): Html {
    const queues = Object.values(this.desk.views.queues).sort((a, b) => a.name.localeCompare(b.name));
    const open = this.desk.conversations.filter((one) => one.state === "wrap_up").length;
    const requests = Object.values(this.desk.views.requests);
    const late = requests.filter((request) => request.late).length;
    const parked = queues.reduce((sum, queue) => sum + (queue.parked?.length ?? 0), 0);
    return html`
      <button class="foot-item ${parked ? "is-warning" : ""}" data-act="waiting"
        title=${`${t("waiting.title")} (${shownKey("F3")})`} @click=${() => this.desk.open("waiting")}>
        ${icon("square-parking")} ${t("foot.parked", { n: parked })} ${keyHint("F3")}</button>
      ${queues.map((queue) => this.queueItem(queue))}
      <span class="spring"></span>
      <button class="foot-item ${open ? "is-warning" : ""}" data-act="unfinished"
        title=${`${t("unfinished.title")} (${shownKey("Alt J")})`} @click=${() => this.desk.open("unfinished")}>
        ${t("foot.without_outcome", { n: open })}</button>
      <button class="foot-item" @click=${() => this.desk.go("requests")}>${icon("clipboard-list")}
        ${t("foot.requests", { n: requests.length })}${late
          ? html` <strong class="is-late">${t("foot.late", { n: late })}</strong>` : nothing}</button>
      <button class="foot-item" @click=${() => this.desk.go("tasks")}>${icon("check")}
        ${t("foot.tasks", { n: this.desk.tasks.mine.length })}${this.desk.tasks.late.length
          ? html` <strong class="is-late">${t("foot.late", { n: this.desk.tasks.late.length })}</strong>`
          : nothing}</button>
      <button class="foot-item" data-act="day" title=${t("day.title")}
        @click=${() => this.desk.team.open()}>${icon("clock")}
        <span class="foot-words">${t("day.title")}</span> ${keyHint("Alt D")}</button>
      <button class="foot-item" @click=${() => this.desk.open("keys")}>${icon("keyboard")}
        ${t("foot.keys")} ${keyHint("?")}</button>`;
  }

  private queueItem(queue: QueueView): Html {
    const first = queue.waiting[0];
    return html`<button class="foot-item ${first ? "has-waiting" : ""}"
      title=${`${t("waiting.title")} (${shownKey("F3")})`} @click=${() => this.desk.open("waiting")}>
      <b>${say(queue.name)}</b> ${t("foot.waiting", { n: queue.waiting.length })}${first
        ? html`, <span class="foot-longest">${t("foot.longest")}</span> <tick-time since=${first.since} over=${queue.service_level_s}>
          </tick-time>` : nothing}</button>`;
  }
}

customElements.define("foot-bar", FootBar);
