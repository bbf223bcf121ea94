// Mails nobody could be found for by the rules: read, and made a request, put to one, or left.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { now } from "../moments.js";
import type { MailView } from "../protocol.gen.js";
import { dayAndTime, say, t, tOr } from "../texts.js";
import { empty, type Html } from "./bits.js";
import { Piece } from "./piece.js";

class MailQueue extends Piece {
  static override readonly follows = ["requests"] as const;
  private mails: MailView[] | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
  }

  protected override render(): Html {
    if (this.mails === null) return html``;
    if (this.mails.length === 0) return empty(t("mail.none"), t("mail.none_how"));
    return html`${repeat(this.mails, (mail) => mail.id, (mail) => this.letter(mail))}`;
  }

  private letter(mail: MailView): Html {
    return html`<article class="letter" data-mail=${mail.id}>
      <h2>${mail.subject || t("mail.no_subject")}</h2>
      <p class="faint">${mail.sender_name} ${mail.sender} · ${dayAndTime(mail.at, now())}</p>
      <p class="letter-why">${mail.why.map((one) => html`<span class="chip">${reason(one)}</span> `)}</p>
      <pre class="letter-text">${mail.text}</pre>${letterFiles(mail)}
      <form @submit=${(event: Event) => void this.settle(event, mail)}>
        <label>${t("mail.request")} <input name="request" inputmode="numeric" size="8"></label>
        <label>${t("mail.client")} <input name="client" inputmode="numeric" size="8"
          value=${mail.client_id ?? ""}></label>
        <label>${t("request.type")} <select name="type"><option value=""></option>
          ${(this.desk.catalogue?.request_types ?? []).map((form) => html`
            <option value=${form.type}>${say(form.title)}</option>`)}</select></label>
        <button class="button small is-primary" data-act="file">${t("mail.file")}</button>
        <button class="button small" type="button" data-act="leave"
          @click=${() => void this.leave(mail)}>${t("mail.leave")}</button>
      </form></article>`;
  }

  private async read(): Promise<void> {
    const result = await this.desk.ask("mail.list", {});
    if (!result) return;
    this.mails = (result as { mails: MailView[] }).mails;
    this.requestUpdate();
  }

  private async settle(event: Event, mail: MailView): Promise<void> {
    event.preventDefault();
    const said = new FormData(event.target as HTMLFormElement);
    const whole = (name: string): number | null => Number(said.get(name)) || null;
    const type = String(said.get("type") ?? "") || null;
    if (!type && !whole("request")) return;
    await this.desk.ask("mail.settle", { id: mail.id, client_id: whole("client"), type,
                                         request_id: whole("request") });
    await this.read();
  }

  private async leave(mail: MailView): Promise<void> {
    await this.desk.ask("mail.settle", { id: mail.id });
    await this.read();
  }
}

/** Why the rules thought so: `word:…`, `account:…`, or a code. */
export function reason(code: string): string {
  const [kind, ...rest] = code.split(":");
  return rest.length > 0 ? t(`mail.why.${kind}`, { what: rest.join(":") })
    : tOr(`mail.why.${code}`, code);
}

export function letterFiles(mail: MailView): Html | typeof nothing {
  if (mail.files.length === 0) return nothing;
  return html`<ul class="letter-files">${mail.files.map((file) => html`<li>${file.kept
    ? html`<a href="/api/v1/mail_files/${file.id}" download>${file.name}</a>`
    : html`${file.name} <span class="faint">${t(`mail.file.${file.why}`)}</span>`}
    <span class="faint num">${t("mail.size", { n: Math.max(1, Math.round(file.size / 1024)) })}</span></li>`)}</ul>`;
}

customElements.define("mail-queue", MailQueue);
