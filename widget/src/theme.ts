// How the tenant's page styles the frame: a theme and a short list of variables, never a style sheet.
import { config } from "./config";
import { ensureContrast } from "./contrast";

/** The variables that a page may set (described in frame.css), with the CSS property for which a value must be valid. */
const variables = {
  accent: "color",
  background: "color",
  text: "color",
  muted: "color",
  line: "color",
  radius: "border-radius",
  font: "font-family",
};

export interface Appearance {
  /** `light` or `dark`; anything else follows the system. */
  theme?: unknown;
  /** JSON: `{"accent": "#2b6", "radius": "0"}`; the names may have the prefix `--aside-`. */
  variables?: unknown;
}

let current: Appearance = {};

// The visitor's system has switched between light and dark.
matchMedia("(prefers-color-scheme: dark)").onchange = () => applyTheme(current);

/** Applies the page's settings. What is missing or invalid falls back to the tenant's setting, then to ours. */
export function applyTheme(appearance: Appearance): void {
  current = appearance;
  const { theme, variables: json } = appearance;
  const root = document.documentElement;
  root.style.colorScheme = theme === "light" || theme === "dark" ? theme : "";
  const values = parseVariables(json);
  for (const [name, property] of Object.entries(variables)) {
    const value = values[name] ?? values["--aside-" + name] ?? (name === "accent" && config.tenant.accent);
    // CSS.supports accepts anything with a substitution, so those are excluded.
    const valid = typeof value === "string" && CSS.supports(property, value) && !/\b(var|env|attr)\(/i.test(value);
    root.style.setProperty("--aside-" + name, valid ? value : "");
  }
  ensureContrast(root);
}

function parseVariables(json: unknown): Record<string, unknown> {
  try {
    return JSON.parse(String(json)) ?? {};
  } catch {
    return {};
  }
}
