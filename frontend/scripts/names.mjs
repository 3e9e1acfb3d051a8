import { createHash } from "node:crypto";

/** A name that changes with the content, so that browsers may keep the file for ever: `icons-1A2B3C4D.svg`. */
export function hashed(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const dot = name.lastIndexOf(".");
  return `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
}
