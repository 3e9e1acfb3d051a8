/** A button with `data-copy="text"` copies it. */
import { within } from "./dom.ts";
import { toast } from "./toasts.ts";

export function followCopying(): void {
  document.addEventListener("click", (event) => {
    const text = within<HTMLElement>(event, "[data-copy]")?.dataset.copy;
    if (text === undefined) return;
    navigator.clipboard.writeText(text).then(
      () => toast({ text: "Copied." }),
      () => toast({ text: `Your browser does not let pages copy. It is: ${text}`, kind: "bad" }),
    );
  });
}
