/** A link with `data-dialog` opens its page in a dialog; without scripts, or with Ctrl held, it is a page as any other. */
import { icon, within } from "./dom.ts";
import { ownHeaders } from "./headers.ts";
import { htmx } from "./htmx.ts";
import { signedOut } from "./signed-out.ts";
import { toast } from "./toasts.ts";

let count = 0;

export function openPagesInDialogs(): void {
  document.addEventListener("click", (event) => {
    const link = within<HTMLAnchorElement>(event, "a[data-dialog]");
    if (
      !link ||
      event.defaultPrevented ||
      event.button !== 0 ||
      event.ctrlKey ||
      event.metaKey ||
      event.shiftKey
    )
      return;
    event.preventDefault();
    if (link.getAttribute("aria-busy") === "true") return;
    link.setAttribute("aria-busy", "true");
    void open(link.href)
      .catch(() => toast({ text: "The server cannot be reached. Try again.", kind: "bad" }))
      .finally(() => link.removeAttribute("aria-busy"));
  });
}

async function open(address: string): Promise<void> {
  const response = await fetch(address, {
    cache: "no-store",
    headers: { ...ownHeaders(), "HX-Request": "true", "HX-Target": "main" },
  });
  if (response.status === 401) return signedOut();
  if (response.redirected) return location.assign(response.url);
  const text = await response.text();
  // A page that is no part of the console's: it is for the whole window.
  if (/^\s*<!doctype/i.test(text)) return location.assign(address);
  const { dialog, body } = made();
  htmx.swap(body, text, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 });
  for (const form of body.querySelectorAll("form:not([action])")) form.setAttribute("action", address);
  const heading = body.querySelector("h1, h2");
  if (heading) {
    heading.id ||= `${dialog.id}-title`;
    dialog.setAttribute("aria-labelledby", heading.id);
  } else {
    dialog.setAttribute("aria-label", "Dialog");
  }
  dialog.showModal();
  body.querySelector<HTMLElement>("[autofocus], .input:not([readonly]), .select, .textarea")?.focus();
}

function made(): { dialog: HTMLDialogElement; body: HTMLElement } {
  count += 1;
  const dialog = document.createElement("dialog");
  dialog.id = `page-dialog-${count}`;
  dialog.className = "dialog dialog-page";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button-icon button-quiet dialog-close";
  close.dataset.closes = "";
  close.setAttribute("aria-label", "Close");
  close.append(icon("close"));
  const body = document.createElement("div");
  body.className = "dialog-body";
  dialog.append(close, body);
  dialog.addEventListener("close", () => dialog.remove());
  document.getElementById("dialogs")?.append(dialog);
  return { dialog, body };
}
