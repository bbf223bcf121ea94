// Parts that an import's draft and its run draw alike.
import { html } from "lit";
import { percent } from "../texts.js";
import type { Html } from "./bits.js";
import { setProperty } from "./set_property.js";

export function bar(share: number, label: string): Html {
  return html`<div class="import-bar" role="progressbar" aria-label=${label} aria-valuemin="0" aria-valuemax="100"
    aria-valuenow=${Math.round(share * 100)}><i ${setProperty("--share", `${share * 100}%`)}></i>
    <span class="num">${percent(share)}</span></div>`;
}
