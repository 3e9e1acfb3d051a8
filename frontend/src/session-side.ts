/** Where there is little room, the customer's side of a session's page comes over the conversation: `data-side`. */
import { within } from "./dom.ts";

export function followSessionSide(): void {
  document.addEventListener("click", (event) => {
    const side = document.getElementById("session-side");
    if (!side) return;
    if (within(event, "[data-side]")) show(side, !side.classList.contains("is-open"));
    else if (within(event, "[data-side-closes]")) show(side, false);
  });
  document.addEventListener("keydown", (event) => {
    const side = document.getElementById("session-side");
    if (
      event.key === "Escape" &&
      side?.classList.contains("is-open") &&
      !document.querySelector("dialog[open]")
    )
      show(side, false);
  });
}

function show(side: HTMLElement, isOpen: boolean): void {
  side.classList.toggle("is-open", isOpen);
  const button = document.querySelector<HTMLElement>("[data-side]");
  button?.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) side.querySelector<HTMLElement>("[data-side-closes]")?.focus();
  else button?.focus();
}
