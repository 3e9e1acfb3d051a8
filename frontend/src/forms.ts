/** What all forms have in common: sent once, filters by themselves, refusals beside them. */

import { within } from "./dom.ts";
import { htmx } from "./htmx.ts";
import { toast } from "./toasts.ts";

interface Answer {
  xhr: XMLHttpRequest;
  elt: Element;
  shouldSwap: boolean;
  isError: boolean;
}

const PAUSE = 250;
let waiting = 0;

export function followForms(): void {
  sendOnce();
  sendByThemselves();
  tellRefusals();
  document.addEventListener("htmx:beforeRequest", () => busy(1));
  document.addEventListener("htmx:afterRequest", () => busy(-1));
}

function busy(change: number): void {
  waiting = Math.max(0, waiting + change);
  document.body.toggleAttribute("data-busy", waiting > 0);
}

/** A second press while the first is on its way does nothing. */
function sendOnce(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method === "dialog" || !isSentByBrowser(form)) return;
    if (form.dataset.sent !== undefined) event.preventDefault();
    form.dataset.sent = "";
    // Not at once: a button that is disabled is not sent along.
    setTimeout(() => buttons(form, true));
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) {
      delete form.dataset.sent;
      buttons(form, false);
    }
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = within<HTMLFormElement>(event, "form");
    if (form) buttons(form, true);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = within<HTMLFormElement>(event, "form");
    if (form) buttons(form, false);
  });
}

function isSentByBrowser(form: HTMLFormElement): boolean {
  return (
    form.method === "post" && !form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete], [hx-boost=true]")
  );
}

function buttons(form: HTMLFormElement, isBusy: boolean): void {
  for (const button of form.querySelectorAll<HTMLButtonElement>("button:not([type=button])")) {
    if (isBusy === (button.dataset.wasBusy !== undefined)) continue;
    if (isBusy && button.disabled) continue;
    button.disabled = isBusy;
    button.toggleAttribute("data-was-busy", isBusy);
    if (isBusy) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }
}

/** Filters and searches: `data-submit-on-change`. */
function sendByThemselves(): void {
  let timer = 0;
  document.addEventListener("input", (event) => {
    const form = within<HTMLFormElement>(event, "form[data-submit-on-change]");
    if (!form) return;
    clearTimeout(timer);
    const isWriting = within(event, "input[type=search], input[type=text]") !== null;
    // Without htmx a new page would take the cursor away from whoever writes.
    if (isWriting && !form.matches("[hx-get]")) return;
    timer = window.setTimeout(() => form.requestSubmit(), isWriting ? PAUSE : 0);
  });
}

/** What is refused is told where it was tried: at the head of the form, or else as a toast. Errors beside their fields
 * come as the form anew, with status 422. */
function tellRefusals(): void {
  htmx.config.responseHandling = [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ];
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = within<HTMLFormElement>(event, "form");
    for (const old of form?.querySelectorAll(":scope > .refusal") ?? []) old.remove();
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr, elt } = (event as CustomEvent<Answer>).detail;
    if (xhr.status === 401) return; // signed-out.ts
    tell(elt, wordsOf(xhr));
  });
  document.addEventListener("htmx:sendError", (event) => {
    if ((event as CustomEvent<Answer>).detail.elt.hasAttribute("data-live")) return;
    toast({ text: "The server cannot be reached. Nothing was changed; try again.", kind: "bad" });
  });
}

function tell(element: Element, words: string): void {
  const form = element.closest("form");
  if (!form || form.method === "get") {
    if (!element.hasAttribute("data-live")) toast({ text: words, kind: "bad" });
    return;
  }
  const refusal = document.createElement("p");
  refusal.className = "refusal";
  refusal.setAttribute("role", "alert");
  refusal.textContent = words;
  form.prepend(refusal);
  refusal.scrollIntoView({ block: "nearest" });
}

function wordsOf(xhr: XMLHttpRequest): string {
  const answer = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const told = answer.querySelector(".refusal, [role=alert], main");
  const words = (told ?? answer.body).textContent?.trim().slice(0, 500);
  return xhr.status >= 500 && !told
    ? "Something went wrong on the server. Try again."
    : words || "This is not possible.";
}
