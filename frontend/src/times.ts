/** Moments in this person's time zone and language; `data-relative` ones count on. */
import { forEachPart } from "./dom.ts";
import { spoken } from "./spoken-times.ts";

const AGAIN_EVERY = 20_000;

export function followTimes(): void {
  forEachPart(show);
  setInterval(() => show(document), AGAIN_EVERY);
}

function show(part: ParentNode): void {
  const now = new Date();
  for (const element of part.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime()) || !element.dateTime.includes("T")) continue;
    const how =
      element.dataset.since !== undefined ? "since" : element.dataset.relative !== undefined ? "ago" : "at";
    const { text, exactly } = spoken(moment, now, element.dataset.local === "time" ? "clock" : how);
    if (element.textContent !== text) element.textContent = text;
    element.title = exactly;
  }
}
