/** Somebody whose session ended keeps what they have written, files included: the page stays as it is. They sign in
 * elsewhere, in another tab or window, come back and go on. */
import { within } from "./dom.ts";

let isTold = false;
let instead: (() => Promise<void>) | null = null;

/** The panel asks its client, not the person. */
export function insteadOfSigningIn(act: () => Promise<void>): void {
  instead = act;
}

export function followSigningOut(): void {
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
    if (xhr.status === 401) signedOut();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && isTold) void comeBack(false);
  });
  document.addEventListener("click", (event) => {
    if (within(event, "[data-signed-in-again]")) void comeBack(true);
  });
}

/** Tell it, once. The words stand in the layout, in a dialog that only this opens. */
export function signedOut(): void {
  if (isTold) return;
  isTold = true;
  if (instead) {
    void instead().finally(() => {
      isTold = false;
    });
    return;
  }
  if (dialog()?.open === false) dialog()?.showModal();
}

/** Whether they are signed in again, as the same person; then the forms of this page are good again. */
async function comeBack(isAsked: boolean): Promise<void> {
  const proof = await freshProof();
  if (proof === null) {
    const told = dialog()?.querySelector<HTMLElement>("[data-not-yet]");
    if (told && isAsked) told.hidden = false;
    return;
  }
  isTold = false;
  show(proof);
  dialog()?.close();
  document.dispatchEvent(new CustomEvent("livechat:signed-in"));
}

/** The forms of this page are from before its person signed in anew; afterwards they are good again. False if it is
 * somebody else now. */
export async function renewForms(): Promise<boolean> {
  const proof = await freshProof();
  if (proof === null) return false;
  show(proof);
  return true;
}

function show(proof: string): void {
  document.querySelector("meta[name=csrf]")?.setAttribute("content", proof);
  for (const field of document.querySelectorAll<HTMLInputElement>("input[name=csrf]")) field.value = proof;
}

/** What a page of now says, if it is for the same person. */
async function freshProof(): Promise<string | null> {
  try {
    const response = await fetch(location.href, { cache: "no-store", redirect: "manual" });
    if (!response.ok) return null;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const isSame = said(page, "user") !== undefined && said(page, "user") === said(document, "user");
    return isSame ? (said(page, "csrf") ?? null) : null;
  } catch {
    return null; // away for the moment; they can try again
  }
}

function said(page: Document, name: string): string | undefined {
  return page.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;
}

function dialog(): HTMLDialogElement | null {
  return document.querySelector<HTMLDialogElement>("dialog#signed-out");
}
