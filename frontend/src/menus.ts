/** Menus close by a press elsewhere and by Escape; on phones the navigation is such a thing too. */
import { within } from "./dom.ts";

export function followMenus(): void {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
      const isInside = event.target instanceof Node && menu.contains(event.target);
      const isDone = within(event, ".menu-items a, .menu-items button:not([data-theme-choice])");
      if (!isInside || isDone) menu.open = false;
    }
    if (within(event, "[data-nav]")) setNavigation(!document.body.classList.contains("nav-open"));
    else if (!within(event, ".side")) setNavigation(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector<HTMLDetailsElement>("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector<HTMLElement>("summary")?.focus();
    } else if (document.body.classList.contains("nav-open")) {
      setNavigation(false);
      document.querySelector<HTMLElement>("[data-nav]")?.focus();
    }
  });
}

function setNavigation(isOpen: boolean): void {
  if (document.body.classList.contains("nav-open") === isOpen) return;
  document.body.classList.toggle("nav-open", isOpen);
  document.querySelector("[data-nav]")?.setAttribute("aria-expanded", String(isOpen));
  // What lies beneath cannot be reached meanwhile.
  document.getElementById("main")?.toggleAttribute("inert", isOpen);
  if (isOpen) document.querySelector<HTMLElement>(".side a")?.focus();
}
