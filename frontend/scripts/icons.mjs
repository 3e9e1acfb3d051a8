import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** One SVG with a symbol for each icon of icons.json, whose keys are our names and whose values are Lucide's. */
export async function sprite(frontend) {
  const icons = JSON.parse(await readFile(join(frontend, "src", "icons.json"), "utf8"));
  const symbols = await Promise.all(
    Object.entries(icons).map(async ([name, drawing]) => {
      const path = join(frontend, "node_modules", "lucide-static", "icons", `${drawing}.svg`);
      const shapes = (await readFile(path, "utf8"))
        .replace(/^[\s\S]*?<svg[^>]*>/, "")
        .replace(/<\/svg>\s*$/, "")
        .replace(/\s+/g, " ")
        .trim();
      return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}
