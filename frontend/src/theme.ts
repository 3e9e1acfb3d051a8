/** Light or dark as this person chose, before anything is painted. What the page itself says goes first. */
import { isTheme, THEME } from "./theme-names.ts";

const root = document.documentElement;
try {
  const chosen = localStorage.getItem(THEME);
  if (isTheme(chosen) && !root.dataset.theme) root.dataset.theme = chosen;
} catch {
  // A browser that keeps nothing: the system's theme it is.
}
