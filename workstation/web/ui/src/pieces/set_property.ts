// A CSS custom property of one element, set through the CSSOM: the page allows no style attribute.
import { noChange } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";

class SetProperty extends Directive {
  render(_name: string, _value: string): unknown {
    return noChange;
  }

  override update(part: ElementPart, [name, value]: [string, string]): unknown {
    (part.element as HTMLElement).style.setProperty(name, value);
    return noChange;
  }
}

export const setProperty = directive(SetProperty);
