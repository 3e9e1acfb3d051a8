import assert from "node:assert/strict";
import { test } from "node:test";
import { inWords, tooLarge } from "../src/file-sizes.ts";
import { plan } from "../src/line-changes.ts";

test("what is the same is left alone", () => {
  const lines = [["a", "1"] as const, ["b", "1"] as const];
  assert.deepEqual(plan(lines, lines), { gone: [], changed: [], added: [] });
});

test("new lines come after the ones before them", () => {
  assert.deepEqual(
    plan(
      [["b", "1"]],
      [
        ["a", "1"],
        ["b", "1"],
        ["c", "1"],
        ["d", "1"],
      ],
    ).added,
    [
      { key: "a", after: null },
      { key: "c", after: "b" },
      { key: "d", after: "c" },
    ],
  );
});

test("lines that look different are changed, and others go", () => {
  assert.deepEqual(
    plan(
      [
        ["a", "1"],
        ["b", "1"],
      ],
      [["b", "2"]],
    ),
    { gone: ["a"], changed: ["b"], added: [] },
  );
});

test("files are told by their size as the server does", () => {
  assert.deepEqual([812, 14_321, 2_300_000, 60_000_000, 5e12].map(inWords), [
    "812 bytes",
    "14 kB",
    "2.3 MB",
    "60 MB",
    "5000 GB",
  ]);
  assert.equal(tooLarge("a", 10, 0), null);
  assert.equal(tooLarge("a", 10, 10), null);
  assert.match(tooLarge("a", 2000, 1000) ?? "", /^a is too large: it has 2\.0 kB, .* at most 1\.0 kB\.$/);
});
