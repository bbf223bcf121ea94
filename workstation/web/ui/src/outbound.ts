// Dialling by hand: from anywhere on the page, and from links of other pages (`tel:`). Nothing
// outside of this page ever dials by itself: a link only fills in the number.
import { problemInWords, type Desk } from "./desk.js";
import { now } from "./moments.js";
import type { DiallingView, Problem } from "./protocol.gen.js";
import { dayAndTime, t, tOr } from "./texts.js";

export interface DialDraft {
  number: string;
  clientId: number | null;
}

const LONGEST = 32;

export class Outbound {
  draft: DialDraft = { number: "", clientId: null };
  refusal = "";

  constructor(private readonly desk: Desk) {}

  open(number = "", clientId: number | null = null): void {
    this.draft = { number, clientId };
    this.refusal = "";
    this.desk.open("dial");
  }

  /** The client on the screen: his first number is filled in. */
  openHere(): void | false {
    if (this.desk.dialog || !this.desk.hasDesk) return false;
    const { shown, conversation } = this.desk;
    const opened = shown?.kind === "client" ? this.desk.opened.get(shown.id)?.card : conversation?.card;
    this.open(opened?.phones[0]?.label ?? conversation?.number_label ?? "",
              opened?.client_id ?? null);
  }

  /** From a list that knows no number: his card, and the dialog with the first one. */
  async callClient(clientId: number): Promise<void> {
    await this.desk.openClient(clientId);
    const number = this.desk.opened.get(clientId)?.card.phones[0];
    if (number) this.open(number.label, clientId);
  }

  /** What a refused dial leads to: the second typing, or the reason in words. */
  refused(problem: Problem, number: string, clientId: number | null): void {
    if (problem.code !== "retype_needed" && this.desk.dialog !== "dial") {
      this.desk.toast("error", refusedInWords(problem));
      return;
    }
    if (this.desk.dialog !== "dial") this.open(number, clientId);
    this.refusal = refusedInWords(problem);
    this.desk.changed();
  }

  /** The address a `tel:` link brought this page to; taken off, so that a reload asks no more. */
  fromAddress(): void {
    const wanted = new URLSearchParams(location.search).get("dial");
    if (wanted === null) return;
    history.replaceState(null, "", location.pathname + location.hash);
    const number = numberIn(wanted);
    if (number && this.desk.hasDesk) this.open(number);
  }
}

/** The number of a `tel:` address, or of plain text; "" when there is none. */
export function numberIn(text: string): string {
  let plain = text;
  try {
    plain = decodeURIComponent(text);
  } catch {
    return "";
  }
  const number = plain.replace(/^(web\+)?tel:(\/\/)?/i, "").split(/[;?]/)[0] ?? "";
  return /^[+0-9 ().\-\u00a0]+$/.test(number) && /[0-9]/.test(number)
    ? number.trim().slice(0, LONGEST) : "";
}

export function refusedInWords(problem: Problem): string {
  const why = String(problem.facts?.["why"] ?? "");
  return why ? whyInWords(why, problem.facts ?? {}, problem.facts?.["until"])
    : problemInWords(problem);
}

export function whyOf(dialling: Pick<DiallingView, "why" | "facts" | "until">): string {
  return dialling.why ? whyInWords(dialling.why, dialling.facts, dialling.until) : "";
}

/** "Outside of lawful hours (EU-base); allowed again on …". */
function whyInWords(why: string, facts: Record<string, unknown>, until: unknown): string {
  const flag = String(facts["because"] ?? facts["flag"] ?? "");
  const reason = t(`dial.why.${why}`, {
    rule: String(facts["rule"] ?? ""), because: tOr(`flag.${flag}`, flag),
    maximum: String(facts["maximum"] ?? ""), counted: String(facts["counted"] ?? "") });
  return typeof until === "string" && until
    ? `${reason} ${t("dial.allowed_from", { at: dayAndTime(until, now()) })}` : reason;
}
