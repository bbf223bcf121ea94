// A newer build of ours runs on the server: the page says so and takes it when nobody is at work.
import type { Desk } from "./desk.js";
import { isTyping } from "./announce.js";

const TAKEN = "deskline.build";
const LOOK_EVERY_MS = 1000;
const QUIET_MS = 15_000;

export class Upgrade {
  isThere = false;
  private build = "";
  private touchedAt = Date.now();
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly desk: Desk) {
    for (const kind of ["keydown", "pointerdown"]) {
      addEventListener(kind, () => { this.touchedAt = Date.now(); }, { capture: true });
    }
  }

  /** With every snapshot. A page that came back as it was, once taken, is not loaded again. */
  heard(build: string): void {
    const known = document.body.dataset["build"] ?? "";
    this.isThere = known !== "" && build !== "" && known !== build &&
      sessionStorage.getItem(TAKEN) !== build;
    this.build = build;
    clearInterval(this.timer);
    if (this.isThere) this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  take(): void {
    clearInterval(this.timer);
    sessionStorage.setItem(TAKEN, this.build);
    location.reload();
  }

  private look(): void {
    if (this.isFree && (document.hidden || Date.now() - this.touchedAt > QUIET_MS)) this.take();
  }

  /** Nothing runs, nothing is open, nothing is typed that the server has not got. */
  private get isFree(): boolean {
    const { desk } = this;
    const isAtWork = desk.phone.call !== null || desk.live !== null || desk.wrappingUp !== null;
    return desk.isUp && !isAtWork && desk.dialog === "" && !desk.drafts.hasUnsent && !isTyping() &&
      document.querySelector("card-editor form, reason-form, .menu:popover-open") === null;
  }
}
