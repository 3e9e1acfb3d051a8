/** Server-sent events by `fetch`: the panel must send a header, which the browser's own `EventSource` cannot. */
import { createParser } from "eventsource-parser";
import { ownHeaders } from "./headers.ts";

/** Somebody else must sign in, or may not follow this: it is no use to come again. */
export class Refused extends Error {
  constructor(readonly status: number) {
    super(`refused with ${status}`);
  }
}

export interface Heard {
  event: string;
  data: string;
}

/** Listen until it ends or `signal` says so.
 *
 * @throws Refused, or whatever `fetch` throws when the server is away.
 */
export async function listen(
  address: string,
  hear: (heard: Heard) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(address, {
    signal,
    cache: "no-store",
    headers: { ...ownHeaders(), Accept: "text/event-stream" },
  });
  // Who has too many pages open may close some: then there is room.
  const isForGood = response.status >= 400 && response.status < 500 && response.status !== 429;
  if (isForGood) throw new Refused(response.status);
  if (!response.ok || !response.body) throw new Error(`answered with ${response.status}`);
  // Somebody who is signed out is sent to the page for it.
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) throw new Refused(401);
  const parser = createParser({
    onEvent: ({ event, data }) => hear({ event: event ?? "message", data }),
  });
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    parser.feed(decoder.decode(value, { stream: true }));
  }
}
