/** The address of the console's pages, without a slash at its end. */
export const root = (): string => meta("root");

export function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}

/** An icon of icons.json, as the templates write it. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${meta("icons")}#${name}`);
  svg.append(use);
  return svg;
}

/** The element that an event happened in or to, if a selector finds one. */
export function within<E extends Element>(event: Event, selector: string): E | null {
  return event.target instanceof Element ? event.target.closest<E>(selector) : null;
}

/** Now, and for whatever htmx puts into the page later. */
export function forEachPart(act: (part: ParentNode) => void): void {
  act(document);
  document.addEventListener("htmx:afterSettle", () => act(document));
}
