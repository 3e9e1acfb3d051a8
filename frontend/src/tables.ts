/** On phones a row of a table is a card, in which each cell needs its heading. As blocks, tables would be none for
 * screen readers, so their roles are written down. */
import { forEachPart } from "./dom.ts";

const ROLES = [
  ["table", "table"],
  ["thead, tbody", "rowgroup"],
  ["tr", "row"],
  ["thead th", "columnheader"],
  ["tbody th", "rowheader"],
  ["td", "cell"],
] as const;

export function labelCells(): void {
  forEachPart((part) => {
    for (const table of part.querySelectorAll<HTMLTableElement>("table.cards")) label(table);
  });
}

function label(table: HTMLTableElement): void {
  table.setAttribute("role", "table");
  for (const [selector, role] of ROLES) {
    for (const element of table.querySelectorAll(selector)) element.setAttribute("role", role);
  }
  const headings = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent?.trim() ?? "");
  for (const body of table.tBodies) {
    for (const row of body.rows) {
      [...row.cells].forEach((cell, index) => {
        if (cell.tagName === "TD") cell.dataset.label ??= headings[index] ?? "";
      });
    }
  }
}
