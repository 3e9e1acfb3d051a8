const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** How long something takes, in the words of the server (core/durations.py). */
export function spokenDuration(milliseconds: number): string {
  for (const [name, unit] of UNITS) {
    const count = Math.floor(milliseconds / unit);
    if (count >= 1) return count === 1 ? `1 ${name}` : `${count} ${name}s`;
  }
  return "less than a minute";
}
