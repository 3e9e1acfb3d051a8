/** In lists with `data-rows`, `j` and `k` or the arrows go from row to row, which Enter then opens as any link. A list
 * that is exchanged for a newer one keeps the place. */

const STEPS: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

export function followRows(): void {
  let place = "";
  document.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const target = event.target as HTMLElement;
    if (target.closest("input, textarea, select, [contenteditable], dialog, details[open]")) return;
    const links = [...document.querySelectorAll<HTMLElement>("[data-rows] [data-row] .row-link")];
    const current = links.findIndex((link) => link.closest("[data-row]")?.contains(target));
    // Arrows scroll the page until somebody is in the list.
    if (links.length === 0 || (current < 0 && event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    const next = current < 0 ? 0 : Math.min(Math.max(current + step, 0), links.length - 1);
    links[next]?.focus();
    links[next]?.closest("[data-row]")?.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = document.activeElement?.closest<HTMLElement>("[data-row]");
    place = row && event.target instanceof Node && event.target.contains(row) ? (row.dataset.row ?? "") : "";
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (!place || document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>(`[data-row="${CSS.escape(place)}"] .row-link`)?.focus();
  });
}
