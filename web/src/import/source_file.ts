// The files that a person chose, those in zip files included, read on the device.
import { unzip, type UnzipFileInfo } from "fflate";
import type { SkipReason, Skipped } from "./imported_note";
import { clearNameFlags, decodeName } from "./zip_name";

export interface SourceFile {
  /** Where it was: 0 in the folder of the chosen files, or else the number of a zip file. */
  source: number;
  /** Its path in the folder or the zip file. */
  path: string;
  bytes: Uint8Array;
}

/** A file that was not read. */
export interface SkippedFile extends Skipped {
  source: number;
}

export interface SourceFiles {
  files: SourceFile[];
  skipped: SkippedFile[];
}

/** How much is read at once: files, and their bytes after decompression. */
export const maxFiles = 20_000;
export const maxBytes = 256 << 20;

/** More files or bytes were chosen than are read at once. */
export class TooLargeError extends Error {}

/** What is read of all files together. */
class Budget {
  #files = 0;
  #bytes = 0;

  /** Counts a file. It throws TooLargeError for the first that is too much. */
  take(bytes: number): void {
    this.#files++;
    this.#bytes += bytes;
    if (this.#files > maxFiles || this.#bytes > maxBytes) throw new TooLargeError();
  }
}

const readable = /\.(md|markdown|txt|text|json)$/i;

/** What operating systems add to folders and zip files. */
const invisible = /(^|\/)(\.(?!\.?([\\/]|$))|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/;

/** Returns why a file is not read, by its path. */
function refusal(path: string): SkipReason | null {
  if (/(^|\/)\.\.(\/|$)|^\/|^[a-z]:|\0/i.test(path)) return "name";
  return readable.test(path) ? null : "type";
}

/** Reads files, and the files in zip files. It throws TooLargeError, and the browser's exception for a file that is gone. */
export async function readFiles(chosen: File[]): Promise<SourceFiles> {
  const found: SourceFiles = { files: [], skipped: [] };
  const budget = new Budget();
  let zips = 0;
  for (const file of chosen) {
    const path = (file.webkitRelativePath || file.name).normalize("NFC");
    if (invisible.test(path)) continue;
    if (/\.zip$/i.test(path)) {
      budget.take(file.size);
      await readZip(++zips, path, new Uint8Array(await file.arrayBuffer()), budget, found);
      continue;
    }
    const reason = refusal(path);
    if (reason) {
      found.skipped.push({ source: 0, path, reason });
    } else {
      budget.take(file.size);
      found.files.push({ source: 0, path, bytes: new Uint8Array(await file.arrayBuffer()) });
    }
  }
  return found;
}

/** Reads the files of a zip file. The size that each one states is the most that is read of it. */
async function readZip(source: number, path: string, bytes: Uint8Array, budget: Budget, { files, skipped }: SourceFiles): Promise<void> {
  const read = new Map<string, string>(); // the paths of the files that are read, by their stored names
  let tooLarge = false;
  let damaged = false;
  const wanted = ({ name: stored, originalSize }: UnzipFileInfo): boolean => {
    if (!stored) damaged = true;
    const name = decodeName(stored);
    if (tooLarge || !name || name.endsWith("/") || invisible.test(name)) return false;
    const reason = refusal(name) ?? (read.has(stored) ? "name" : null);
    if (reason) {
      skipped.push({ source, path: name, reason });
      return false;
    }
    try {
      budget.take(originalSize);
      read.set(stored, name);
      return true;
    } catch {
      tooLarge = true;
      return false;
    }
  };
  try {
    clearNameFlags(bytes);
    const found = await new Promise<Record<string, Uint8Array>>((resolve, reject) =>
      unzip(bytes, { filter: wanted }, (error, data) => (error ? reject(error) : resolve(data))),
    );
    for (const [stored, content] of Object.entries(found)) files.push({ source, path: read.get(stored)!, bytes: content });
  } catch {
    damaged = true;
  }
  if (damaged) skipped.push({ source, path, reason: "damaged" });
  if (tooLarge) throw new TooLargeError();
}

/** Returns the text of a file: UTF-8, UTF-16 with its mark, or else Windows-1252. Null for a file that is no text. */
export function textOf(bytes: Uint8Array): string | null {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "";
  let text: string;
  try {
    text = new TextDecoder(utf16 || "utf-8", { fatal: true }).decode(bytes);
  } catch {
    if (utf16) return null;
    text = new TextDecoder("windows-1252").decode(bytes);
  }
  return text.includes("\0") ? null : text;
}
