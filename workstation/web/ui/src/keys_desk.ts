// The keys a person changed, on this screen: read from the server, changed there, obeyed here.
import { asDelivered } from "./bindings.js";
import type { Desk } from "./desk.js";
import { showOwn, type Own } from "./own_keys.js";

export class OwnKeys {
  own: Own = {};

  constructor(private readonly desk: Desk) {}

  async read(): Promise<void> {
    const { result } = await this.desk.tryTo("keys.mine", {});
    const keys = (result as { keys?: Own } | undefined)?.keys;
    if (keys) this.take(keys);
  }

  /** Asks the server to keep it; the page obeys at once. */
  async set(action: string, chord: string | null): Promise<void> {
    const next = { ...this.own };
    if (chord === null) delete next[action];
    else next[action] = chord;
    if (await this.desk.ask("keys.set", { keys: next }) !== undefined) this.take(next);
  }

  async reset(): Promise<void> {
    if (await this.desk.ask("keys.set", { keys: {} }) !== undefined) this.take({});
  }

  private take(own: Own): void {
    if (JSON.stringify(own) === JSON.stringify(this.own)) return;
    this.own = own;
    showOwn(asDelivered(this.desk), own);
    this.desk.changed();
  }
}
