// <desk-icon name="phone">: a drawing; always decoration beside a word, so hidden from readers.
import { SHAPES, type IconName } from "../icon_shapes.js";

const SVG = "http://www.w3.org/2000/svg";

export class DeskIcon extends HTMLElement {
  static readonly observedAttributes = ["name"];

  attributeChangedCallback(): void {
    this.setAttribute("aria-hidden", "true");
    const shapes = SHAPES[this.getAttribute("name") as IconName] as
      readonly (readonly [string, Record<string, string>])[] | undefined;
    this.replaceChildren(drawing(shapes ?? []));
  }
}

function drawing(shapes: readonly (readonly [string, Record<string, string>])[]): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    svg.append(shape);
  }
  return svg;
}

customElements.define("desk-icon", DeskIcon);
