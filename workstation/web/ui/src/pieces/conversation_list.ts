// All conversations open on this screen, newest first, and the clients opened by search.
import { html, nothing } from "lit";
import { whoIs } from "../announce.js";
import { isUnsent } from "../drafts.js";
import type { ConversationView } from "../protocol.gen.js";
import { say, t } from "../texts.js";
import { empty, icon, mark, tone, type Html } from "./bits.js";
import { Piece } from "./piece.js";

class ConversationList extends Piece {
  static override readonly follows = ["conversations"] as const;

  protected override render(): Html {
    const { conversations, opened } = this.desk;
    const count = conversations.length + opened.size;
    return html`
      <header class="column-head"><h2>${t("conversations.title")}</h2>
        <span class="count">${count || ""}</span></header>
      <div class="scroll">
        ${count === 0 ? empty(t("conversations.none"), t("conversations.none_how")) : nothing}
        <ul class="conversations">
          ${conversations.map((one) => this.row(one))}
          ${[...opened].map(([id, { card }]) => this.openedRow(id, card.name))}
        </ul>
      </div>`;
  }

  private row(one: ConversationView): Html {
    const { shown } = this.desk;
    const isShown = shown?.kind === "conversation" && shown.id === one.id;
    return html`<li><button class="conversation ${tone(one.state)}" aria-current=${isShown}
      data-conversation=${one.id}
      @click=${() => this.desk.show({ kind: "conversation", id: one.id })}>
      ${mark(one.state)}
      <span class="conversation-who">${whoIs(one)}</span>
      ${this.time(one)}
      <span class="conversation-what">${t(`conversation.${one.state}`)} · ${
        one.campaign || say(one.queue_name) || t(`direction.${one.direction}`)}</span>
      ${this.unsent(one)}</button></li>`;
  }

  private time(one: ConversationView): Html {
    if (one.state === "wrap_up" && one.wrap_up_until) {
      return html`<tick-time until=${one.wrap_up_until}></tick-time>`;
    }
    return html`<tick-time since=${one.ended_at ?? one.answered_at ?? one.offered_at}></tick-time>`;
  }

  private unsent(one: ConversationView): Html {
    return isUnsent(this.desk.drafts.of(one)) && !this.desk.isUp
      ? html`<span class="chip is-warning">${t("draft.not_sent")}</span>` : nothing;
  }

  private openedRow(id: number, name: string): Html {
    const { shown } = this.desk;
    const isShown = shown?.kind === "client" && shown.id === id;
    return html`<li class="with-close"><button class="conversation" aria-current=${isShown}
      @click=${() => this.desk.show({ kind: "client", id })}>
      ${icon("user")}<span class="conversation-who">${name}</span>
      <span class="conversation-what">${t("conversations.opened")}</span></button>
      <button class="quiet" aria-label=${t("close_of", { what: name })}
        @click=${() => this.desk.closeClient(id)}>${icon("x")}</button></li>`;
  }
}

customElements.define("conversation-list", ConversationList);
