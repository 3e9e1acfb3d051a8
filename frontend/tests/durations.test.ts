import assert from "node:assert/strict";
import { test } from "node:test";
import { spokenDuration } from "../src/spoken-durations.ts";

const MINUTE = 60_000;

test("durations are spoken as the server speaks them", () => {
  assert.equal(spokenDuration(-5000), "less than a minute");
  assert.equal(spokenDuration(59_999), "less than a minute");
  assert.equal(spokenDuration(MINUTE), "1 minute");
  assert.equal(spokenDuration(59 * MINUTE), "59 minutes");
  assert.equal(spokenDuration(90 * MINUTE), "1 hour");
  assert.equal(spokenDuration(48 * 60 * MINUTE), "2 days");
});
