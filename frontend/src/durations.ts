/** `data-since="moment"`: how long something goes on, kept true while the page is open. */
import { forEachPart } from "./dom.ts";
import { spokenDuration } from "./spoken-durations.ts";

const AGAIN_EVERY = 10_000;

export function followDurations(): void {
  forEachPart(show);
  setInterval(() => show(document), AGAIN_EVERY);
}

function show(part: ParentNode): void {
  for (const element of part.querySelectorAll<HTMLElement>("[data-since]")) {
    const since = Date.parse(element.dataset.since ?? "");
    if (Number.isNaN(since)) continue;
    const text = spokenDuration(Date.now() - since);
    if (element.textContent !== text) element.textContent = text;
  }
}
