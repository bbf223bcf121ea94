// The parent of all live pieces: light DOM, one Desk, drawn again when the desk changed.
import { LitElement } from "lit";
import type { Desk } from "../desk.js";
import type { Views } from "../protocol.gen.js";
import { onSpeak } from "../texts.js";

export abstract class Piece extends LitElement {
  /** The views it draws: a delta that touches none of them does not draw it again. */
  static readonly follows: readonly (keyof Views)[] | null = null;
  static override properties = { desk: { attribute: false } };
  declare desk: Desk;
  private stopWatching: (() => void) | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { follows } = this.constructor as typeof Piece;
    this.stopWatching = this.desk.watch((touched) => {
      if (!touched || !follows || follows.some((one) => touched.has(one))) this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopWatching?.();
  }
}

const pieces = new Set<() => void>();

/** Elements outside of Lit that must be written again in another language. */
export function rewriteOnSpeak(rewrite: () => void): () => void {
  pieces.add(rewrite);
  return () => pieces.delete(rewrite);
}

onSpeak(() => { for (const rewrite of pieces) rewrite(); });
