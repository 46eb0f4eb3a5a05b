// Whatever a page or a tenant picks, what is written can be read: 4.5 to 1 (WCAG 2.2, 1.4.3).

/** The relative luminance of a color as getComputedStyle gives it (WCAG 2.2). */
function luminance(color: string): number {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d")!;
  canvas.fillStyle = "#fff"; // under what lets it shine through
  canvas.fillRect(0, 0, 1, 1);
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => (byte > 10 ? ((byte / 255 + 0.055) / 1.055) ** 2.4 : byte / 3294.6));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** Puts black or white in the place of ink that can't be read on the paper. */
export function keepReadable(root: HTMLElement): void {
  const paper = luminance(getComputedStyle(root).backgroundColor);
  for (const name of ["--aside-text", "--aside-muted"]) {
    root.style.color = `var(${name})`;
    const [dark, light] = [luminance(getComputedStyle(root).color), paper].sort((a, b) => a - b);
    if (light! + 0.05 < 4.5 * (dark! + 0.05)) root.style.setProperty(name, paper > 0.179 ? "#000" : "#fff");
  }
  root.style.color = "";
}
