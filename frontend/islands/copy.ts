/** Copy text, also where the clipboard interface is missing: plain http, and most web views inside chat apps. */

import { make, tell } from "./dom";
import { say } from "./messages";

const COPIED_MS = 2000;

/** Wire a button that copies the text of `source`. When no way works, the text is left selected and we say so. */
export function setUpCopy(button: HTMLElement, source: HTMLElement, problem: HTMLElement, spoken: HTMLElement): void {
  const confirm = setUpConfirmation(button, spoken);

  button.addEventListener("click", () => {
    void copyText(source.textContent ?? "").then((isCopied) => {
      tell(problem, isCopied ? "" : say("result.copy_failed"));
      if (isCopied) confirm(say("result.copied"));
      else select(source);
    });
  });
}

/** Return what says on a button, for a moment, and aloud, that it was done. */
export function setUpConfirmation(button: HTMLElement, spoken: HTMLElement): (sentence: string) => void {
  const label = button.querySelector("span") ?? button;
  const restText = label.textContent ?? "";
  let timer = 0;

  return (sentence) => {
    label.textContent = sentence;
    spoken.textContent = sentence;
    clearTimeout(timer);
    timer = window.setTimeout(() => (label.textContent = restText), COPIED_MS);
  };
}

/** Copy, and tell whether it was done. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text); // No clipboard here, or no permission for it.
  }
}

function copyBySelection(text: string): boolean {
  const source = make("span", text);
  source.className = "aloud lines";
  document.body.append(source);
  select(source);
  const isCopied = document.execCommand("copy");
  source.remove();
  return isCopied;
}

export function select(source: HTMLElement): void {
  const range = document.createRange();
  range.selectNodeContents(source);
  getSelection()?.removeAllRanges();
  getSelection()?.addRange(range);
}
