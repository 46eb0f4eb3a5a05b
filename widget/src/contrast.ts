// Text stays readable and a button visible, whatever colors a page or a tenant picks: 4.5 to 1 and 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11).

const blackOrWhite = (luminance: number) => (luminance < 0.229 ? "#fff" : "#000"); // at 0.229 both reach 4.58 to 1

/**
 * Replaces text colors that are unreadable on the background by black or white. The accent stays what it is (frame.css has the text on it), and
 * where it is hardly seen on the background, its edge has the color of hints.
 */
export function ensureContrast(root: HTMLElement): void {
  const { style } = root;
  const shown = getComputedStyle(root);
  // Returns the relative luminance of a color on the background, plus 0.05. Without relative colors (CSS Color 5) it is NaN.
  const luminance = (color: string) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d")!; // a browser may warn where one is read twice
    style.color = color;
    for (canvas.fillStyle of ["#fff", shown.backgroundColor, shown.color]) canvas.fillRect(0, 0, 1, 1);
    style.color = `color(from rgb(${canvas.getImageData(0, 0, 1, 1).data}) xyz y y y)`;
    return +shown.color.split(" ")[1]! + 0.05;
  };
  const background = luminance("#0000");
  const isBelow = (name: string, least: number) => {
    const ratio = luminance(`var(--aside-${name})`) / background;
    return Math.max(ratio, 1 / ratio) < least;
  };
  for (const name of ["text", "muted"]) if (isBelow(name, 4.5)) style.setProperty(`--aside-${name}`, blackOrWhite(background));
  style.setProperty("--aside-edge", `var(--aside-${isBelow("accent", 3) ? "muted" : "accent"})`);
  style.color = "";
}
