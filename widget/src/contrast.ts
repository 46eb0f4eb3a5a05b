// Text stays readable, whatever colors a page or a tenant picks: 4.5 to 1 (WCAG 2.2, 1.4.3).

/** Returns the relative luminance of a color from getComputedStyle (WCAG 2.2). */
function luminance(color: string): number {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d")!;
  canvas.fillStyle = "#fff"; // under a translucent color
  canvas.fillRect(0, 0, 1, 1);
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => (byte > 10 ? ((byte / 255 + 0.055) / 1.055) ** 2.4 : byte / 3294.6));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** Replaces text colors that are unreadable on the background by black or white. */
export function ensureContrast(root: HTMLElement): void {
  const background = luminance(getComputedStyle(root).backgroundColor);
  for (const name of ["--aside-text", "--aside-muted"]) {
    root.style.color = `var(${name})`;
    const [dark, light] = [luminance(getComputedStyle(root).color), background].sort((a, b) => a - b);
    if (light! + 0.05 < 4.5 * (dark! + 0.05)) root.style.setProperty(name, background > 0.179 ? "#000" : "#fff");
  }
  root.style.color = "";
}
