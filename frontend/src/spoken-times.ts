const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface SpokenTime {
  text: string;
  exactly: string;
}

/** How one speaks of a moment: the words of our pages are English, the order of a date is. */
export function spoken(moment: Date, now: Date, isRelative: boolean, timeZone?: string): SpokenTime {
  const zone = timeZone ? { timeZone } : {};
  const format = (parts: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat("en-GB", { ...parts, ...zone }).format(moment);
  const exactly = format({ dateStyle: "full", timeStyle: "short" });
  const clock = format({ hour: "2-digit", minute: "2-digit" });
  const gone = now.getTime() - moment.getTime();
  if (isRelative && gone >= -MINUTE && gone < DAY) {
    if (gone < MINUTE) return { text: "just now", exactly };
    if (gone < HOUR) return { text: `${Math.floor(gone / MINUTE)} min ago`, exactly };
    return { text: `${Math.floor(gone / HOUR)} h ago`, exactly };
  }
  const day = new Intl.DateTimeFormat("en-CA", zone);
  if (day.format(moment) === day.format(now)) return { text: clock, exactly };
  const years = new Intl.DateTimeFormat("en-GB", { year: "numeric", ...zone });
  const date =
    years.format(moment) === years.format(now)
      ? format({ day: "numeric", month: "short" })
      : format({ day: "numeric", month: "short", year: "numeric" });
  return { text: isRelative ? date : `${date}, ${clock}`, exactly };
}
