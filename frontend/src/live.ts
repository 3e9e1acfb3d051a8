/** Pages that follow what happens. A part with `data-live="conversation:7 live_chat:1"`, an id and an `hx-get` that is
 * triggered by `live` is asked for again when one of its topics changes. */
import { meta, root } from "./dom.ts";
import { Follower } from "./following.ts";
import { htmx } from "./htmx.ts";
import { Refresher } from "./refreshing.ts";
import { signedOut } from "./signed-out.ts";
import { listen } from "./stream.ts";

/** A browser opens six connections at most to a server without HTTP/2; pages that nobody looks at give theirs back. One
 * of them goes on listening, so that its title tells what is unread. */
const HIDDEN_FOR = 20_000;
const LOOK_AGAIN_AFTER = 500;
const SPREAD = "spread:";
const LIVE = "[data-live][id]";

interface Swap {
  requestConfig: { elt: Element; triggeringEvent?: Event };
  shouldSwap: boolean;
}

/** @param address where to listen; the topics are added to it. */
export function followLive(address = `${root()}/live`): void {
  const refresher = new Refresher<HTMLElement>({
    ask,
    isBusy,
    find: (key) => document.querySelector<HTMLElement>(`#${CSS.escape(key)}[data-live]`),
    later: (act) => setTimeout(act, LOOK_AGAIN_AFTER),
  });
  const refresh = (topics: string[]): void => {
    for (const part of document.querySelectorAll<HTMLElement>(LIVE)) {
      if (topicsOf(part).some((topic) => topics.includes(topic))) refresher.refresh(part.id);
    }
  };
  const follower = new Follower(
    {
      listen: (topics, hear, signal) =>
        listen(`${address}?topics=${encodeURIComponent(topics.join(" "))}`, hear, signal),
      changed: (told) => {
        const topics = told.filter((line) => !line.startsWith(SPREAD));
        const spread = Number(told.find((line) => line.startsWith(SPREAD))?.slice(SPREAD.length) ?? 0);
        // Where hundreds of pages show the same, not all ask for it in the same moment.
        if (spread > 0) setTimeout(() => refresh(topics), Math.random() * spread);
        else refresh(topics);
      },
      missed: refresh,
      connected: showConnection,
      refused: (status) => {
        if (status === 401) signedOut();
      },
      wait: (milliseconds, act) => {
        const timer = setTimeout(act, milliseconds);
        return () => clearTimeout(timer);
      },
      chance: Math.random,
    },
    meta("live-mark"),
  );
  const follow = (): void =>
    follower.follow([...document.querySelectorAll<HTMLElement>(LIVE)].flatMap(topicsOf));
  document.addEventListener("htmx:afterRequest", (event) => {
    // A part that its answer took the place of is gone: htmx tells what is around it instead.
    const { elt } = (event as CustomEvent<{ requestConfig: { elt: Element } }>).detail.requestConfig;
    if (elt.matches(LIVE)) refresher.done(elt.id);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event as CustomEvent<Swap>;
    const { elt, triggeringEvent } = detail.requestConfig;
    // While the answer was on its way, somebody has opened a menu, or begun to write.
    if (triggeringEvent?.type !== "live" || !(elt instanceof HTMLElement) || !isBusy(elt)) return;
    detail.shouldSwap = false;
    refresher.refresh(elt.id);
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!document.hidden) follow();
  });
  let hiding: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(() => unlessChosen(() => follower.stop()), HIDDEN_FOR);
    else {
      stopListening();
      follow();
    }
  });
  const beginAnew = (): void => {
    follower.stop();
    follow();
  };
  window.addEventListener("online", beginAnew);
  document.addEventListener("livechat:signed-in", beginAnew);
  window.addEventListener("pagehide", () => follower.stop());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) follow();
  });
  follow();
}

let stopListening = (): void => {};

/** Do something in all hidden pages of this browser but one, which stays chosen until somebody looks at it. */
function unlessChosen(act: () => void): void {
  // Without https, browsers know no locks.
  if (!("locks" in navigator)) {
    act();
    return;
  }
  void navigator.locks.request("livechat-hidden", { ifAvailable: true }, (lock) => {
    if (lock) {
      return new Promise<void>((done) => {
        stopListening = done;
      });
    }
    return act();
  });
}

/** Whether htmx has begun a request: it knows nothing yet of a part that has come this very moment. */
function ask(part: HTMLElement): boolean {
  let hasBegun = false;
  const begins = (): void => {
    hasBegun = true;
  };
  part.addEventListener("htmx:beforeSend", begins, { once: true });
  htmx.trigger(part, "live");
  part.removeEventListener("htmx:beforeSend", begins);
  return hasBegun;
}

function topicsOf(part: HTMLElement): string[] {
  return (part.dataset.live ?? "").split(/\s+/).filter(Boolean);
}

/** Somebody writes in it, or has a menu or a dialog of it open. */
function isBusy(part: HTMLElement): boolean {
  if (part.querySelector("details.menu[open], dialog[open]")) return true;
  const active = document.activeElement;
  if (!active || !part.contains(active)) return false;
  if (active instanceof HTMLSelectElement) return true;
  const isText = active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement;
  return isText && active.value !== active.defaultValue;
}

function showConnection(isConnected: boolean): void {
  const shown = document.getElementById("connection");
  if (shown) shown.hidden = isConnected;
}
