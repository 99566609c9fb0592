/** Read the codes of a picture: here in the browser, else by the server, which forgets the picture at once. */

import { language, say } from "./messages";
import { read } from "./reader";

const SIDE_MAX = 2400; // Pixels. Old phones have no memory for more, and a code that needs more goes to the server.
const BLUR = "blur(2px)"; // Takes the grain out of a photo.
const UPLOAD_BYTES_MAX = 10 * 1024 * 1024;
const PATIENCE_MS = 30_000;

/** The texts that were read, maybe none, or why nothing could be read. */
export type Reading = { readonly texts: readonly string[] } | { readonly problem: string };

export async function readPicture(file: Blob, onUpload: () => void): Promise<Reading> {
  const texts = await readHere(file).catch(() => []); // HEIC, a damaged file, a browser without WebAssembly.
  if (texts.length > 0 && !texts.some(isGarbled)) return { texts };
  if (file.size > UPLOAD_BYTES_MAX) return { problem: say("upload.too_large", { megabytes: UPLOAD_BYTES_MAX >> 20 }) };
  onUpload();
  const reading = await readThere(file);
  return "problem" in reading && texts.length > 0 ? { texts } : reading;
}

async function readHere(file: Blob): Promise<string[]> {
  const picture = await load(file);
  for (const filter of ["none", BLUR]) {
    const codes = await read(drawn(picture, filter));
    if (codes.length > 0) return codes.map((code) => code.text);
  }
  return [];
}

async function load(file: Blob): Promise<HTMLImageElement> {
  const picture = new Image();
  picture.src = URL.createObjectURL(file);
  try {
    await picture.decode();
    return picture;
  } finally {
    URL.revokeObjectURL(picture.src);
  }
}

/** White paper under it: a drawing may be see-through. */
function drawn(picture: HTMLImageElement, filter: string): HTMLCanvasElement {
  const scale = Math.min(1, SIDE_MAX / Math.max(picture.naturalWidth, picture.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(picture.naturalHeight * scale));
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("There is no canvas here.");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.filter = filter;
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Chinese in the national encoding, taken for Japanese or Latin: the server knows better. */
function isGarbled(text: string): boolean {
  return /[\uff61-\uff9f]|[\u0080-\u00ff]{4}/.test(text);
}

async function readThere(file: Blob): Promise<Reading> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  const body = new FormData();
  body.append("file", file, "picture");
  try {
    const headers = { "Accept-Language": language };
    return await understood(await fetch("/api/v1/qr/decode", { method: "POST", body, headers, signal: abort.signal }));
  } catch {
    return { problem: say("upload.network") };
  } finally {
    clearTimeout(timer);
  }
}

async function understood(response: Response): Promise<Reading> {
  if (response.status >= 500) return { problem: say("upload.server") };
  const answer = (await response.json()) as { codes?: readonly { text: string }[]; detail?: string };
  if (!response.ok) return { problem: answer.detail ?? say("upload.server") };
  return { texts: (answer.codes ?? []).map((code) => code.text) };
}
