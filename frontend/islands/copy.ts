/** Copy text, also where the clipboard interface is missing: plain http, and most web views inside chat apps. */

import { tell } from "./dom";
import { say } from "./messages";

const COPIED_MS = 2000;

/** Wire a button that copies the text of `source`. When no way works, the text is left selected and we say so. */
export function setUpCopy(button: HTMLElement, source: HTMLElement, problem: HTMLElement, spoken: HTMLElement): void {
  const label = button.querySelector("span") ?? button;
  const restText = label.textContent ?? "";
  let timer = 0;

  button.addEventListener("click", () => {
    void copy(source).then((isCopied) => {
      tell(problem, isCopied ? "" : say("result.copy_failed"));
      if (!isCopied) return select(source);
      label.textContent = say("result.copied");
      spoken.textContent = say("result.copied");
      clearTimeout(timer);
      timer = window.setTimeout(() => (label.textContent = restText), COPIED_MS);
    });
  });
}

async function copy(source: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(source.textContent ?? "");
    return true;
  } catch {
    return copyBySelection(source); // No clipboard here, or no permission for it.
  }
}

function copyBySelection(source: HTMLElement): boolean {
  select(source);
  const isCopied = document.execCommand("copy");
  if (isCopied) getSelection()?.removeAllRanges();
  return isCopied;
}

function select(source: HTMLElement): void {
  const range = document.createRange();
  range.selectNodeContents(source);
  getSelection()?.removeAllRanges();
  getSelection()?.addRange(range);
}
