import assert from "node:assert/strict";
import { test } from "node:test";
import { namesIn } from "../src/people.ts";

test("names are read as the server reads them", () => {
  assert.deepEqual(namesIn("@a:x @b:x, Night  shift; @a:x\n,, "), ["@a:x", "@b:x", "Night shift"]);
  assert.deepEqual(namesIn(" "), []);
});
