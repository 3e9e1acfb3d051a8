/** What every request of ours carries. */
import { meta } from "./dom.ts";

let authorization = "";

/** The panel signs in by a token instead of a cookie. */
export function authorize(token: string): void {
  authorization = token ? `Bearer ${token}` : "";
}

export function ownHeaders(): Record<string, string> {
  const csrf = meta("csrf");
  return {
    ...(csrf ? { "X-CSRF-Token": csrf } : {}),
    ...(authorization ? { Authorization: authorization } : {}),
  };
}

/** Every request of htmx proves that it comes from our own page. */
export function signRequests(): void {
  document.addEventListener("htmx:configRequest", (event) => {
    const { headers } = (event as CustomEvent<{ headers: Record<string, string> }>).detail;
    Object.assign(headers, ownHeaders());
  });
}
