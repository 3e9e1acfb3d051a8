/** Every request of htmx proves that it comes from our own page. */
import { meta } from "./dom.ts";

interface Request {
  verb: string;
  headers: Record<string, string>;
}

export function proveOrigin(): void {
  document.addEventListener("htmx:configRequest", (event) => {
    const { headers } = (event as CustomEvent<Request>).detail;
    const token = meta("csrf");
    if (token) headers["X-CSRF-Token"] = token;
  });
}
