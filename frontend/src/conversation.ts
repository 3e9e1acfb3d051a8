/** The conversation on a session's page: what has changed is taken over line by line, so that nothing that somebody reads,
 * plays or has opened is disturbed. It stays at its end, unless somebody reads further up; then they are told of news. */
import { root, within } from "./dom.ts";
import { ownHeaders } from "./headers.ts";
import { htmx } from "./htmx.ts";
import { byKey, plan } from "./line-changes.ts";

const NEAR = 80;
const ZONE = "livechat_zone";

export function followConversation(): void {
  rememberZone();
  const log = frame();
  if (!log) return;
  toEnd(log);
  tellRead();
  document.addEventListener("visibilitychange", tellRead);
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { detail, target } = event as CustomEvent<{ serverResponse: string; shouldSwap: boolean }>;
    if (!(target instanceof HTMLElement) || target.id !== "conversation" || !detail.shouldSwap) return;
    const made = new DOMParser().parseFromString(detail.serverResponse, "text/html");
    const fresh = made.getElementById("conversation");
    if (!fresh) return;
    detail.shouldSwap = false;
    takeOver(target, fresh);
  });
  document.addEventListener("htmx:beforeSwap", keepPlace);
  log.addEventListener("scroll", () => isAtEnd(log) && showNews(false), { passive: true });
  document.addEventListener("click", (event) => {
    const now = frame();
    if (within(event, "[data-new-messages]") && now) toEnd(now);
  });
  // Pictures come later than the words around them.
  let wasAtEnd = true;
  log.addEventListener("scroll", () => (wasAtEnd = isAtEnd(log)), { passive: true });
  log.addEventListener("load", () => wasAtEnd && toEnd(log), true);
  window.addEventListener("resize", () => wasAtEnd && toEnd(log));
}

function takeOver(log: HTMLElement, fresh: HTMLElement): void {
  const [list, freshList] = [log, fresh].map((one) => one.querySelector<HTMLElement>("[data-newest]"));
  if (!list || !freshList) return;
  const stays = isAtEnd(log);
  const before = byKey(list);
  const steps = plan(versions(list), versions(freshList));
  const freshLines = byKey(freshList);
  for (const key of steps.gone) before.get(key)?.remove();
  for (const key of steps.changed) exchange(before.get(key), freshLines.get(key));
  for (const { key, after } of steps.added) {
    const line = freshLines.get(key);
    if (!line) continue;
    if (after === null) list.prepend(line);
    else byKey(list).get(after)?.after(line);
    htmx.process(line);
  }
  // What stands below the lines: that the session is closed, or goes on elsewhere.
  for (const old of log.querySelectorAll(":scope > :not([data-newest], [data-earlier], .log-more)"))
    old.remove();
  for (const below of fresh.querySelectorAll(":scope > :not([data-newest], .log-more)")) log.append(below);
  const isNews = steps.added.some(({ key }) => key.startsWith("message-"));
  if (stays) toEnd(log);
  else if (isNews) showNews(true);
  tellRead();
  log.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true }));
}

/** A line that looks different now. Its place in the page stays, so that screen readers do not read all of it again. */
function exchange(old: HTMLElement | undefined, fresh: HTMLElement | undefined): void {
  if (!old || !fresh) return;
  old.className = fresh.className;
  old.dataset.version = fresh.dataset.version ?? "";
  exchangeParts(old, fresh);
  htmx.process(old);
}

/** Only what differs, as far inside as it can be told: a picture is not loaded again, and a button that is being pressed
 * stays where it is. */
function exchangeParts(old: Element, fresh: Element): void {
  const [olds, freshes] = [[...old.children], [...fresh.children]];
  if (olds.length !== freshes.length) {
    old.replaceChildren(...freshes);
    return;
  }
  olds.forEach((part, index) => {
    const other = freshes[index];
    if (!other || part.isEqualNode(other)) return;
    if (isSameAround(part, other)) exchangeParts(part, other);
    else part.replaceWith(other);
  });
}

/** Whether two elements differ within their children alone, and hold no words beside those. */
function isSameAround(one: Element, other: Element): boolean {
  return !hasWords(one) && !hasWords(other) && one.cloneNode().isEqualNode(other.cloneNode());
}

function hasWords(element: Element): boolean {
  return [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
}

function versions(list: HTMLElement): [string, string][] {
  return [...list.children].map((line) => [line.id, (line as HTMLElement).dataset.version ?? ""]);
}

/** What is put above, when somebody asks for earlier messages, moves nothing. */
function keepPlace(event: Event): void {
  const log = frame();
  if (!log || !(event.target instanceof Element) || !event.target.closest(".log-more")) return;
  const fromEnd = log.scrollHeight - log.scrollTop;
  document.addEventListener(
    "htmx:afterSwap",
    () => {
      log.scrollTop = log.scrollHeight - fromEnd;
    },
    { once: true },
  );
}

let readUpTo = 0;

/** Colleagues, lists and counters know what one has before one's eyes. */
function tellRead(): void {
  const number = document.querySelector<HTMLElement>("[data-session]")?.dataset.session;
  const last = [...document.querySelectorAll("[data-newest] > .message")].at(-1)?.id.replace("message-", "");
  if (document.hidden || !number || Number(last ?? 0) <= readUpTo) return;
  readUpTo = Number(last);
  const body = new URLSearchParams({ message: String(readUpTo) });
  // Lost, it is told with the next message.
  void fetch(`${root()}/sessions/${number}/read`, { method: "POST", headers: ownHeaders(), body }).catch(
    () => {},
  );
}

function frame(): HTMLElement | null {
  return document.getElementById("conversation");
}

function isAtEnd(log: HTMLElement): boolean {
  return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
}

function toEnd(log: HTMLElement): void {
  log.scrollTop = log.scrollHeight;
  showNews(false);
}

function showNews(isShown: boolean): void {
  const told = document.querySelector<HTMLElement>("[data-new-messages]");
  if (told) told.hidden = !isShown;
}

/** Days begin where this browser is; the pages after this one know. */
function rememberZone(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the store of cookies yet
  document.cookie = `${ZONE}=${encodeURIComponent(zone)}; path=/console; max-age=31536000; samesite=lax`;
}
