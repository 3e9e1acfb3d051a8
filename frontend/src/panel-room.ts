/** The room's session in the panel: signed in by the client's proof, and anew when that is too old. */
import { root } from "./dom.ts";
import { authorize, ownHeaders } from "./headers.ts";
import { htmx } from "./htmx.ts";
import { followLive } from "./live.ts";
import { Client, Declined, NoClient } from "./panel-client.ts";
import { wordsOf } from "./sending.ts";
import { insteadOfSigningIn } from "./signed-out.ts";

const AWAY = "The live chat's server cannot be reached. Try again in a moment.";
const DECLINED =
  "The panel shows customers' data, so it must know who you are. Your client was not allowed to tell. " +
  "If it does not ask you again, open the widget's menu and revoke its permissions first.";
const NO_CLIENT =
  "This page stands beside session rooms in Matrix clients that show widgets, such as Element. " +
  "Everything in it is in the console, too.";

/** What is shown instead, in these words. */
class Told extends Error {}

export function showRoom(): void {
  let client: Client;
  try {
    client = new Client(new URLSearchParams(location.search));
  } catch {
    tell(NO_CLIENT, false);
    return;
  }
  let isFollowing = false;
  const show = async (): Promise<void> => {
    await load();
    if (!isFollowing) followLive();
    isFollowing = true;
  };
  const begin = (): Promise<void> => signIn(client).then(show).catch(refuse);
  document.addEventListener("livechat:again", () => void load().catch(refuse));
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-panel-again]")) return;
    busy();
    void begin();
  });
  insteadOfSigningIn(begin);
  void begin();
}

async function signIn(client: Client): Promise<void> {
  authorize("");
  const { access_token, matrix_server_name } = await client.proof();
  const response = await ask("/sign-in", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ access_token, matrix_server_name, room: client.room }),
  });
  const answer: { bearer?: string; error?: string } = await response.json().catch(() => ({}));
  if (!response.ok || !answer.bearer)
    throw new Told(answer.error ?? "Your client's proof is not understood.");
  authorize(answer.bearer);
}

async function load(): Promise<void> {
  const response = await ask("/room", {
    headers: { ...ownHeaders(), "HX-Request": "true", "HX-Target": "main" },
  });
  const text = await response.text();
  if (!response.ok) throw new Told(wordsOf(text));
  const main = place();
  main.removeAttribute("aria-busy");
  htmx.swap(main, text, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 });
}

async function ask(path: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(root() + path, { cache: "no-store", ...request });
  } catch {
    throw new Told(AWAY);
  }
}

function refuse(error: unknown): void {
  if (error instanceof Declined) tell(DECLINED);
  else if (error instanceof NoClient)
    tell("Your client does not answer the panel. It may not know widgets well.");
  else tell(error instanceof Told ? error.message : "Your client could not tell who you are.");
}

function tell(words: string, canTryAgain = true): void {
  const template = document.querySelector<HTMLTemplateElement>("template#panel-refusal");
  if (!template) return;
  const told = template.content.cloneNode(true) as DocumentFragment;
  const text = told.querySelector("[data-words]");
  if (text) text.textContent = words;
  if (!canTryAgain) told.querySelector("[data-panel-again]")?.remove();
  place().replaceChildren(told);
  place().removeAttribute("aria-busy");
}

function busy(): void {
  const template = document.querySelector<HTMLTemplateElement>("template#panel-waiting");
  if (template) place().replaceChildren(template.content.cloneNode(true));
  place().setAttribute("aria-busy", "true");
}

function place(): HTMLElement {
  return document.getElementById("main") as HTMLElement;
}
