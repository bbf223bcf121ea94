// Who is there already, told while a new client's name is typed; a click takes him instead.
import { html, nothing } from "lit";
import type { ConversationView, SuspectView } from "../protocol.gen.js";
import { t } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { because } from "./duplicate_board.js";
import { Piece } from "./piece.js";

const ASK_AFTER_MS = 250;
const SHORTEST = 3;

class DuplicateWarning extends Piece {
  static override readonly follows = [] as const;
  static override properties = { ...Piece.properties, one: { attribute: false } };
  declare one: ConversationView;
  private suspects: SuspectView[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private form: HTMLFormElement | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.form = this.closest("form");
    this.form?.addEventListener("input", this.typed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.form?.removeEventListener("input", this.typed);
    clearTimeout(this.timer);
  }

  private typed = (): void => {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), ASK_AFTER_MS);
  };

  private async look(): Promise<void> {
    const said = new FormData(this.form ?? undefined);
    const name = String(said.get("name") ?? "").trim();
    const kind = said.get("kind") === "organisation" ? "organisation" : "person";
    const { result } = name.length < SHORTEST ? { result: null }
      : await this.desk.tryTo("duplicate.check", { name, kind, conversation: this.one.id });
    this.suspects = (result as { suspects: SuspectView[] } | null | undefined)?.suspects ?? [];
    this.requestUpdate();
  }

  protected override render(): Html {
    return html`<div class="warned" role="status">${this.suspects.length === 0 ? nothing : html`
      <p>${icon("triangle-alert")} ${t("duplicates.there_already")}</p>
      <ul>${this.suspects.map((found) => html`<li><button type="button" class="link"
        data-suspect=${found.client_id} @click=${() => this.take(found)}>${found.name}</button>
        <small class="faint">${t("client.id", { id: found.client_id })} · ${
          found.reasons.filter((reason) => reason.points > 0).map(because).join(", ")}</small></li>`)}
      </ul>`}</div>`;
  }

  private take(found: SuspectView): void {
    void this.desk.ask("conversation.choose", {
      conversation: this.one.id, client_id: found.client_id });
  }
}

customElements.define("duplicate-warning", DuplicateWarning);
