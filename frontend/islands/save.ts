/** Give the person a file that was made here. Nothing is sent anywhere. */

const KEPT_MS = 60_000; // A phone may ask where to put it before it reads.

export function saveFile(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
