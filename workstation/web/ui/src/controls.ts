// What may be done with my call, and doing it: the same for the page's own telephone and for one
// on the desk. What is possible is the server's `can`; a page's own telephone mutes and sends tones
// by itself, and holds when the server cannot be asked.
import type { Desk } from "./desk.js";
import type { Actions, ConversationView } from "./protocol.gen.js";

type Named<A> = A extends `call.${infer V}` ? V : never;
export type Verb = Named<keyof Actions>;
export type Party = "client" | "third";

/** Where a call may go: exactly one of them. */
export type Target = { operator: string } | { queue: string } | { number: string };

const WITHOUT_CALL: ReadonlySet<string> = new Set(["call.dial", "call.targets"]);

export class CallControls {
  /** The call that a lead sends elsewhere from his boards; null: the panel is about my own. */
  private moved: string | null = null;
  private readonly underWay = new Set<string>();

  constructor(private readonly desk: Desk) {}

  get live(): ConversationView | null {
    return this.desk.live;
  }

  /** While somebody else is asked, or all three talk, every control is the server's. */
  get isShared(): boolean {
    return this.isConsulting || this.isConference;
  }

  get isConsulting(): boolean {
    return !!this.live?.consult && !this.isConference && !this.isAsked;
  }

  /** A colleague asks me: what is done with the call is his. */
  get isAsked(): boolean {
    return !!this.desk.me && this.live?.consult?.operator === this.desk.me.id;
  }

  get isConference(): boolean {
    return this.live?.conference ?? false;
  }

  get isHeld(): boolean {
    return this.live?.state === "held" || this.desk.phone.call?.state === "held";
  }

  get isMuted(): boolean {
    return (this.desk.phone.call?.muted ?? false) || (this.live?.muted ?? false);
  }

  /** Whether the page's own telephone is in a talk. */
  private get isOnPage(): boolean {
    const { state, isListening } = this.desk.phone.call ?? {};
    if (isListening && !this.live) return false;    // until the call is taken over
    return state === "talking" || state === "held";
  }

  can(verb: Verb): boolean {
    return (this.live?.can ?? []).includes(verb);
  }

  // ── the buttons ───────────────────────────────────────────────────────────────────────────
  get mayHold(): boolean {
    if (this.isConsulting) return this.can("swap");
    return this.isOwnHold || this.can(this.live?.state === "held" ? "resume" : "hold");
  }

  /** Asterisk holds the caller, so that he can be held and another asked. Without the server the
   * page's telephone does it by itself, and what it holds only it can take up again. */
  private get isOwnHold(): boolean {
    if (!this.isOnPage || this.isShared) return false;
    if (this.desk.phone.call?.state === "held") return true;
    return this.live?.state !== "held" && !(this.desk.isUp && this.can("hold"));
  }

  hold(): void {
    if (!this.mayHold) return;
    if (this.isConsulting) void this.ask("swap");
    else if (this.isOwnHold) this.desk.phone.web?.toggleHold();
    else void this.ask(this.live?.state === "held" ? "resume" : "hold");
  }

  get mayMute(): boolean {
    return this.isOnPage || this.can("mute");
  }

  mute(): void {
    if (!this.mayMute) return;
    if (this.isOnPage && !this.live?.muted) this.desk.phone.web?.toggleMute();
    else void this.ask("mute", { on: !this.live?.muted });
  }

  get mayPress(): boolean {
    return this.isOnPage || this.can("keypad");
  }

  press(digit: string): void {
    if (this.isOnPage) this.desk.phone.web?.press(digit);
    else if (this.can("keypad")) void this.ask("keypad", { digits: digit });
  }

  get mayTransfer(): boolean {
    return this.isConsulting ? this.can("complete")
      : this.can("transfer") || this.can("consult") || this.can("to_menu");
  }

  transferOrComplete(): void {
    if (!this.mayTransfer) return;
    if (this.isConsulting) void this.ask("complete");
    else this.openPanel(null);
  }

  // ── the panel of where to ─────────────────────────────────────────────────────────────────
  /** A lead's order for any call that waits or talks. */
  move(call: string): void {
    this.openPanel(call);
  }

  private openPanel(call: string | null): void {
    this.moved = call;
    this.desk.open("transfer");
  }

  get isPanelMine(): boolean {
    return this.moved === null;
  }

  /** Whether the panel's call is still there. */
  get isPanelOfUse(): boolean {
    return this.moved === null ? this.live !== null : this.moved in this.desk.views.calls;
  }

  mayHand(verb: "transfer" | "consult" | "to_menu"): boolean {
    if (this.moved === null) return this.can(verb);
    return verb === "transfer" && this.movingVerb(this.moved) !== null;
  }

  /** What sends this call elsewhere now, for who oversees it. */
  movingVerb(call: string): "redirect" | "transfer" | null {
    const can = this.desk.views.calls[call]?.can ?? [];
    return can.includes("redirect") ? "redirect" : can.includes("transfer") ? "transfer" : null;
  }

  hand(verb: "transfer" | "consult", target: Target): void {
    if (this.moved === null) void this.ask(verb, target);
    else void this.askAbout(this.moved, this.movingVerb(this.moved) ?? "transfer", target);
  }

  toMenu(menu: string): void {
    void this.ask("to_menu", { menu });
  }


  get mayPark(): boolean {
    return this.isConsulting ? this.can("conference") : this.can("park");
  }

  parkOrJoin(): void {
    if (this.mayPark) void this.ask(this.isConsulting ? "conference" : "park");
  }

  get mayEnd(): boolean {
    return this.desk.phone.call !== null || this.live !== null;
  }

  /** Who asks a colleague goes back to the client, who is in a conference leaves it: a call is
   * ended only while two are in it. */
  end(): void {
    if (this.isConsulting && this.can("cancel")) void this.ask("cancel");
    else if (this.isConference && this.can("leave")) void this.ask("leave");
    else this.desk.phone.end();
  }

  // ── the others ────────────────────────────────────────────────────────────────────────────
  get mayAnswer(): boolean {
    return this.desk.phone.isWeb || this.can("answer");
  }

  /** Answering is a choice: its client is shown, whatever was open. */
  answer(): void {
    const ringing = this.desk.conversations.find((one) => one.state === "ringing");
    if (ringing) this.desk.show({ kind: "conversation", id: ringing.id });
    if (this.desk.phone.isWeb) this.desk.phone.web?.answer();
    else if (ringing?.can?.includes("answer")) void this.askAbout(ringing.call, "answer");
  }

  drop(party: Party): void {
    if (this.can("drop")) void this.ask("drop", { party });
  }

  /** A card number is said: the recording waits; it goes on by itself or by the same key. */
  pauseRecording(): void {
    const verb = this.live?.recording === "paused" ? "resume_recording" : "pause_recording";
    if (this.can(verb)) void this.ask(verb);
  }

  record(): void {
    if (this.can("record")) void this.ask("record", { on: !this.live?.recording });
  }

  /** Of another's call: one that is parked, waits, or rings at a colleague. */
  take(verb: "take_back" | "pick_up", call: string): Promise<unknown> {
    return this.askAbout(call, verb);
  }

  private ask(verb: Verb, more: object = {}): Promise<unknown> {
    return this.live ? this.askAbout(this.live.call, verb, more) : Promise.resolve();
  }

  /** A second press while the first is under way is no second order, except for tones. */
  private async askAbout(call: string, verb: Verb, more: object = {}): Promise<unknown> {
    const action = `call.${verb}` as keyof Actions;
    if (WITHOUT_CALL.has(action) || (this.underWay.has(verb) && verb !== "keypad")) return;
    this.underWay.add(verb);
    const result = await this.desk.ask(action, { call, ...more } as never);
    this.underWay.delete(verb);
    return result;
  }
}
