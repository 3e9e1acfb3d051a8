/** Light or dark, of the name that a client has for its theme; null, which is the system's, for any other. */
export function themeOf(name: unknown): "light" | "dark" | null {
  if (typeof name !== "string") return null;
  if (/\b(?:dark|black)\b/i.test(name.replaceAll("_", " "))) return "dark";
  return /\blight\b/i.test(name.replaceAll("_", " ")) ? "light" : null;
}
