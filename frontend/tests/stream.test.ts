import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { listen, Refused } from "../src/stream.ts";

const { fetch } = globalThis;
Object.assign(globalThis, { document: { querySelector: () => null, querySelectorAll: () => [] } });

afterEach(() => {
  globalThis.fetch = fetch;
});

async function answered(status: number): Promise<unknown> {
  globalThis.fetch = async () => new Response("no", { status });
  return listen("/live", () => {}, new AbortController().signal).catch((error: unknown) => error);
}

test("whoever may not follow does not come again", async () => {
  assert.ok((await answered(403)) instanceof Refused);
});

test("whoever has too many pages open, or meets a server that is away, comes again", async () => {
  for (const status of [429, 502]) assert.ok(!((await answered(status)) instanceof Refused));
});
