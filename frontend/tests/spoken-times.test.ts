import assert from "node:assert/strict";
import { test } from "node:test";
import { lasting, type Manner, spoken } from "../src/spoken-times.ts";

const NOW = new Date("2026-11-22T15:00:00Z");
const MINUTE = 60_000;

const cases: [string, Manner, string][] = [
  ["2026-11-22T14:59:40Z", "ago", "just now"],
  ["2026-11-22T15:00:30Z", "ago", "just now"],
  ["2026-11-22T14:55:00Z", "ago", "5 min ago"],
  ["2026-11-22T12:50:00Z", "ago", "2 h 10 min ago"],
  ["2026-11-20T12:00:00Z", "ago", "20 Nov"],
  ["2025-11-20T12:00:00Z", "ago", "20 Nov 2025"],
  ["2026-11-22T14:55:00Z", "at", "15:55"],
  ["2026-11-21T23:30:00Z", "at", "00:30"],
  ["2026-11-21T12:00:00Z", "at", "21 Nov, 13:00"],
  ["2026-11-21T12:00:00Z", "clock", "13:00"],
  ["2026-11-22T14:00:00Z", "since", "1 h"],
];
for (const [moment, manner, text] of cases) {
  test(`${moment} is "${text}" (${manner})`, () => {
    assert.equal(spoken(new Date(moment), NOW, manner, "Europe/Berlin").text, text);
  });
}

test("how long something lasts is said in two units", () => {
  assert.equal(lasting(0), "less than 1 min");
  assert.equal(lasting(59 * MINUTE), "59 min");
  assert.equal(lasting(60 * MINUTE), "1 h");
  assert.equal(lasting(125 * MINUTE), "2 h 5 min");
  assert.equal(lasting(24 * 60 * MINUTE), "1 d");
  assert.equal(lasting(76 * 60 * MINUTE), "3 d 4 h");
});
