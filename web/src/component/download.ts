/** Downloads a file. */
export function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the download has started by then
}

/** Downloads rows as a CSV file (RFC 4180). */
export function saveCSV(name: string, rows: (string | number)[][]): void {
  const text = rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
  download(name, new Blob([text], { type: "text/csv" }));
}

// A spreadsheet treats a cell with such a beginning as a formula, and strangers write some of the cells.
const formula = /^[=+\-@\t\r]/;

function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = formula.test(value) ? "'" + value : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
