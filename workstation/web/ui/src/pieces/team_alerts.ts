// What a lead wrote to me, and, for a lead, who asks for help: there until it is answered.
import { html, nothing } from "lit";
import { talkOf, supervise } from "../supervision.js";
import type { HelpView, MessageView } from "../protocol.gen.js";
import { t } from "../texts.js";
import { icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const SHOWN = 3;

class TeamAlerts extends Piece {
  static override readonly follows = ["messages", "helps", "calls", "operators"] as const;

  protected override render(): Html {
    const { team } = this.desk;
    const asking = team.asking.slice(0, SHOWN);
    const first = asking.find((one) => !one.answered_at);
    const messages = team.unseen.slice(0, SHOWN);
    return html`${asking.map((one) => this.help(one, one === first))}
      ${this.mine()}
      ${messages.map((one, index) => this.message(one, !first && index === 0))}`;
  }

  private help(one: HelpView, isNext: boolean): Html {
    const talk = talkOf(this.desk, this.desk.views.operators[one.operator]);
    return html`<div class="team-alert is-help" role="alert" data-help=${one.id}>
      <p>${icon("circle-help")} <strong>${t("help.asks", { name: one.name })}</strong>
        <tick-time since=${one.at}></tick-time></p>
      ${one.text ? html`<p class="team-text">${one.text}</p>` : nothing}
      ${one.answered_at ? html`<p class="faint">${t("help.answered", { name: one.answered_name })}</p>`
        : nothing}
      <div class="task-alert-do">
        ${one.answered_at ? nothing : html`<button class="button small primary" data-act="help-come"
          @click=${() => void this.desk.team.come(one)}>${t("help.come")} ${
            isNext ? keyHint("Alt A") : nothing}</button>`}
        ${talk ? html`<button class="button small" data-act="help-listen"
          @click=${() => void supervise(this.desk, "listen", talk.id)}>
          ${icon("headphones")} ${t("supervise.listen")}</button>` : nothing}
        <button class="button small" data-act="help-end"
          @click=${() => void this.desk.team.end(one)}>${t("help.over")}</button></div></div>`;
  }

  /** To who asked: that somebody comes. */
  private mine(): Html {
    const one = this.desk.team.myHelp;
    if (!one?.answered_at) return nothing;
    return html`<div class="team-alert" role="status" data-help=${one.id}>
      <p>${icon("check")} <strong>${one.answered_name}</strong></p>
      <p class="team-text">${one.answer || t("help.coming")}</p></div>`;
  }

  private message(one: MessageView, isNext: boolean): Html {
    return html`<div class="team-alert" role="alert" data-message=${one.id}>
      <p>${icon("megaphone")} <strong>${one.by_name}</strong>
        <span class="faint">${t(`message.to_${one.to_kind}`, { group: this.desk.groupName(one.to) })}</span></p>
      <p class="team-text">${one.text}</p>
      <div class="task-alert-do"><button class="button small" data-act="message-seen"
        @click=${() => void this.desk.team.see(one)}>${icon("check")} ${t("message.seen")} ${
          isNext ? keyHint("Alt A") : nothing}</button></div></div>`;
  }
}

customElements.define("team-alerts", TeamAlerts);
