/** Short words about what was done or refused, read out by screen readers. Answers send them by the header
 * `HX-Trigger: {"toast": "Saved."}` or `{"toast": {"text": "…", "kind": "bad"}}`. */
import { icon, within } from "./dom.ts";

const SHOWN_FOR = 6000;
const BAD_SHOWN_FOR = 15000;

export interface Toast {
  text: string;
  kind?: "bad";
}

export function followToasts(): void {
  for (const shown of document.querySelectorAll<HTMLElement>("[data-toast]")) dress(shown, SHOWN_FOR);
  document.addEventListener("toast", (event) => {
    const { detail } = event as CustomEvent<string | { value?: string; text?: string; kind?: string }>;
    const text = typeof detail === "string" ? detail : (detail.text ?? detail.value ?? "");
    if (text) toast(typeof detail !== "string" && detail.kind === "bad" ? { text, kind: "bad" } : { text });
  });
  document.addEventListener("click", (event) => {
    within(event, "[data-toast-close]")?.closest("[data-toast]")?.remove();
  });
}

export function toast({ text, kind }: Toast): void {
  const shown = document.createElement("div");
  shown.className = kind ? `toast toast-${kind}` : "toast";
  shown.dataset.toast = "";
  const words = document.createElement("span");
  words.textContent = text;
  shown.append(icon(kind === "bad" ? "error" : "success"), words);
  dress(shown, kind === "bad" ? BAD_SHOWN_FOR : SHOWN_FOR);
  document.getElementById("toasts")?.append(shown);
}

/** Somebody who reads it, or has the pointer on it, is given the time. */
function dress(shown: HTMLElement, time: number): void {
  const close = document.createElement("button");
  close.type = "button";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", "Dismiss");
  close.append(icon("close"));
  shown.append(close);
  const goes = (): void => {
    if (shown.matches(":hover, :focus-within")) setTimeout(goes, 1000);
    else shown.remove();
  };
  setTimeout(goes, time);
}
