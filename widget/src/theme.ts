// How the tenant's page dresses the frame: a theme and a short list of variables, never a style sheet of its own.
import { config } from "./config";
import { keepReadable } from "./contrast";

/** The variables that a page may set (frame.css says what each is for), with the CSS property that a value must be valid for. */
const variables = {
  accent: "color",
  background: "color",
  text: "color",
  muted: "color",
  line: "color",
  radius: "border-radius",
  font: "font-family",
};

export interface Look {
  /** `light` or `dark`; anything else follows the system. */
  theme?: unknown;
  /** JSON: `{"accent": "#2b6", "radius": "0"}`; the names may carry their prefix `--aside-`. */
  variables?: unknown;
}

let worn: Look = {};

// Night falls at the visitor's.
matchMedia("(prefers-color-scheme: dark)").onchange = () => applyTheme(worn);

/** Applies what the page asks for; what is missing or no valid value goes back to the tenant's and then our own. */
export function applyTheme(look: Look): void {
  worn = look;
  const { theme, variables: wish } = look;
  const root = document.documentElement;
  root.style.colorScheme = theme === "light" || theme === "dark" ? theme : "";
  const wanted = wishes(wish);
  for (const [name, property] of Object.entries(variables)) {
    const value = wanted[name] ?? wanted["--aside-" + name] ?? (name === "accent" && config.tenant.accent);
    // CSS.supports takes anything that holds a substitution for valid, so those are no values here.
    const valid = typeof value === "string" && CSS.supports(property, value) && !/\b(var|env|attr)\(/i.test(value);
    root.style.setProperty("--aside-" + name, valid ? value : "");
  }
  keepReadable(root);
}

function wishes(json: unknown): Record<string, unknown> {
  try {
    return JSON.parse(String(json)) ?? {};
  } catch {
    return {};
  }
}
