/** Forms are sent without leaving the page, so that nothing written is lost when they are refused, when the server is
 * away, or when nobody is signed in any more. Without scripts browsers send them by themselves. */

import { ownHeaders } from "./headers.ts";
import { htmx } from "./htmx.ts";
import { renewForms, signedOut } from "./signed-out.ts";
import { toast } from "./toasts.ts";

/** The answer shall be what stands within <main>, not the page around it. */
const PART = { "HX-Request": "true", "HX-Target": "main" };
const ACTIVE = "[hx-post], [hx-put], [hx-patch], [hx-delete], [data-plain]";

export function sendForms(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method !== "post" || form.matches(ACTIVE)) return;
    event.preventDefault();
    if (form.dataset.sent !== undefined) return;
    form.dataset.sent = "";
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
    button?.setAttribute("aria-busy", "true");
    void send(form, event.submitter)
      .catch(() => tell(form, "The server cannot be reached. Nothing was changed; try again."))
      .finally(() => {
        delete form.dataset.sent;
        button?.removeAttribute("aria-busy");
      });
  });
}

async function send(form: HTMLFormElement, submitter: HTMLElement | null, isAgain = false): Promise<void> {
  forgetRefusals(form);
  const data = new FormData(form, submitter);
  const isMultipart = form.enctype === "multipart/form-data";
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  const response = await fetch(action, {
    method: "POST",
    headers: { ...ownHeaders(), ...PART },
    // Files of other forms are only named, as browsers do it.
    body: isMultipart ? data : new URLSearchParams([...data].map(([name, value]) => [name, asText(value)])),
  });
  if (response.status === 401) return signedOut();
  const isOld = response.status === 403 && response.headers.get("X-Form") === "old";
  if (isOld && !isAgain && (await renewForms())) return send(form, submitter, true);
  const goesTo = response.headers.get("HX-Redirect") ?? (response.redirected ? response.url : null);
  if (goesTo) return go(goesTo);
  if (response.status === 204) return announce(form, response.headers.get("HX-Trigger"));
  await show(form, response);
}

/** Nothing is to be shown anew: the events that the answer names, as htmx does it. */
function announce(form: HTMLFormElement, named: string | null): void {
  if (!named) return;
  const events = named.startsWith("{") ? Object.entries(JSON.parse(named)) : [[named, null] as const];
  for (const [name, detail] of events) form.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
}

function asText(value: FormDataEntryValue): string {
  return typeof value === "string" ? value : value.name;
}

function go(address: string): void {
  const isHere = new URL(address, location.href).href === location.href;
  if (isHere) location.reload();
  else location.assign(address);
}

/** The page anew, with errors beside its fields; or the words of a refusal. */
async function show(form: HTMLFormElement, response: Response): Promise<void> {
  const text = await response.text();
  if (response.status < 500 && !isRefusal(text)) {
    const place = form.closest<HTMLElement>(".dialog-body") ?? document.getElementById("main");
    if (!place) return;
    htmx.swap(place, text, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 });
    place.querySelector<HTMLElement>("[aria-invalid=true], [role=alert]")?.focus();
    place.querySelector("[role=alert], [aria-invalid=true]")?.scrollIntoView({ block: "nearest" });
  } else {
    tell(form, toldBy(response.status, text));
  }
}

/** Whether an answer holds nothing but the words of a refusal. */
function isRefusal(text: string): boolean {
  const { children } = new DOMParser().parseFromString(text, "text/html").body;
  return children.length === 0 || (children.length === 1 && children[0]?.matches(".refusal") === true);
}

/** The words of an answer that refuses; whatever stands between us and the server has none for people. */
export function toldBy(status: number, text: string): string {
  if (status >= 500 && !isRefusal(text)) return "Something went wrong on the server. Try again.";
  return wordsOf(text);
}

export function wordsOf(text: string): string {
  const page = new DOMParser().parseFromString(text, "text/html");
  const told = page.querySelector(".refusal, [role=alert], main") ?? page.body;
  return told.textContent?.trim().slice(0, 500) || "This is not possible.";
}

/** At the head of the form, where it is seen and read out. */
export function tell(near: Element, words: string): void {
  const form = near.closest("form");
  if (!form || form.method === "get" || form.matches(".menu-items form, td form, .list-row form")) {
    toast({ text: words, kind: "bad" });
    return;
  }
  const refusal = document.createElement("p");
  refusal.className = "refusal";
  refusal.setAttribute("role", "alert");
  refusal.textContent = words;
  form.prepend(refusal);
  refusal.scrollIntoView({ block: "nearest" });
}

export function forgetRefusals(form: Element): void {
  for (const old of form.querySelectorAll(":scope > .refusal")) old.remove();
}
