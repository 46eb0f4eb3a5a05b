// What a person may write, as the server accepts it (db/limits.go).

/** Returns the text without control characters, which no key types and a paste may contain. */
export function clean(text: string): string {
  return text.replace(/[\0-\x08\v\f\x0e-\x1f\x7f-\x9f]/g, "");
}

/** Returns the beginning of a text without the marks of Markdown that mean nothing on one line, and without half a character; of a link, its words. */
export function excerpt(body: string): string {
  return body.slice(0, 200).replace(/[*`~]|\b_|_\b|^[#>]+ |[\ud800-\udbff]$|\[(.+?)]\(\S+\)/gm, "$1");
}
