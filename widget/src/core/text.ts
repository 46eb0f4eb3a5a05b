// What a person may write, as the server accepts it (db/limits.go).

/** Returns the text without control characters, which no key types and a paste may contain. */
export function clean(text: string): string {
  return text.replace(/[\0-\x08\v\f\x0e-\x1f\x7f-\x9f]/g, "");
}

/**
 * Returns the beginning of a text, or the part from a little before a search text in the same letters, without the marks of Markdown that
 * mean nothing on one line, and without half characters; of a link, its words. (partAtMatch finds other letters, too, but is long.)
 */
export function excerpt(body: string, search = ""): string {
  const start = body.toLowerCase().indexOf(search.toLowerCase()) - 20;
  return (start > 0 ? "…" + body.slice(start) : body).slice(0, 200).replace(/[*`~]|\b_|_\b|^[#>]+ |\p{Cs}|\[(.+?)\]\(\S+\)/gmu, "$1");
}
