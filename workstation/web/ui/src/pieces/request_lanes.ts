// Requests in lanes, by stage or by who has them in hand: late ones first. A card is dragged to
// another lane, or moved there by its own list; Enter opens it.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { RequestView } from "../protocol.gen.js";
import { peopleOf, stageName, stepName, titleOf } from "../request_words.js";
import { t } from "../texts.js";
import type { Html } from "./bits.js";
import { Piece } from "./piece.js";
import { due } from "./request_board.js";

interface Lane {
  id: string;
  title: string;
  requests: RequestView[];
}

class RequestLanes extends Piece {
  static override readonly follows = ["requests", "operators"] as const;
  static override properties = { ...Piece.properties, shown: { attribute: false },
                                 by: { attribute: false } };
  declare shown: RequestView[];
  declare by: "stages" | "people";
  private dragged = 0;
  private over: string | null = null;         // the lane a card hangs over

  protected override render(): Html {
    return html`<div class="lanes">${repeat(this.lanes(), (lane) => lane.id, (lane) => html`
      <section class="lane ${this.over === lane.id ? "is-over" : ""}"
        aria-label=${lane.title} data-lane=${lane.id}
        @dragover=${(event: DragEvent) => this.hover(event, lane)}
        @dragleave=${() => this.leave(lane)}
        @drop=${(event: DragEvent) => void this.drop(event, lane)}>
        <h2>${lane.title} <span class="faint num">${lane.requests.length}</span></h2>
        ${repeat(lane.requests, (one) => one.id, (one) => this.card(one))}
      </section>`)}</div>`;
  }

  private card(request: RequestView): Html {
    return html`<article class="lane-card ${request.late ? "is-late-card" : ""}" draggable="true"
      data-card=${request.id}
      @dragstart=${(event: DragEvent) => {
        this.dragged = request.id;
        event.dataTransfer?.setData("text/plain", request.number);
      }}
      @dragend=${() => { this.dragged = 0; this.leave(); }}>
      <button class="link" data-act="open" @click=${() => this.dispatchEvent(
        new CustomEvent("open-request", { detail: request.id }))}>
        ${request.number} · ${titleOf(this.desk, request)}</button>
      <span class="block">${request.client_name || request.contact}</span>
      <span class="lane-due">${due(request)}</span>
      ${this.by === "people" ? html`<small class="faint block">${
        stageName(this.desk, request.type, request.stage)}</small>` : this.person(request)}
      ${this.chooser(request)}</article>`;
  }

  private person(request: RequestView): Html {
    return html`<small class="faint block">${request.operator
      ? this.desk.operatorName(request.operator) : this.desk.groupName(request.group)}</small>`;
  }

  /** The same as dragging, by keys: where it may go. */
  private chooser(request: RequestView): Html {
    const targets = this.by === "people" ? this.people(request)
      : request.stages.map((id) => ({ id, title: stepName(this.desk, request.type, id) }));
    return html`<select aria-label=${t("requests.move_card", { number: request.number })}
      @change=${(event: Event) => {
        const chosen = event.target as HTMLSelectElement;
        if (chosen.value) void this.put(request, chosen.value);
        chosen.value = "";
      }}>
      <option value="">${t(this.by === "people" ? "requests.give_to" : "requests.next")}…</option>
      ${targets.map((one) => html`<option value=${one.id}>${one.title}</option>`)}</select>`;
  }

  private people(request: RequestView): { id: string; title: string }[] {
    return peopleOf(this.desk).filter((one) => one.id !== request.operator)
      .map((one) => ({ id: one.id, title: one.name }));
  }

  private lanes(): Lane[] {
    const found = new Map<string, Lane>();
    for (const request of this.sorted()) {
      const id = this.by === "people" ? request.operator ?? "" : this.stageKey(request);
      const title = this.by === "people"
        ? (id ? this.desk.operatorName(id) : t("requests.nobody"))
        : stageName(this.desk, request.type, request.stage);
      const lane = found.get(id) ?? { id, title, requests: [] };
      lane.requests.push(request);
      found.set(id, lane);
    }
    if (this.by === "stages") return [...found.values()];
    for (const view of Object.values(this.desk.views.operators)) {
      if (!found.has(view.id)) found.set(view.id, { id: view.id, title: this.desk.operatorName(view.id), requests: [] });
    }
    return [...found.values()].sort((a, b) =>
      Number(Boolean(a.id)) - Number(Boolean(b.id)) || a.title.localeCompare(b.title));
  }

  /** Stages of several types that are called the same stand in one lane. */
  private stageKey(request: RequestView): string {
    return stageName(this.desk, request.type, request.stage);
  }

  private sorted(): RequestView[] {
    return [...this.shown].sort((a, b) => Number(b.late) - Number(a.late)
      || a.due_at.localeCompare(b.due_at));
  }

  private hover(event: DragEvent, lane: Lane): void {
    const request = this.desk.views.requests[String(this.dragged)];
    if (!request || this.target(request, lane) === null) return;
    event.preventDefault();
    if (this.over === lane.id) return;
    this.over = lane.id;
    this.requestUpdate();
  }

  private leave(lane?: Lane): void {
    if (lane && this.over !== lane.id) return;
    this.over = null;
    this.requestUpdate();
  }

  private async drop(event: DragEvent, lane: Lane): Promise<void> {
    event.preventDefault();
    const request = this.desk.views.requests[String(this.dragged)];
    this.leave();
    const target = request && this.target(request, lane);
    if (request && target) await this.put(request, target);
  }

  /** What being put there means; null: it cannot go there. */
  private target(request: RequestView, lane: Lane): string | null {
    if (this.by === "people") return lane.id && lane.id !== request.operator ? lane.id : null;
    return request.stages.find((stage) =>
      stageName(this.desk, request.type, stage) === lane.id) ?? null;
  }

  private async put(request: RequestView, target: string): Promise<void> {
    if (this.by === "people") {
      await this.desk.ask("request.hand_over", { id: request.id, operator: target });
    } else {
      await this.desk.ask("request.move", { id: request.id, stage: target });
    }
  }
}

customElements.define("request-lanes", RequestLanes);
