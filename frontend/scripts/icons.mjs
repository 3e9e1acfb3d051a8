import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** One SVG with a symbol for each icon of icons.json, whose keys are our names and whose values are Lucide's. */
export async function sprite(frontend) {
  const icons = JSON.parse(await readFile(join(frontend, "src", "icons.json"), "utf8"));
  const symbols = await Promise.all(
    Object.entries(icons).map(
      async ([name, drawing]) =>
        `<symbol id="${name}" viewBox="0 0 24 24">${await shapes(frontend, drawing)}</symbol>`,
    ),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

/** What tabs show: the brand's mark, in colours that any tab bar carries. */
export async function favicon(frontend) {
  const drawn = await shapes(frontend, "message-circle");
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-6 -6 36 36"><rect x="-6" y="-6" width="36" height="36" rx="10" ` +
    `fill="#00755c"/><g fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round">` +
    `${drawn}</g></svg>\n`
  );
}

async function shapes(frontend, drawing) {
  const path = join(frontend, "node_modules", "lucide-static", "icons", `${drawing}.svg`);
  return (await readFile(path, "utf8"))
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace(/<\/svg>\s*$/, "")
    .replace(/\s+/g, " ")
    .trim();
}
