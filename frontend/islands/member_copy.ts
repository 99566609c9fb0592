/** Buttons that copy what stands in a field (`data-copy`: its id). They are hidden where no script runs. */

import { copyText } from "./copy";
import { say } from "./messages";

const SAID_MS = 2000;

export function setUpCopyButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    const field = document.getElementById(button.dataset.copy ?? "");
    if (field instanceof HTMLInputElement) setUp(button, field);
  }
}

function setUp(button: HTMLButtonElement, field: HTMLInputElement): void {
  const rest = button.textContent ?? "";
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", () => {
    void copyText(field.value).then((isCopied) => {
      if (!isCopied) return field.select(); // The reader can still copy it by hand.
      button.textContent = say("calendar.copied");
      window.setTimeout(() => (button.textContent = rest), SAID_MS);
    });
  });
}
