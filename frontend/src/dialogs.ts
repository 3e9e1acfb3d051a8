/** `data-opens="id"` opens a dialog, `data-closes` closes the one around it, and so does a press beside it. A dialog with
 * `data-open` opens when it comes into the page, and goes when it is closed. `HX-Trigger: close-dialog` closes. */
import { forEachPart, within } from "./dom.ts";

export function followDialogs(): void {
  forEachPart((part) => {
    for (const dialog of part.querySelectorAll<HTMLDialogElement>("dialog[data-open]:not([open])")) {
      dialog.addEventListener("close", () => dialog.remove(), { once: true });
      dialog.showModal();
    }
  });
  document.addEventListener("click", (event) => {
    const closes = within(event, "[data-closes]");
    const opens = within<HTMLElement>(event, "[data-opens]")?.dataset.opens;
    const dialog = opens ? document.getElementById(opens) : null;
    if (dialog instanceof HTMLDialogElement) {
      if (!dialog.open) dialog.showModal();
    } else if (closes?.closest("dialog")) {
      event.preventDefault();
      closes.closest("dialog")?.close();
    } else if (event.target instanceof HTMLDialogElement && isBeside(event.target, event)) {
      event.target.close();
    }
  });
  document.addEventListener("close-dialog", () => {
    for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[open]")) dialog.close();
  });
}

/** A press on the backdrop counts as one on the dialog, outside of its bounds. By the keyboard there are no places. */
function isBeside(dialog: HTMLDialogElement, press: MouseEvent): boolean {
  if (press.detail === 0) return false;
  const box = dialog.getBoundingClientRect();
  return (
    press.clientX < box.left ||
    press.clientX > box.right ||
    press.clientY < box.top ||
    press.clientY > box.bottom
  );
}
