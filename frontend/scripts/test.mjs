// Runs tests/*.test.ts with Node's own test runner; esbuild takes the types away, which Node 20 cannot.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const FRONTEND = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), "livechat-frontend-"));
try {
  const entryPoints = readdirSync(join(FRONTEND, "tests"))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(FRONTEND, "tests", name));
  buildSync({
    entryPoints,
    bundle: true,
    platform: "node",
    format: "esm",
    outdir: folder,
    outExtension: { ".js": ".mjs" },
  });
  const tests = readdirSync(folder).map((name) => join(folder, name));
  const { status } = spawnSync(process.execPath, ["--test", ...tests], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
