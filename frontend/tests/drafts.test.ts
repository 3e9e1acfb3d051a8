import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Drafts, forgetDrafts, type Shelf } from "../src/drafts.ts";

class Kept extends Map<string, string> implements Shelf {
  isFull = false;
  get length(): number {
    return this.size;
  }
  getItem(key: string): string | null {
    return this.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    if (this.isFull) throw new DOMException("no room", "QuotaExceededError");
    this.set(key, value);
  }
  removeItem(key: string): void {
    this.delete(key);
  }
  key(index: number): string | null {
    return [...this.keys()][index] ?? null;
  }
}

const HALF = { words: "half a sent", kind: "answer", token: "t1" };

let shelf: Kept;
let drafts: Drafts;

beforeEach(() => {
  shelf = new Kept();
  drafts = new Drafts(shelf, "@anna:x", "12");
});

test("a draft is kept for its person and its session", () => {
  drafts.keep(HALF);
  assert.deepEqual(new Drafts(shelf, "@anna:x", "12").get(), HALF);
  assert.equal(new Drafts(shelf, "@anna:x", "1").get(), null);
  assert.equal(new Drafts(shelf, "@boris:x", "12").get(), null);
});

test("where all words are taken out again there is no draft any more", () => {
  drafts.keep(HALF);
  drafts.keep({ ...HALF, words: " \n" });
  assert.equal(drafts.get(), null);
  assert.equal(shelf.size, 0);
});

test("what cannot be read is no draft", () => {
  for (const text of ["{", "[]", "7", '{"words": 7, "kind": "note", "token": ""}', '{"words": "x"}']) {
    shelf.set("livechat_draft:@anna:x:12", text);
    assert.equal(drafts.get(), null, text);
  }
});

test("without room for the new draft the old one does not come back", () => {
  drafts.keep(HALF);
  shelf.isFull = true;
  drafts.keep({ ...HALF, words: "half a sentence" });
  assert.equal(drafts.get(), null);
});

test("who signs out leaves no draft and nothing else is touched", () => {
  drafts.keep(HALF);
  new Drafts(shelf, "@anna:x", "13").keep(HALF);
  shelf.set("theme", "dark");
  forgetDrafts(shelf);
  assert.deepEqual([...shelf.keys()], ["theme"]);
});
