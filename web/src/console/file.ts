/** Gives the person a file of rows as spreadsheets read them (RFC 4180). */
export function saveCSV(name: string, rows: (string | number)[][]): void {
  const text = rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
  const link = window.document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

// A spreadsheet takes what begins like this for a formula, and some of it was written by strangers.
const formula = /^[=+\-@\t\r]/;

function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = formula.test(value) ? "'" + value : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
