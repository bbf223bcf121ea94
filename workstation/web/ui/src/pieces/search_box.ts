// One field for everybody: name with typos, phone or part of it, account, address, request number.
// Results as typed; a line shows what matched, and number, account, address to tell two apart.
import { html, nothing } from "lit";
import { parts, phoneParts, type Part } from "../marks.js";
import { phone } from "../numbers.js";
import type { HitView } from "../protocol.gen.js";
import { commands, found, ONLY_ACTIONS, type Command } from "../palette.js";
import { t, words } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

function shown(found: Part[]): Html {
  return html`${found.map(({ text, met }) => met ? html`<mark>${text}</mark>` : text)}`;
}

/** What the text met, when that is not the name the client bears now. */
function because({ why, name, marked, marks, field }: HitView): Html {
  if (why === "name" && marked === name) return nothing;
  const met = why === "phone" ? phoneParts(marked, marks) : parts(marked, marks);
  return html`<small class="hit-why"><span class="faint">${field ?? words("hit", why)}</span>
    ${shown(met)}</small>`;
}

/** Number, account, address: but not what stands there already as what matched. */
function apart({ why, marked, number, account, address }: HitView): string {
  return [why !== "phone" && number ? phone(number) : "",
          account && account !== marked ? t("search.account", { number: account }) : "",
          why !== "address" ? address : ""].filter(Boolean).join(" · ");
}

const ASK_AFTER_MS = 60;

class SearchBox extends Piece {
  private text = "";
  private hits: HitView[] = [];
  private actions: Command[] = [];
  private at = 0;
  private answered = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected override render(): Html {
    const nothingFound = this.answered && this.answered === this.text && this.size === 0;
    return html`
      <div class="search-line">${icon("search")}
        <input type="search" autocomplete="off" maxlength="200" role="combobox"
          aria-expanded=${this.size > 0} aria-controls="search-hits"
          aria-activedescendant=${this.size ? `hit-${this.at}` : nothing}
          aria-label=${t("search.title")} placeholder=${t("search.placeholder")}
          @input=${this.typed} @keydown=${this.keyed}></div>
      <ul id="search-hits" class="hits" role="listbox" aria-label=${t("search.found")}>
        ${this.hits.map((hit, index) => html`<li role="option" id="hit-${index}" class="hit"
          aria-selected=${index === this.at} @click=${() => this.choose(index)}>
          ${icon(hit.kind === "organisation" ? "users" : "user")}
          <span class="hit-name">${hit.why === "name" && hit.marked === hit.name
            ? shown(parts(hit.name, hit.marks)) : phone(hit.name)}
            ${hit.similar ? html`<em class="faint">${t("search.similar")}</em>` : nothing}</span>
          ${because(hit)}
          <small class="hit-apart faint">${apart(hit)}</small></li>`)}
        ${this.actions.map((action, index) => this.action(action, index + this.hits.length))}
      </ul>
      <p class="search-foot faint" role="status">${nothingFound
        ? t("search.none") : this.hits.length ? t("search.keys", { n: this.hits.length })
        : this.actions.length ? t("palette.keys", { n: this.actions.length })
        : t("search.hint")}</p>`;
  }

  private action({ id, words: name, key }: Command, index: number): Html {
    return html`<li role="option" id="hit-${index}" class="hit is-action" data-action=${id}
      aria-selected=${index === this.at} @click=${() => this.choose(index)}>
      ${icon("arrow-right")}<span class="hit-name">${name}</span>
      <small class="hit-why">${key ? html`<kbd>${key}</kbd>` : nothing}</small></li>`;
  }

  private get size(): number {
    return this.hits.length + this.actions.length;
  }

  protected override firstUpdated(): void {
    this.querySelector("input")?.focus();
  }

  private typed = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value.trim();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), ASK_AFTER_MS);
  };

  private async look(): Promise<void> {
    const text = this.text;
    const isShort = text.length < 2 || text.startsWith(ONLY_ACTIONS);
    const result = isShort || !this.desk.isUp ? { hits: [] }
      : await this.desk.ask("client.search", { text });
    if (text !== this.text) return;
    this.hits = (result as { hits: HitView[] } | null | undefined)?.hits ?? [];
    this.actions = text.length < 2 && !text.startsWith(ONLY_ACTIONS) ? []
      : found(text, commands(this.desk), text.startsWith(ONLY_ACTIONS) ? 100 : 5);
    this.answered = text;
    this.at = 0;
    this.requestUpdate();
  }

  private keyed = (event: KeyboardEvent): void => {
    const step = event.code === "ArrowDown" ? 1 : event.code === "ArrowUp" ? -1 : 0;
    if (step && this.size) {
      event.preventDefault();
      this.at = (this.at + step + this.size) % this.size;
      this.requestUpdate();
      void this.updateComplete.then(() => {
        this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
      });
    }
    if (event.code === "Enter" || event.code === "NumpadEnter") {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) void this.call();
      else this.choose(this.at);
    }
  };

  private choose(index: number): void {
    const hit = this.hits[index];
    const action = this.actions[index - this.hits.length];
    if (!hit && !action) return;
    this.desk.open("");
    // The dialog first gives the focus back to where it came from, else an action would lose it.
    if (action) setTimeout(() => action.run(), 50);
    else if (hit) void this.desk.openClient(hit.client_id);
  }

  private async call(): Promise<void> {
    const hit = this.hits[this.at];
    if (!hit) { this.choose(this.at); return; }
    this.desk.open("");
    await this.desk.openClient(hit.client_id);
    const number = this.desk.opened.get(hit.client_id)?.card.phones[0]?.e164;
    if (number) await this.desk.phone.dial(number, hit.client_id);
  }
}

customElements.define("search-box", SearchBox);
