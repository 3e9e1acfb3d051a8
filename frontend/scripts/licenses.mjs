import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

// Read from its files while building, so no bundle tells of it.
const COPIED = ["lucide-static"];

/** The licence of everything that others wrote and the built files contain. */
export async function licenses(frontend, metafile) {
  const used = new Set(COPIED);
  for (const input of Object.keys(metafile.inputs)) {
    const found = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(input);
    if (found) used.add(found[1]);
  }
  const notices = await Promise.all([...used].sort().map((name) => notice(frontend, name)));
  return `The console contains work of others, under these licences.\n\n${notices.join("\n\n")}`;
}

async function notice(frontend, name) {
  const folder = join(frontend, "node_modules", name);
  const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const names = (await readdir(folder)).filter((file) => /^(licen[sc]e|notice|copying)/i.test(file)).sort();
  if (names.length === 0)
    throw new Error(`${name} comes without the text of its licence (${about.license}).`);
  const texts = await Promise.all(names.map((file) => readFile(join(folder, file), "utf8")));
  const title = `${name} ${about.version} (${about.license})`;
  return `${title}\n${"=".repeat(title.length)}\n\n${texts.map((text) => text.trim()).join("\n\n")}\n`;
}
