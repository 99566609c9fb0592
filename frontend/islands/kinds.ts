/** What a text from a QR code is. The table is the server's own file, built in: both always say the same. Pure. */

import rows from "../../src/liulian/qr/kinds.json";

/** `fill`: a short link can lead there. `picture`: it works only as a picture, in its app. `show`: it can be copied. */
export interface Kind {
  readonly name: string;
  readonly act: string;
}

const table = rows.map((row) => ({ name: row.kind, act: row.act, pattern: new RegExp(row.pattern, "i") }));
const ANYTHING: Kind = { name: "text", act: "show" };

export function kindOf(text: string): Kind {
  const stripped = text.trim();
  return table.find((row) => row.pattern.test(stripped)) ?? ANYTHING;
}

export function isAddress(text: string): boolean {
  return kindOf(text).act === "fill";
}
