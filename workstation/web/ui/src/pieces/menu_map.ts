// A menu drawn: steps as boxes, and where callers leave over them.
import { html, nothing, svg, type TemplateResult } from "lit";
import { heatOf, mostLeft, type MapBox, type MapEdge, type MenuMap, type StepFigures } from "../menu_types.js";
import { t, words } from "../texts.js";

const WIDTH = 168;
const HEIGHT = 46;

/** `open` is called with the step whose figure was chosen. */
export function drawMap(
  map: MenuMap, title: string, figures: Record<string, StepFigures> | null,
  open: (step: string) => void,
): TemplateResult {
  const most = figures ? mostLeft(figures) : 0;
  return html`<svg class="menu-map" role="group" aria-label=${title}
    viewBox=${`0 0 ${map.width} ${map.height}`} width=${map.width} height=${map.height}>
    ${map.edges.map(drawEdge)}
    ${map.boxes.map((box) => drawBox(box, figures?.[box.name], most, open))}</svg>`;
}

function drawEdge(edge: MapEdge): TemplateResult {
  return svg`<g class=${edge.is_back ? "edge is-back" : "edge"} aria-hidden="true">${edge.path ? svg`<path d=${edge.path} />` : nothing}
    ${edge.label ? svg`<text x=${edge.x} y=${edge.y}>${edge.label}</text>` : nothing}</g>`;
}

function drawBox(
  box: MapBox, figures: StepFigures | undefined, most: number, open: (step: string) => void,
): TemplateResult {
  const about = `${words("menu_kind", box.kind)} ${box.about}`.trim();
  const classes = `step heat${heatOf(figures, most)}${box.is_start ? " is-start" : ""}${
    figures?.left ? " is-open" : ""}`;
  const said = figures ? t("menus.step_figures", { step: box.name, ...figures }) : `${box.name}: ${about}`;
  const inside = svg`<title>${box.name}: ${about}</title>
    <rect x=${box.x} y=${box.y} width=${WIDTH} height=${HEIGHT} rx="6" />
    <text class="name" x=${box.x + 8} y=${box.y + 18}>${short(box.name, figures ? 16 : 24)}</text>
    <text class="about" x=${box.x + 8} y=${box.y + 36}>${short(about, 27)}</text>
    ${figures ? svg`<text class="figure" x=${box.x + WIDTH - 8} y=${box.y + 18} text-anchor="end">${
      figures.left} / ${figures.entered}</text>` : nothing}`;
  if (!figures?.left) return svg`<g class=${classes} role="img" aria-label=${said}>${inside}</g>`;
  return svg`<g class=${classes} role="button" tabindex="0" aria-label=${label(said, box, about, figures)}
    data-step=${box.name}
    @click=${() => open(box.name)} @keydown=${(event: KeyboardEvent) => {
      if (event.code === "Enter" || event.code === "Space") {
        event.preventDefault();
        open(box.name);
      }
    }}>${inside}</g>`;
}

/** What is seen comes first, so that it can be spoken to; then what it means. */
function label(said: string, box: MapBox, about: string, figures: StepFigures): string {
  return `${short(box.name, 16)} ${short(about, 27)} ${figures.left} / ${figures.entered}. ${said}`;
}

function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
