import { contrast } from "./contrast";

/** Returns the shades of an accent for light and dark backgrounds, as the server computes them (widget/accent.go). */
export function shades(accent: string): { light: string; dark: string } {
  return { light: shade(accent, "#ffffff", 0), dark: shade(accent, "#17181a", 255) };
}

// Mixes in black or white by twentieths until the contrast suffices.
function shade(accent: string, paper: string, towards: number): string {
  for (let part = 0; ; part++) {
    const mixed = "#" + [1, 3, 5].map((at) => mix(parseInt(accent.slice(at, at + 2), 16), towards, part)).join("");
    if (contrast(mixed, paper) >= 3 || part === 20) return mixed;
  }
}

function mix(from: number, to: number, part: number): string {
  return Math.trunc((from * (20 - part) + to * part) / 20)
    .toString(16)
    .padStart(2, "0");
}
