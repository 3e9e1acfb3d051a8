import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** The variants of a file for browsers that take them; none for what is compressed already. */
export async function compressed(file, content) {
  if (file.endsWith(".woff2")) return [];
  const parameters = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  return [
    [`${file}.gz`, await zip(content, { level: constants.Z_BEST_COMPRESSION })],
    [`${file}.br`, await brotli(content, { params: parameters })],
  ];
}
