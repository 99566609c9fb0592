/**
 * The three ways to fill in the field: paste, scan, upload; and a picture may be dropped or pasted anywhere.
 *
 * What reads pictures is loaded when it is first needed, so that the first screen stays light.
 */

import "../styles/scan.css";
import { element, tell } from "./dom";
import { say } from "./messages";

const TEXT = "text/plain";

export function setUpScan(): void {
  element("ways").hidden = false;
  document.getElementById("paste")?.addEventListener("click", () => void paste()); // There is a field to paste into.
  element("scan").addEventListener("click", () => void scan());
  element("upload").addEventListener("click", () => element<HTMLInputElement>("upload-file").click());
  for (const id of ["upload-file", "take-file"]) setUpFile(element<HTMLInputElement>(id));
  document.addEventListener("paste", (event) => takeFile(event, event.clipboardData));
  setUpDrop(element("drop"));
}

function setUpFile(input: HTMLInputElement): void {
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    input.value = ""; // So that the same picture can be chosen again.
    if (file) void usePicture(file);
  });
}

function setUpDrop(veil: HTMLElement): void {
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    veil.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) veil.hidden = true; // Out of the window, not over the next element.
  });
  document.addEventListener("drop", (event) => {
    veil.hidden = true;
    takeFile(event, event.dataTransfer);
  });
}

/** Take the picture that came with an event; text is left to the field, also the text of a table with its picture. */
function takeFile(event: Event, data: DataTransfer | null): void {
  const [file] = data?.files ?? [];
  if (!file || data?.getData(TEXT)) return;
  event.preventDefault();
  void usePicture(file);
}

async function usePicture(file: Blob): Promise<void> {
  const upload = await lazily(import("./upload"));
  await upload?.usePicture(file);
}

async function scan(): Promise<void> {
  tell(element("ways-note"), "");
  const camera = await lazily(import("./camera"));
  camera?.openCamera();
}

async function lazily<T>(module: Promise<T>): Promise<T | undefined> {
  try {
    return await module;
  } catch {
    tell(element("ways-note"), say("scan.no_reader"));
    return undefined;
  }
}

async function paste(): Promise<void> {
  const field = element<HTMLTextAreaElement>("destination");
  const note = element("ways-note");
  tell(note, "");
  try {
    const pasted = await readClipboard();
    if (typeof pasted !== "string") return await usePicture(pasted);
    if (pasted.trim() === "") return tell(note, say("paste.empty"));
    field.value = pasted.trim();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    element("submit").focus();
  } catch {
    tell(note, say("paste.by_hand")); // No clipboard here, or no permission for it.
    field.focus();
  }
}

/** Asked for once only: some browsers want a tap for each time. Text first, since tables bring a picture of themselves. */
async function readClipboard(): Promise<Blob | string> {
  if (!navigator.clipboard.read) return navigator.clipboard.readText();
  for (const item of await navigator.clipboard.read()) {
    if (item.types.includes(TEXT)) return new Response(await item.getType(TEXT)).text();
    const type = item.types.find((one) => one.startsWith("image/"));
    if (type) return item.getType(type);
  }
  return "";
}
