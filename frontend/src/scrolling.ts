/** `data-follow-end`: what one reads from below, such as a conversation. It stays at its end when something comes, unless
 * somebody reads further up; then they stay where they are. The element keeps its id when it is exchanged. */
const NEAR = 80;

interface Place {
  isAtEnd: boolean;
  fromEnd: number;
}

const places = new Map<string, Place>();

export function followEnds(): void {
  for (const part of all()) toEnd(part);
  document.addEventListener("htmx:beforeSwap", () => {
    for (const part of all()) {
      const fromEnd = part.scrollHeight - part.scrollTop - part.clientHeight;
      places.set(part.id, { isAtEnd: fromEnd < NEAR, fromEnd: part.scrollHeight - part.scrollTop });
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    for (const part of all()) {
      const place = places.get(part.id);
      if (!place || place.isAtEnd) toEnd(part);
      // What was put above moves nothing: `data-earlier` marks the answer to "show earlier".
      else if (event.target instanceof Element && event.target.closest("[data-earlier]")) {
        part.scrollTop = part.scrollHeight - place.fromEnd;
      }
    }
  });
  // Pictures come later than the words around them.
  document.addEventListener(
    "load",
    (event) => {
      const part =
        event.target instanceof Element ? event.target.closest<HTMLElement>("[data-follow-end]") : null;
      if (part && part.scrollHeight - part.scrollTop - part.clientHeight < NEAR + 320) toEnd(part);
    },
    true,
  );
}

function all(): NodeListOf<HTMLElement> {
  return document.querySelectorAll<HTMLElement>("[data-follow-end][id]");
}

function toEnd(part: HTMLElement): void {
  part.scrollTop = part.scrollHeight;
}
