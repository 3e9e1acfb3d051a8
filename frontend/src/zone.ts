/** Tells the server this person's time zone, so that the hours and days it sums up are theirs. */
import { root } from "./dom.ts";

const A_YEAR = 31_536_000;

export function tellZone(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store yet
  document.cookie = `livechat_zone=${encodeURIComponent(zone)}; path=${root()}; max-age=${A_YEAR}; samesite=lax`;
}
