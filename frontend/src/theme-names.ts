/** Where a browser keeps the choice. */
export const THEME = "livechat-theme";

export type Theme = "light" | "dark";

export function isTheme(name: unknown): name is Theme {
  return name === "light" || name === "dark";
}
