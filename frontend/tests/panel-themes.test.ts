import assert from "node:assert/strict";
import { test } from "node:test";
import { themeOf } from "../src/panel-themes.ts";

test("clients' names for their themes are light, dark, or anything", () => {
  for (const name of ["dark", "Dark", "legacy-dark", "dark-high-contrast", "custom-Very Dark", "black"]) {
    assert.equal(themeOf(name), "dark", name);
  }
  for (const name of ["light", "legacy-light", "light_high_contrast", "custom-Light blue"]) {
    assert.equal(themeOf(name), "light", name);
  }
  for (const name of ["", "custom-Sunset", "darkness", "highlight", undefined, null, 7, { name: "dark" }]) {
    assert.equal(themeOf(name), null, String(name));
  }
});
