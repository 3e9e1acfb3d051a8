const UNITS = ["kB", "MB", "GB"];

/** As core/sizes.py says it. */
export function inWords(size: number): string {
  if (size < 1000) return `${size} bytes`;
  let amount = size;
  let unit = "";
  for (unit of UNITS) {
    amount /= 1000;
    if (amount < 1000) break;
  }
  return `${amount < 10 ? amount.toFixed(1) : amount.toFixed(0)} ${unit}`;
}

/** Why a file cannot be sent; null if it can. */
export function tooLarge(name: string, size: number, largest: number): string | null {
  if (!largest || size <= largest) return null;
  return `${name} is too large: it has ${inWords(size)}, and the homeserver takes at most ${inWords(largest)}.`;
}
