/** The figures of a table, for a plot. */
export interface Plotted {
  heading: string;
  names: string[];
  series: { name: string; values: (number | null)[] }[];
}

/** Rows are places on the x axis, columns are series; a cell without a value is a gap. */
export function readTable(table: HTMLTableElement): Plotted {
  const [heading = "", ...headings] = [...table.querySelectorAll("thead th")].map(words);
  const rows = [...table.querySelectorAll("tbody tr")];
  return {
    heading,
    names: rows.map((row) => words(row.querySelector("th"))),
    series: headings.map((name, column) => ({
      name,
      values: rows.map((row) => number(row.querySelectorAll("td")[column]?.dataset.value)),
    })),
  };
}

/** A number at an axis: counts as they are, seconds in the unit that suits them. */
export function tick(value: number, unit: string): string {
  if (unit !== "seconds") return Number.isInteger(value) ? value.toLocaleString() : "";
  if (value < 60) return `${Math.round(value)} s`;
  if (value < 3600) return `${shortened(value / 60)} min`;
  return value < 86_400 ? `${shortened(value / 3600)} h` : `${shortened(value / 86_400)} d`;
}

const shortened = (value: number): string => String(Math.round(value * 10) / 10);
const words = (element: Element | null): string => element?.textContent?.trim() ?? "";
const number = (value: string | undefined): number | null =>
  value === undefined || value === "" ? null : Number(value);
