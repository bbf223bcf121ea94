// How lines were and are, in words: of a contact in the timeline, of a colleague's call on the floor.
import { html, nothing } from "lit";
import type { OperatorView } from "../protocol.gen.js";
import { percent, stretch, t } from "../texts.js";
import type { Html } from "./bits.js";

interface Leg {
  operator: string;
  loss: number;
  jitter_ms: number;
  round_trip_ms: number;
  worst: "good" | "fair" | "poor" | "silent";
  bad_s: number;
}

/** A chip for the legs that were worse than good; their figures when it is pointed at. */
export function lineMarks(lines: unknown, nameOf: (operator: string) => string): Html {
  if (!Array.isArray(lines)) return nothing;
  const legs = (lines as Leg[]).filter((leg) => leg.worst !== "good");
  return html`${legs.map((leg) => html`<span class="chip line-was is-${leg.worst}"
    title=${figures(leg, nameOf)}><i class="bars"></i>${t(`line.${leg.worst}`)}${leg.bad_s > 0
      ? html` <span class="num">${stretch(leg.bad_s)}</span>` : nothing}</span>`)}`;
}

function figures({ operator, round_trip_ms, jitter_ms, loss }: Leg,
                 nameOf: (operator: string) => string): string {
  const said = t("quality.title", { ms: Math.round(round_trip_ms), jitter: Math.round(jitter_ms),
                                    loss: percent(loss) });
  return `${nameOf(operator)}: ${said}`;
}

export function lineNow({ line }: OperatorView): Html {
  return line ? html`<span class="line-quality is-${line}"><i class="bars"></i>${
    t(`line.now.${line}`)}</span> ` : nothing;
}
