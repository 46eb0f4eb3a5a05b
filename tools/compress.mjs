// Compresses the scripts and style sheets that everybody waits for, each into a file with .gz after its name: node tools/compress.mjs.
// Zopfli's gzip form is about 4 % smaller than that of gzip -9, and takes up to a second for each file. A current one is not written again.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { gzipAsync } from "@gfx/zopfli";

/** The files of the widget and the popup. The server compresses the others when it starts. */
const files = [
  ...readdirSync("widget/dist").map((name) => `widget/dist/${name}`),
  ...readdirSync("web/dist").filter((name) => /^(popup|extras)\.[\da-f]{12}\./.test(name)).map((name) => `web/dist/${name}`),
].filter((path) => /\.(js|css)$/.test(path));

for (const path of files) {
  const content = readFileSync(path);
  const compressed = path + ".gz";
  if (existsSync(compressed) && gunzipSync(readFileSync(compressed)).equals(content)) continue;
  writeFileSync(compressed, await gzipAsync(content, { numiterations: 60 }));
}
