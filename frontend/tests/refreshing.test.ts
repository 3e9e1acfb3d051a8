import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Refresher } from "../src/refreshing.ts";

let asked: string[];
let busy: Set<string>;
let gone: Set<string>;
let unready: Set<string>;
let later: (() => void)[];
let refresher: Refresher<string>;

beforeEach(() => {
  asked = [];
  busy = new Set();
  gone = new Set();
  unready = new Set();
  later = [];
  refresher = new Refresher<string>({
    ask: (part) => {
      if (unready.has(part)) return false;
      asked.push(part);
      return true;
    },
    isBusy: (part) => busy.has(part),
    find: (key) => (gone.has(key) ? null : key),
    later: (act) => later.push(act),
  });
});

test("a part is asked for when it changes", () => {
  refresher.refresh("list");
  assert.deepEqual(asked, ["list"]);
});

test("many changes while it is asked for make one more request, and no more", () => {
  for (let change = 0; change < 100; change += 1) refresher.refresh("list");
  assert.deepEqual(asked, ["list"]);
  refresher.done("list");
  assert.deepEqual(asked, ["list", "list"]);
  refresher.done("list");
  assert.deepEqual(asked, ["list", "list"]);
});

test("parts do not wait for each other", () => {
  refresher.refresh("list");
  refresher.refresh("head");
  assert.deepEqual(asked, ["list", "head"]);
});

test("a part that somebody works in is exchanged when they are done", () => {
  busy.add("head");
  refresher.refresh("head");
  refresher.refresh("head");
  assert.deepEqual(asked, []);
  assert.equal(later.length, 1);
  later.shift()?.();
  assert.deepEqual(asked, []);
  busy.clear();
  later.shift()?.();
  assert.deepEqual(asked, ["head"]);
});

test("a part that left the page is forgotten", () => {
  refresher.refresh("list");
  refresher.refresh("list");
  gone.add("list");
  refresher.done("list");
  assert.deepEqual(asked, ["list"]);
  gone.clear();
  refresher.refresh("list");
  assert.deepEqual(asked, ["list", "list"]);
});

test("a part that cannot be asked for yet is asked for a moment later", () => {
  unready.add("list");
  refresher.refresh("list");
  assert.deepEqual(asked, []);
  unready.clear();
  later.shift()?.();
  assert.deepEqual(asked, ["list"]);
  refresher.done("list");
  assert.deepEqual(asked, ["list"]);
});
