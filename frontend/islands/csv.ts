/** Rows as a CSV file that spreadsheets read as it is meant. Pure. */

const BYTE_ORDER_MARK = "\ufeff"; // Without it Excel takes the file for one in the local code page.

export function csvOf(rows: readonly (readonly string[])[]): Blob {
  const lines = rows.map((row) => `${row.map(cell).join(",")}\r\n`);
  return new Blob([BYTE_ORDER_MARK, ...lines], { type: "text/csv;charset=utf-8" });
}

/** A cell that begins like a formula would be run by the spreadsheet; an apostrophe makes it a text. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replace(/"/g, '""')}"` : harmless;
}
