// Builds livechat_plugin/web/assets/: bundles with a hash in their names, compressed variants beside them, and
// manifest.json that tells which file a logical name stands for. Started by frontend/assets.py.
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compressed } from "./compress.mjs";
import { favicon, sprite } from "./icons.mjs";
import { licenses } from "./licenses.mjs";
import { hashed } from "./names.mjs";

const FRONTEND = dirname(dirname(fileURLToPath(import.meta.url)));
const TARGET = join(dirname(FRONTEND), "livechat_plugin", "web", "assets");

const bundles = await build({
  absWorkingDir: FRONTEND,
  entryPoints: ["src/console.ts", "src/panel.ts", "src/charts.ts", "src/styles/console.css"],
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  format: "esm",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  outdir: TARGET,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file" },
  legalComments: "none", // all of them stand in licenses.txt
});

// Runs before the page is painted, so it is no module: those wait.
const early = await build({
  absWorkingDir: FRONTEND,
  entryPoints: ["src/theme.ts"],
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  target: ["es2022"],
  outdir: TARGET,
  entryNames: "[name]-[hash]",
});

/** Logical name → { name of the file, content }. */
const files = new Map();
for (const { path, contents } of [...bundles.outputFiles, ...early.outputFiles]) {
  const file = path.slice(TARGET.length + 1);
  files.set(file.replace(/-[A-Z0-9]{8}(\.[a-z0-9]+)$/, "$1"), { file, content: contents });
}
const made = {
  "icons.svg": await sprite(FRONTEND),
  "favicon.svg": await favicon(FRONTEND),
  "licenses.txt": await licenses(FRONTEND, bundles.metafile),
};
for (const [name, text] of Object.entries(made)) {
  const content = Buffer.from(text);
  files.set(name, { file: hashed(name, content), content });
}

// The manifest comes last, and what it does not name goes after it: whoever reads it meanwhile finds every file.
await mkdir(TARGET, { recursive: true });
const written = new Set(["manifest.json"]);
for (const { file, content } of files.values()) {
  for (const [name, bytes] of [[file, content], ...(await compressed(file, content))]) {
    await writeFile(join(TARGET, name), bytes);
    written.add(name);
  }
}
const manifest = {
  built_from: process.env.LIVECHAT_BUILT_FROM ?? "",
  files: Object.fromEntries([...files].map(([name, { file }]) => [name, file]).sort()),
};
await writeFile(join(TARGET, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
for (const name of await readdir(TARGET)) {
  if (!written.has(name)) await rm(join(TARGET, name), { recursive: true });
}
