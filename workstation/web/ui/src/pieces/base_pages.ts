// The tab "base": the list of its pages at the left, the open one beside it.
import { html, nothing } from "lit";
import { sectionsOf, type Section } from "../sections.js";
import { t } from "../texts.js";
import type { Html } from "./bits.js";
import { Piece } from "./piece.js";

class BasePages extends Piece {
  protected override render(): Html {
    const sections = sectionsOf(this.desk);
    const wanted = location.hash.split("/")[1];
    const open = sections.find((section) => section.id === wanted) ?? sections[0];
    return html`
      <nav class="section-list" aria-label=${t("base.pages")}>
        ${sections.map((section) => this.link(section, section === open))}</nav>
      <div class="section-page">${open ? open.draw(this.desk) : nothing}</div>`;
  }

  private link(section: Section, isOpen: boolean): Html {
    return html`<button aria-current=${isOpen ? "page" : "false"} data-section=${section.id}
      @click=${() => this.desk.goToSection(section.id)}>${t(`base.${section.id}`)}</button>`;
  }
}

customElements.define("base-pages", BasePages);
