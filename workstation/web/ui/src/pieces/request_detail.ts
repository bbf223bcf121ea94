// One request beside the list: who has it, its whole history, its mails and documents; what can be
// done with it by keys.
import { html, nothing } from "lit";
import { now } from "../moments.js";
import type { DocumentView, MailView, RequestEventView, RequestView } from "../protocol.gen.js";
import { filledIn, peopleOf, stageName, stepName, titleOf } from "../request_words.js";
import { dayAndTime, t, tOr, words } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { letterFiles, reason } from "./mail_queue.js";
import { Piece } from "./piece.js";
import { due } from "./request_board.js";

interface Story {
  request: RequestView;
  joined: number[];
  events: RequestEventView[];
  mails: MailView[];
  documents: DocumentView[];
}

const TEMPLATES = ["answer", "contract", "work_order"];

class RequestDetail extends Piece {
  static override readonly follows = ["requests", "tasks"] as const;
  static override properties = { ...Piece.properties, request: { attribute: false } };
  declare request: number;
  private story: Story | null = null;
  private seenAs: unknown = null;     // the picture the history was read for

  protected override willUpdate(): void {
    const view = this.desk.views.requests[String(this.request)] ?? this.request;
    if (this.seenAs === view) return;
    this.seenAs = view;
    void this.read();
  }

  protected override render(): Html {
    const story = this.story;
    if (!story || story.request.id !== this.request) return html``;
    const one = this.desk.views.requests[String(this.request)] ?? story.request;
    const isClosed = one.stages.length === 0 || !this.desk.views.requests[String(this.request)];
    return html`<aside class="request-detail scroll" tabindex="-1" aria-label=${titleOf(this.desk, one)}
      @keydown=${(event: KeyboardEvent) => { if (event.key === "Escape") this.close(); }}>
      <header><h2>${one.number} · ${titleOf(this.desk, one)}</h2>
        <button class="quiet" aria-label=${t("requests.close")} data-act="close"
          @click=${() => this.close()}>${icon("x")}</button></header>
      <p>${one.client_name || one.contact} · <span class="chip">${
        stageName(this.desk, one.type, one.stage)}</span> ${t(`channel.${one.channel}`)}</p>
      <p>${this.desk.groupName(one.group)} · ${one.operator
        ? this.desk.operatorName(one.operator) : t("requests.nobody")}</p>
      ${isClosed ? nothing : html`<p>${due(one)}</p>`}
      <dl>${filledIn(this.desk, one).map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>
      ${isClosed ? this.reopener(one) : html`${this.steps(one)}${this.giver(one)}${this.joiner(one)}`}
      ${this.papers(one, story)}${this.letters(one, story)}${this.history(story)}</aside>`;
  }

  private steps(one: RequestView): Html {
    const mine = one.operator === this.desk.me?.id;
    return html`<div class="detail-do">${mine || !this.desk.hasDesk ? nothing : html`
      <button class="button small is-primary" data-act="take"
        @click=${() => this.do("request.take", { id: one.id })}>${t("request.take")}</button>`}
      ${one.stages.map((stage) => html`<button class="button small" data-stage=${stage}
        @click=${() => this.do("request.move", { id: one.id, stage })}>
        ${stepName(this.desk, one.type, stage)}</button>`)}</div>`;
  }

  private giver(one: RequestView): Html {
    const groups = this.desk.catalogue?.groups ?? [];
    return html`<label class="detail-line">${t("requests.give_to")}
      <select data-act="give" @change=${(event: Event) => {
        const [kind, id] = (event.target as HTMLSelectElement).value.split(" ");
        if (kind && id) this.do("request.hand_over", { id: one.id, [kind]: id });
      }}><option value="">…</option>
        ${peopleOf(this.desk).map((who) => html`<option value="operator ${who.id}">${who.name}</option>`)}
        ${groups.map((group) => html`<option value="group ${group.id}">${
          this.desk.groupName(group.id)}</option>`)}</select></label>`;
  }

  private joiner(one: RequestView): Html {
    const others = Object.values(this.desk.views.requests).filter((other) => other.id !== one.id
      && other.client_id === one.client_id && Boolean(one.client_id));
    return html`${others.length === 0 ? nothing : html`<label class="detail-line">${t("requests.join")}
      <select data-act="join" @change=${(event: Event) => {
        const into = Number((event.target as HTMLSelectElement).value);
        if (into) void this.join(one.id, into);
      }}><option value="">…</option>${others.map((other) => html`<option value=${other.id}>
        ${other.number} · ${titleOf(this.desk, other)}</option>`)}</select></label>`}
      ${(this.story?.joined ?? []).map((number) => html`<p class="detail-line">
        ${t("requests.joined", { number })} <button class="button small" data-act="part"
          @click=${() => this.do("request.part", { id: number })}>${t("requests.part")}</button></p>`)}`;
  }

  private reopener(one: RequestView): Html {
    return html`<div class="detail-do"><button class="button small" data-act="reopen"
      @click=${() => this.do("request.reopen", { id: one.id })}>${t("task.reopen")}</button></div>`;
  }

  private papers(one: RequestView, story: Story): Html {
    return html`<h3>${t("requests.documents")}</h3>
      <ul class="detail-list">${story.documents.map((paper) => html`<li>
        <a href="/documents/${paper.id}" target="_blank" rel="noopener">${paper.title}</a>
        <span class="faint">${dayAndTime(paper.at, now())}</span></li>`)}</ul>
      <div class="detail-do">${TEMPLATES.map((template) => html`<button class="button small"
        data-template=${template}
        @click=${() => this.do("request.document", { id: one.id, template })}>
        ${t(`document.${template}`)}</button>`)}</div>`;
  }

  private letters(one: RequestView, story: Story): Html {
    return html`<h3>${t("requests.mails")}</h3>
      ${story.mails.map((mail) => html`<details class="letter" ?open=${mail === story.mails.at(-1)}>
        <summary>${mail.direction === "in" ? mail.sender : mail.recipient} · ${mail.subject}
          <span class="faint">${dayAndTime(mail.at, now())} ${t(`mail.state.${mail.state}`)}</span></summary>
        ${mail.why.map((why) => html`<span class="chip">${reason(why)}</span> `)}
        <pre class="letter-text">${mail.text}</pre>${letterFiles(mail)}</details>`)}
      <form class="detail-write" @submit=${(event: Event) => void this.write(event, one)}>
        <textarea name="text" rows="3" aria-label=${t("requests.write")}
          placeholder=${t("requests.write")}></textarea>
        <button class="button small" data-act="write">${t("requests.send")}</button></form>`;
  }

  private history(story: Story): Html {
    return html`<h3>${t("tasks.history")}</h3><ul class="detail-list">${[...story.events].reverse()
      .map((event) => html`<li><span class="num faint">${dayAndTime(event.at, now())}</span>
        ${event.request_id === story.request.id ? "" : `#${event.request_id} `}${
          words("request_event", event.kind)}${event.kind === "moved" || event.kind === "reopened"
          ? `: ${stageName(this.desk, story.request.type, event.to_stage ?? "")}` : ""}
        <span class="faint">${tOr(`author.${event.by}`, this.desk.operatorName(event.by))}</span>
        ${event.note ? html`<q class="block">${event.kind === "offered"
          ? this.desk.operatorName(event.note) : event.note}</q>` : nothing}</li>`)}</ul>`;
  }

  private do(action: "request.take" | "request.move" | "request.hand_over" | "request.part"
             | "request.reopen" | "request.document", args: Record<string, unknown>): void {
    void this.desk.ask(action, args as never).then(() => this.read());
  }

  private async join(id: number, into: number): Promise<void> {
    if (!await this.desk.ask("request.join", { id, into })) return;
    this.dispatchEvent(new CustomEvent("open-request", { detail: into }));
  }

  private async write(event: Event, one: RequestView): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const text = String(new FormData(form).get("text") ?? "").trim();
    if (!text || !await this.desk.ask("request.write", { id: one.id, text })) return;
    form.reset();
    await this.read();
  }

  private async read(): Promise<void> {
    const result = await this.desk.ask("request.history", { id: this.request });
    if (!result) return;
    this.story = result as unknown as Story;
    this.requestUpdate();
  }

  private close(): void {
    this.dispatchEvent(new CustomEvent("close"));
  }
}

customElements.define("request-detail", RequestDetail);
