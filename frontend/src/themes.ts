/** The switch in the user's menu. */
import { within } from "./dom.ts";
import { isTheme, THEME } from "./theme-names.ts";

export function followThemeSwitches(): void {
  show();
  document.addEventListener("click", (event) => {
    const choice = within<HTMLElement>(event, "[data-theme-choice]")?.dataset.themeChoice;
    if (choice === undefined) return;
    if (isTheme(choice)) {
      localStorage.setItem(THEME, choice);
      document.documentElement.dataset.theme = choice;
    } else {
      localStorage.removeItem(THEME);
      delete document.documentElement.dataset.theme;
    }
    show();
  });
}

function show(): void {
  const chosen = document.documentElement.dataset.theme ?? "auto";
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
  }
}
