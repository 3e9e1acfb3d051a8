/** What the forms and parts that htmx sends have in common: busy signs, refusals, filters that send themselves. */
import { within } from "./dom.ts";
import { htmx } from "./htmx.ts";
import { forgetRefusals, tell, toldBy } from "./sending.ts";
import { toast } from "./toasts.ts";

interface Answer {
  xhr: XMLHttpRequest;
  elt: Element;
}

const PAUSE = 250;

export function followForms(): void {
  showWaiting();
  sendByThemselves();
  tellRefusals();
}

/** A line at the top of the page, for what somebody asked for; not for what follows by itself. */
function showWaiting(): void {
  let waiting = 0;
  const count =
    (change: number) =>
    (event: Event): void => {
      if ((event as CustomEvent<Answer>).detail.elt.hasAttribute("data-live")) return;
      waiting = Math.max(0, waiting + change);
      document.body.toggleAttribute("data-busy", waiting > 0);
    };
  document.addEventListener("htmx:beforeSend", count(1));
  document.addEventListener("htmx:afterRequest", count(-1));
}

/** Filters and searches: `data-submit-on-change`. */
function sendByThemselves(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("input", (event) => {
    const form = within<HTMLFormElement>(event, "form[data-submit-on-change]");
    if (!form) return;
    clearTimeout(timer);
    const isWriting = within(event, "input:not([type=checkbox], [type=radio], [type=date])") !== null;
    // Without htmx a new page would take the cursor away from whoever writes.
    if (isWriting && !form.matches("[hx-get]")) return;
    timer = setTimeout(() => form.requestSubmit(), isWriting ? PAUSE : 0);
  });
}

/** Errors beside their fields come as the form anew, with status 422; everything else is told where it was tried. */
function tellRefusals(): void {
  htmx.config.responseHandling = [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ];
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = within<HTMLFormElement>(event, "form");
    if (form) forgetRefusals(form);
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr, elt } = (event as CustomEvent<Answer>).detail;
    // 401: signed-out.ts. A part that follows by itself was not asked for by anybody.
    if (xhr.status === 401 || elt.hasAttribute("data-live")) return;
    tell(elt, toldBy(xhr.status, xhr.responseText));
  });
  document.addEventListener("htmx:sendError", (event) => {
    if ((event as CustomEvent<Answer>).detail.elt.hasAttribute("data-live")) return;
    toast({ text: "The server cannot be reached. Nothing was changed; try again.", kind: "bad" });
  });
}
