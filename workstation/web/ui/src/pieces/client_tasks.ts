// In the card: what is still to be done for this client, and a new task in one step.
import { html, nothing } from "lit";
import { now } from "../moments.js";
import { isLate } from "../task_desk.js";
import { t, whenShort } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const SHOWN = 4;

class ClientTasks extends Piece {
  static override readonly follows = ["tasks"] as const;
  static override properties = { ...Piece.properties, client: { attribute: false } };
  declare client: number;

  protected override render(): Html {
    const open = this.desk.tasks.ofClient(this.client);
    return html`<section><h3>${t("tasks.of_client")}${open.length
        ? html` <span class="count">${open.length}</span>` : nothing}
        <button class="quiet" data-act="task" title=${t("task.make")} aria-label=${`${t("task.make")} Alt T`}
          @click=${() => this.desk.tasks.openHere()}>${icon("plus")} ${keyHint("Alt T")}</button></h3>
      ${open.length ? html`<ul class="facts">${open.slice(0, SHOWN).map((task) => html`
        <li class="task-line"><button class="quiet" title=${t("task.done")}
            aria-label=${t("task.done_of", { title: task.title })}
            @click=${() => void this.desk.tasks.finish(task)}>${icon("square")}</button>
          <span class="task-line-what">${task.title}</span>
          <small class=${isLate(task) ? "is-late" : "faint"}>${isLate(task)
            ? html`${icon("triangle-alert")} ` : nothing}${whenShort(task.due_at, now())}</small></li>`)}
        </ul>` : nothing}</section>`;
  }
}

customElements.define("client-tasks", ClientTasks);
