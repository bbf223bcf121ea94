// Colleagues, queues and menus as they are now, asked again each second while a panel shows them;
// and rows that keep their places under the hands, whatever happens meanwhile.
import type { Desk } from "./desk.js";
import type { Targets } from "./protocol.gen.js";

const AGAIN_MS = 1000;

export class TargetWatch {
  targets: Targets = { colleagues: [], queues: [], menus: [], ringing: [] };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isOn = false;

  constructor(private readonly desk: () => Desk, private readonly changed: () => void) {}

  start(): void {
    this.isOn = true;
    void this.look();
  }

  stop(): void {
    this.isOn = false;
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    const { result } = await this.desk().tryTo("call.targets", {});
    if (!this.isOn) return;
    if (result) this.targets = result as Targets;
    this.changed();
    this.timer = setTimeout(() => void this.look(), AGAIN_MS);
  }
}

/** Rows in the order in which they were first seen; what is gone keeps its place until the end. */
export class Places<Row extends { key: string }> {
  private readonly rows = new Map<string, { row: Row; isHere: boolean }>();

  take(fresh: readonly Row[]): { row: Row; isHere: boolean }[] {
    const here = new Map(fresh.map((row) => [row.key, row]));
    for (const [key, { row }] of this.rows) this.rows.set(key, { row, isHere: here.has(key) });
    for (const [key, row] of here) this.rows.set(key, { row, isHere: true });
    return [...this.rows.values()];
  }
}
