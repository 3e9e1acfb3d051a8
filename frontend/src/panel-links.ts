/** Links to pages that are no part of the panel open in the console, beside the client. */
import { forEachPart, meta, root } from "./dom.ts";

export function openLinksInTheConsole(): void {
  forEachPart((part) => {
    for (const link of part.querySelectorAll<HTMLAnchorElement>("a[href]:not([data-dialog], [hx-get])")) {
      const path = consolePath(link.href);
      if (path) link.href = path;
      if (path || link.origin !== location.origin) {
        link.target = "_blank";
        link.rel = "noopener noreferrer";
      }
    }
  });
}

function consolePath(address: string): string | null {
  const url = new URL(address, location.href);
  const isOurs = url.origin === location.origin && url.pathname.startsWith(`${root()}/`);
  return isOurs ? meta("console") + url.pathname.slice(root().length) + url.search + url.hash : null;
}
