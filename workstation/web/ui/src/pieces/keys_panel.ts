// All keys, by group; each can be changed: press its button, then the new key.
import { html, nothing } from "lit";
import { bindings } from "../bindings.js";
import { chord, type Binding } from "../keys.js";
import { chordShown, isChangeable, refusal, type Refusal } from "../own_keys.js";
import { t } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const GROUPS = ["phone", "work", "page"] as const;

class KeysPanel extends Piece {
  private asked = "";             // the action whose new key is waited for
  private refused: { key: string; why: Refusal } | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.pressed, { capture: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.pressed, { capture: true });
  }

  protected override render(): Html {
    const all = bindings(this.desk).filter((one) => one.shown || one.text in this.desk.keys.own);
    const changed = Object.keys(this.desk.keys.own).length;
    return html`<p class="keys-how" role="status">${this.words()}</p>
      <div class="keys" tabindex="0" role="region" aria-label=${t("keys.title")}>
      ${GROUPS.map((group) => html`<section><h3>${t(`keys.${group}`)}</h3><dl>
        ${all.filter((one) => one.group === group).map((one) => this.row(one))}</dl></section>`)}
      </div>
      <footer class="keys-foot"><span class="faint">${t("keys.follow")}</span>
        ${changed ? html`<button class="button small" data-act="keys-reset"
          @click=${() => void this.desk.keys.reset()}>${icon("undo-2")} ${
            t("keys.reset", { n: changed })}</button>` : nothing}</footer>`;
  }

  /** The list has the focus, so that arrows scroll it; the dialog was drawn before it. */
  protected override firstUpdated(): void {
    this.querySelector<HTMLElement>(".keys")?.focus();
  }

  private words(): string {
    if (this.refused) {
      const { key, why } = this.refused;
      return t(`keys.${why.code}`, { key, by: why.code === "taken" ? t(why.by) : "" });
    }
    return this.asked ? t("keys.press", { what: t(this.asked) }) : t("keys.how");
  }

  private row(one: Binding): Html {
    const shown = (one.shown ?? "").split(", ").filter(Boolean);
    const keys = shown.length ? shown.map((key) => html`<kbd>${key}</kbd>`) : t("keys.no_key");
    const name = t(one.text);
    const isOwn = one.text in this.desk.keys.own;
    return html`<div class=${isOwn ? "is-own" : ""}><dt>${name}</dt><dd>${isChangeable(one)
      ? html`<button class="key-change" data-key=${one.text} aria-pressed=${this.asked === one.text}
          aria-label=${t("keys.change", { what: name, key: shown.join(", ") })}
          @click=${() => this.ask(one.text)}>${this.asked === one.text ? html`<kbd>…</kbd>` : keys}
        </button>${isOwn ? html`<button class="quiet key-back" title=${t("keys.back")}
          aria-label=${`${t("keys.back")}: ${name}`} @click=${() =>
            void this.desk.keys.set(one.text, null)}>${icon("undo-2")}</button>` : nothing}`
      : keys}</dd></div>`;
  }

  private ask(action: string): void {
    this.asked = this.asked === action ? "" : action;
    this.refused = null;
    this.requestUpdate();
  }

  /** Before the page's own keys: what is pressed now is a choice, not a command. */
  private pressed = (event: KeyboardEvent): void => {
    if (!this.asked || /^(Control|Alt|AltGraph|Shift|Meta)$/.test(event.key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const pressed = chord(event);
    const action = this.asked;
    if (pressed === "Escape") this.ask(action);
    else {
      const why = refusal(bindings(this.desk), action, pressed);
      this.refused = why ? { key: chordShown(pressed), why } : null;
      if (!why) {
        this.asked = "";
        void this.desk.keys.set(action, pressed);
      }
      this.requestUpdate();
    }
  };
}

customElements.define("keys-panel", KeysPanel);
