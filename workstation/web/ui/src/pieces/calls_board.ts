// Every live call as a line from its first moment to now, its segments to one common scale.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { phone } from "../numbers.js";
import { everySecond, nowMs } from "../moments.js";
import type { CallView, SegmentView } from "../protocol.gen.js";
import { stretch, t, words } from "../texts.js";
import { directionIcon, empty, icon, mark, type Html } from "./bits.js";
import { Piece } from "./piece.js";
import "./route_why.js";
import { setProperty } from "./set_property.js";

const KINDS = ["menu", "waiting", "ringing", "talk", "hold", "dialling"];
const SCALES_S = [60, 120, 300, 600, 1200, 3600, 7200, 14_400];

class CallsBoard extends Piece {
  private stopTicking: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopTicking = everySecond(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopTicking?.();
  }

  protected override render(): Html {
    const calls = Object.values(this.desk.views.calls)
      .sort((a, b) => a.started_at.localeCompare(b.started_at) || a.id.localeCompare(b.id));
    const scale = scaleFor(calls);
    return html`
      <header class="page-head"><h1>${t("calls.title")}</h1>
        <span class="faint">${t("calls.count", { n: calls.length })}</span>
        <ul class="legend">${KINDS.map((kind) => html`<li><i class="segment is-${kind}"></i>
          ${t(`segment.${kind}`)}</li>`)}</ul></header>
      <div class="scroll page-body" tabindex="0" role="region" aria-label=${t("calls.title")}>
      ${calls.length === 0 ? empty(t("calls.none"), t("calls.none_how")) : html`
        <table class="table calls"><thead><tr>
          <th scope="col">${t("calls.who")}</th><th scope="col">${t("calls.state")}</th>
          <th scope="col">${t("calls.queue")}</th><th scope="col">${t("calls.operator")}</th>
          <th scope="col" class="line-head"><span>${t("calls.line")}</span>
            <span class="num">${stretch(scale)}</span></th>
          <th scope="col"><span class="sr-only">${t("call.end")}</span></th></tr></thead>
        <tbody>${repeat(calls, (call) => call.id, (call) => this.row(call, scale))}</tbody></table>`}
      </div>`;
  }

  private row(call: CallView, scale: number): Html {
    const operator = call.operator ? this.desk.views.operators[call.operator]?.name : "";
    const who = call.client_name || call.name;
    return html`<tr data-call=${call.id}>
      <td><div class="call-who">${icon(directionIcon(call.direction))}
        <span><strong>${who || phone(call.number) || t("number.hidden")}</strong>
          <small class="faint number block">${[who ? phone(call.number) : "", call.campaign].filter(
            Boolean).join(" · ") || t(`direction.${call.direction}`)}</small></span></div></td>
      <td class="call-state">${mark(call.state)} ${t(`call_state.${call.state}`)}
        <tick-time since=${call.since}></tick-time>${recMark(call)}</td>
      <td>${this.desk.queueName(call.queue)}</td>
      <td>${operator || call.operator || ""}</td>
      <td><div class="segments">${call.segments.map((segment) => this.segment(call, segment, scale))}
        </div></td>
      <td class="call-orders">${call.direction === "in"
        ? html`<route-why .desk=${this.desk} .call=${call.id}></route-why>` : nothing}<button class="quiet" data-act="move" title=${t("calls.move")}
        aria-label=${t("calls.move_of", { who: who || call.number })}
        ?disabled=${this.desk.controls.movingVerb(call.id) === null}
        @click=${() => this.desk.controls.move(call.id)}>${icon("phone-forwarded")}</button>
      <button class="quiet" title=${t("calls.end")} aria-label=${t("calls.end_of", {
        who: who || call.number })} @click=${() => void this.desk.ask("call.hangup",
        { call: call.id })}>${icon("phone-off")}</button></td></tr>`;
  }

  private segment(call: CallView, segment: SegmentView, scale: number): Html {
    const begin = Date.parse(call.started_at);
    const from = (Date.parse(segment.started_at) - begin) / 1000;
    const to = ((segment.ended_at ? Date.parse(segment.ended_at) : nowMs()) - begin) / 1000;
    const who = segment.who ? (this.desk.views.operators[segment.who]?.name ?? segment.who) : "";
    const said = [words("segment", segment.kind), who, stretch(to - from)].filter(Boolean);
    return html`<i class="segment is-${segment.kind}" title=${said.join(" · ")}
      ${setProperty("--from", `${Math.min(100, 100 * from / scale)}%`)}
      ${setProperty("--long", `${Math.max(0.2, Math.min(100, 100 * (to - from) / scale))}%`)}></i>`;
  }
}

function recMark({ recording }: CallView): Html {
  return recording ? html` <span class="rec-sign is-${recording}">
    <i class="rec-dot"></i>${t(`recording.mark.${recording}`)}</span>` : nothing;
}

/** The full width in seconds: the smallest of a few round stretches that holds the longest call. */
function scaleFor(calls: CallView[]): number {
  const longest = Math.max(0, ...calls.map((call) => (nowMs() - Date.parse(call.started_at)) / 1000));
  return SCALES_S.find((scale) => scale >= longest) ?? longest;
}

customElements.define("calls-board", CallsBoard);
