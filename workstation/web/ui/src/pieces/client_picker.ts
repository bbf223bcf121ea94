// Choosing another client inside a form: type, arrows, Enter; the name stands in the field.
import { html, nothing } from "lit";
import { t } from "../texts.js";
import type { Html } from "./bits.js";
import { Piece } from "./piece.js";

export interface Picked {
  id: number;
  name: string;
}

interface Hit {
  client_id: number;
  name: string;
}

const ASK_AFTER_MS = 150;
const SHOWN = 6;

class ClientPicker extends Piece {
  static override readonly follows = [] as const;
  static override properties = { ...Piece.properties, name: {}, label: {}, hint: {} };
  declare name: string;
  declare label: string;
  declare hint: string;
  private hits: Hit[] = [];
  private at = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected override render(): Html {
    const id = `picker-${this.id}`;
    return html`<input autocomplete="off" maxlength="200" role="combobox" aria-label=${this.label}
        aria-expanded=${this.hits.length > 0} aria-controls=${id} placeholder=${this.hint ?? ""}
        .value=${this.name ?? ""} @input=${this.typed} @keydown=${this.keyed}
        @blur=${() => setTimeout(() => this.close(), 150)}>
      ${this.hits.length ? html`<ul class="picker-hits" role="listbox" id=${id}
        aria-label=${t("search.found")}>
        ${this.hits.map((hit, at) => html`<li role="option" aria-selected=${at === this.at}
          @mousedown=${(event: Event) => { event.preventDefault(); this.pick(at); }}>
          ${hit.name} <small class="faint">${t("client.id", { id: hit.client_id })}</small></li>`)}
        </ul>` : nothing}`;
  }

  private typed = (event: Event): void => {
    const text = (event.target as HTMLInputElement).value.trim();
    clearTimeout(this.timer);
    if (!text) this.tell({ id: 0, name: "" });
    this.timer = setTimeout(() => void this.look(text), ASK_AFTER_MS);
  };

  private async look(text: string): Promise<void> {
    const { result } = text.length < 2 ? { result: { hits: [] } }
      : await this.desk.tryTo("client.search", { text });
    this.hits = ((result as { hits?: Hit[] } | null | undefined)?.hits ?? []).slice(0, SHOWN);
    this.at = 0;
    this.requestUpdate();
  }

  private keyed = (event: KeyboardEvent): void => {
    if (!this.hits.length) return;
    const step = event.code === "ArrowDown" ? 1 : event.code === "ArrowUp" ? -1 : 0;
    if (step) this.at = (this.at + step + this.hits.length) % this.hits.length;
    else if (event.code === "Enter" || event.code === "NumpadEnter") this.pick(this.at);
    else if (event.code === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.requestUpdate();
  };

  private pick(at: number): void {
    const hit = this.hits[at];
    if (hit) this.tell({ id: hit.client_id, name: hit.name });
    this.close();
  }

  private tell(picked: Picked): void {
    this.name = picked.name;
    this.dispatchEvent(new CustomEvent<Picked>("picked", { detail: picked }));
  }

  private close(): void {
    this.hits = [];
    this.requestUpdate();
  }
}

customElements.define("client-picker", ClientPicker);
