/** Forms of settings: buttons that write into a field (`data-insert` `data-into`), and parts that only matter when
 * another field holds something (`data-goes-with="its name"`). */
import { forEachPart, within } from "./dom.ts";

export function followSettingsForms(): void {
  document.addEventListener("click", (event) => {
    const button = within<HTMLElement>(event, "[data-insert]");
    const field = button ? document.getElementById(button.dataset.into ?? "") : null;
    if (!button || !(field instanceof HTMLInputElement)) return;
    const at = field.selectionStart ?? field.value.length;
    field.setRangeText(button.dataset.insert ?? "", at, field.selectionEnd ?? at, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  forEachPart((part) => {
    for (const follower of part.querySelectorAll<HTMLElement>("[data-goes-with]")) goWith(follower);
  });
  document.addEventListener("input", (event) => {
    const form = within<HTMLFormElement>(event, "form");
    for (const follower of form?.querySelectorAll<HTMLElement>("[data-goes-with]") ?? []) goWith(follower);
  });
}

function goWith(follower: HTMLElement): void {
  const name = follower.dataset.goesWith ?? "";
  const field = follower.closest("form")?.elements.namedItem(name);
  if (field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement) {
    follower.hidden = field.value.trim() === "";
  }
}
