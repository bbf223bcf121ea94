// My day: what is due, my group's requests, my figures beside the team's, messages, help.
import { html, nothing } from "lit";
import { now } from "../moments.js";
import type { DayView, MessageView, TaskView } from "../protocol.gen.js";
import { isLate } from "../task_desk.js";
import { clock, dayAndTime, number, t, timeOfDay } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const SHOWN = 6;
const AGAIN_MS = 5 * 60_000;    // the figures, while nobody has anything else to look at

class DayPanel extends Piece {
  static override readonly follows = ["tasks", "requests", "messages", "helps", "conversations"] as const;

  private again: ReturnType<typeof setInterval> | undefined;

  /** On the desk itself, while nothing is open there. */
  private get isIdle(): boolean {
    return this.classList.contains("is-idle");
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.isIdle) return;
    void this.desk.team.read();
    this.again = setInterval(() => { if (this.desk.isUp) void this.desk.team.read(); }, AGAIN_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.again);
  }

  protected override render(): Html {
    const { team } = this.desk;
    return html`<header class=${this.isIdle ? "column-head" : "dialog-head"}><h2>${t("day.title")}</h2>
        ${team.day ? html`<span class="faint">${t("day.counted", { at: timeOfDay(team.day.at) })}</span>`
          : nothing}<span class="spring"></span>
        ${this.isIdle ? nothing : html`<button class="quiet" aria-label=${t("close")}
          @click=${() => this.desk.open("")}>${icon("x")}</button>`}</header>
      <div class="day pad" tabindex="0" ?autofocus=${!this.isIdle} role="region" aria-label=${t("day.title")}>
        <section>${team.day ? this.figures(team.day) : html`<p class="faint">${t("day.reading")}</p>`}
          ${this.desk.hasDesk ? this.help() : nothing}</section>
        <section><h3>${t("day.due")} <span class="count">${this.due.length}</span></h3>${this.tasks()}
          <h3>${t("day.requests")}</h3>${this.requests()}</section>
        <section class="day-messages"><h3>${t("day.messages")}</h3>
          ${this.desk.isLead ? this.writing() : nothing}
          ${team.history.length === 0 ? html`<p class="faint">${t("day.no_messages")}</p>` : html`
            <ul>${team.history.slice(0, SHOWN).map((one) => this.message(this.newest(one)))}</ul>`}
        </section></div>`;
  }

  protected override firstUpdated(): void {
    if (!this.isIdle) this.querySelector<HTMLElement>("[autofocus]")?.focus();
  }

  // ── figures ───────────────────────────────────────────────────────────────────────────────
  private figures(day: DayView): Html {
    const rows: [string, string, string][] = [
      ["calls", number(day.mine.calls), number(day.team.calls)],
      ["handling", clock(day.mine.handling_s), clock(day.team.handling_s)],
      ["wrap_up", clock(day.mine.wrap_up_s), clock(day.team.wrap_up_s)]];
    return html`<table class="day-figures"><caption class="sr-only">${t("day.figures")}</caption>
      <thead><tr><td></td><th scope="col">${t("day.mine")}</th>
        <th scope="col">${t("day.team", { n: day.people })}</th></tr></thead>
      <tbody>${rows.map(([name, mine, team]) => html`<tr><th scope="row">${t(`day.${name}`)}</th>
        <td class="num">${mine}</td><td class="num faint">${team}</td></tr>`)}</tbody></table>
      <p class="faint">${t("day.median")}</p>`;
  }

  private help(): Html {
    const mine = this.desk.team.myHelp;
    return html`<button class="button ${mine ? "" : "is-help"}" data-act="day-help"
      @click=${() => void this.desk.team.help()}>${icon("circle-help")} ${
        t(mine ? "help.no_more" : "help.me")} ${keyHint("Alt Y")}</button>`;
  }

  // ── what is due ───────────────────────────────────────────────────────────────────────────
  /** Late ones and those of the next day, by date. */
  private get due(): TaskView[] {
    const until = now().getTime() + 24 * 3600 * 1000;
    return this.desk.tasks.mine.filter((task) => Date.parse(task.due_at) < until)
      .sort((a, b) => a.due_at.localeCompare(b.due_at));
  }

  private tasks(): Html {
    const due = this.due;
    if (due.length === 0) return html`<p class="faint">${t("day.nothing_due")}</p>`;
    return html`<ul class="day-tasks">${due.slice(0, SHOWN).map((task) => html`<li data-task=${task.id}>
      <span class="num ${isLate(task) ? "is-late" : "faint"}">${dayAndTime(task.due_at, now())}${
        isLate(task) ? " !" : ""}</span>
      <span class="day-what">${task.title}${task.client_name
        ? html` <small class="faint">${task.client_name}</small>` : nothing}</span>
      ${task.client_id !== null && this.desk.hasDesk ? html`<button class="quiet" title=${t("task.open_client")}
        aria-label=${t("task.open_client")} @click=${() => this.openClient(task)}>${icon("user")}</button>`
        : nothing}
      <button class="quiet" title=${t("task.done")} aria-label=${t("task.done")}
        @click=${() => void this.desk.tasks.finish(task)}>${icon("check")}</button></li>`)}</ul>
      ${due.length > SHOWN ? html`<button class="link" @click=${() => this.leaveFor("tasks")}>${
        t("task.more_alerts", { n: due.length - SHOWN })}</button>` : nothing}`;
  }

  private openClient(task: TaskView): void {
    this.desk.open("");
    if (task.client_id !== null) void this.desk.openClient(task.client_id);
  }

  private leaveFor(tab: "tasks" | "requests"): void {
    this.desk.open("");
    this.desk.go(tab);
  }

  private requests(): Html {
    const all = Object.values(this.desk.views.requests);
    const late = all.filter((one) => one.late).length;
    const open = this.desk.conversations.filter((one) => one.state === "wrap_up").length;
    return html`<p><button class="link" @click=${() => this.leaveFor("requests")}>${
        t("foot.requests", { n: all.length })}</button>${late
        ? html` <strong class="is-late">${t("foot.late", { n: late })}</strong>` : nothing}</p>
      <p class=${open ? "is-warning" : "faint"}>${t("foot.without_outcome", { n: open })}</p>`;
  }

  // ── messages ──────────────────────────────────────────────────────────────────────────────
  /** The view on the board is newer than what was listed. */
  private newest(one: MessageView): MessageView {
    return this.desk.views.messages[one.id] ?? one;
  }

  private message(one: MessageView): Html {
    const isMine = one.by === this.desk.me?.id;
    const receipts = one.receipts ?? [];
    const seen = receipts.filter((receipt) => receipt.at);
    const waiting = receipts.filter((receipt) => !receipt.at)
      .map((receipt) => this.desk.operatorName(receipt.operator)).join(", ");
    return html`<li><p><strong>${isMine ? t("message.mine") : one.by_name}</strong>
        <span class="faint">${t(`message.to_${one.to_kind}`, {
          group: one.to_kind === "group" ? this.desk.groupName(one.to) : this.desk.operatorName(one.to) })}
          · ${dayAndTime(one.at, now())}</span></p>
      <p class="team-text">${one.text}</p>
      ${isMine ? html`<small class="faint" title=${waiting}>${t("message.receipts", {
          seen: seen.length, all: receipts.length })}${waiting ? `: ${t("message.not_yet", { who: waiting })}` : ""}</small>`
        : one.seen_at ? nothing : html`<button class="button small"
          @click=${() => void this.desk.team.see(one)}>${icon("check")} ${t("message.seen")}</button>`}</li>`;
  }

  private writing(): Html {
    const { catalogue, me } = this.desk;
    const people = (catalogue?.operators ?? []).filter((one) => one.id !== me?.id);
    return html`<form class="message-form" @submit=${this.send}>
      <label class="field"><span>${t("message.to")}</span><select name="to">
        <option value="all">${t("message.all")}</option>
        ${(me?.groups ?? []).map((group) => html`<option value="group:${group}">${
          t("message.to_group", { group: this.desk.groupName(group) })}</option>`)}
        ${people.map((one) => html`<option value="operator:${one.id}">${one.name}</option>`)}
      </select></label>
      <textarea name="text" rows="2" maxlength="1000" required aria-label=${t("message.text")}
        placeholder=${t("message.text")}></textarea>
      <div class="form-end"><button class="button" data-act="send-message">${icon("megaphone")} ${
        t("message.send")}</button></div></form>`;
  }

  private send = (event: Event): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const [kind = "all", to = ""] = String(data.get("to") ?? "all").split(":");
    void this.desk.team.send(kind as "operator" | "group" | "all", to, String(data.get("text") ?? ""))
      .then((sent) => { if (sent) { form.reset(); void this.desk.team.read(); } });
  };
}

customElements.define("day-panel", DayPanel);
