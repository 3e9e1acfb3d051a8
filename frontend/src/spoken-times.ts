const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface SpokenTime {
  text: string;
  exactly: string;
}

/** `ago`: how long it is past, or the day. `since`: how long it lasts. `at`: day and time. `clock`: the time alone. */
export type Manner = "ago" | "since" | "at" | "clock";

/** How one speaks of a moment, in English as all words of the pages, in the time zone of whoever reads. */
export function spoken(moment: Date, now: Date, manner: Manner, timeZone?: string): SpokenTime {
  const zone = timeZone ? { timeZone } : {};
  const format = (parts: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat("en-GB", { ...parts, ...zone }).format(moment);
  const exactly = format({ dateStyle: "full", timeStyle: "short" });
  const clock = format({ hour: "2-digit", minute: "2-digit" });
  const gone = now.getTime() - moment.getTime();
  if (manner === "clock") return { text: clock, exactly };
  if (manner === "since") return { text: lasting(Math.max(0, gone)), exactly };
  if (manner === "ago" && gone >= -MINUTE && gone < DAY) {
    return { text: gone < MINUTE ? "just now" : `${lasting(gone)} ago`, exactly };
  }
  const day = new Intl.DateTimeFormat("en-CA", zone);
  if (day.format(moment) === day.format(now)) return { text: clock, exactly };
  const year = new Intl.DateTimeFormat("en-CA", { year: "numeric", ...zone });
  const isThisYear = year.format(moment) === year.format(now);
  const date = format({
    day: "numeric",
    month: "short",
    ...(isThisYear ? {} : { year: "numeric" as const }),
  });
  return { text: manner === "ago" ? date : `${date}, ${clock}`, exactly };
}

/** `4 min`, `2 h 5 min`, `3 d 4 h`: two units say enough. */
export function lasting(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / MINUTE);
  if (minutes < 1) return "less than 1 min";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${hours / 24} d`;
}
