import assert from "node:assert/strict";
import { test } from "node:test";
import icons from "../src/icons.json" with { type: "json" };

test("the icons are kept in order, so that two changes rarely meet", () => {
  const names = Object.keys(icons);
  assert.deepEqual(names, [...names].sort());
});
