// The pages of the tab "base": to add one, write its piece and a row here.
import type { Desk } from "./desk.js";
import type { Html } from "./pieces/bits.js";
import { auditSection } from "./pieces/audit_page.js";
import { duplicatesSection } from "./pieces/duplicate_board.js";
import { fieldsSection } from "./pieces/fields_page.js";
import { gapsSection } from "./pieces/gaps_page.js";
import { importsSection } from "./pieces/import_page.js";
import { menusSection } from "./pieces/menu_page.js";
import { privacySection } from "./pieces/privacy_page.js";
import { routingSection } from "./pieces/routing_page.js";
import { thresholdsSection } from "./pieces/thresholds_page.js";
import { typesSection } from "./pieces/types_page.js";
import { waitsSection } from "./pieces/waits_page.js";
import { wallsSection } from "./pieces/walls_page.js";

export interface Section {
  /** Also the end of its address, `#base/ID`, and of its name's text, `base.ID`. */
  id: string;
  /** Leads are supervisors and administrators; the server decides again at every question. */
  who: "leads" | "administrators";
  draw: (desk: Desk) => Html;
}

export const SECTIONS: Section[] = [
  duplicatesSection,
  fieldsSection,
  importsSection,
  menusSection,
  routingSection,
  waitsSection,
  typesSection,
  thresholdsSection,
  wallsSection,
  gapsSection,
  auditSection,
  privacySection,
];

export function sectionsOf(desk: Desk): Section[] {
  const isAdministrator = desk.me?.roles.includes("administrator") ?? false;
  return SECTIONS.filter((section) => section.who === "leads" || isAdministrator);
}
