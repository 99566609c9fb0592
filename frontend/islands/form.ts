/** The form: one field, one button. A problem is told at the field, in words, and the focus stays with the person. */

import { createLink, type Answer, type Link } from "./api";
import { findDestination } from "./destination";
import { element, tell } from "./dom";
import { formatted, say } from "./messages";

export function setUpForm(onMade: (link: Link) => void): void {
  const form = element<HTMLFormElement>("form");
  const field = element<HTMLInputElement>("destination");
  const problem = element("problem");
  const button = element<HTMLButtonElement>("submit");
  const label = button.querySelector("span") ?? button;
  const restText = label.textContent ?? "";
  let isBusy = false;
  let attempt = { url: "", key: "" };

  function complain(sentence: string): void {
    tell(problem, sentence);
    field.setAttribute("aria-invalid", String(sentence !== ""));
    if (sentence !== "") field.focus();
  }

  // Not `disabled`: that would take the focus away from whoever works with a keyboard.
  function setBusy(busy: boolean): void {
    isBusy = busy;
    button.setAttribute("aria-busy", String(busy));
    button.setAttribute("aria-disabled", String(busy));
    label.textContent = busy ? say("form.busy") : restText;
  }

  async function submit(): Promise<void> {
    const found = findDestination(field.value);
    if (found.kind === "empty") return complain(say("form.empty"));
    if (found.kind === "several") return complain(say("form.several", { count: formatted(found.count) }));
    field.value = found.url; // What is sent is what is seen.
    complain("");
    setBusy(true);
    if (attempt.url !== found.url) attempt = { url: found.url, key: randomKey() };
    const answer = await createLink(found.url, attempt.key);
    setBusy(false);
    if (answer.kind !== "network") attempt = { url: "", key: "" };
    if (answer.kind === "ok") onMade(answer.value);
    else complain(sentenceFor(answer));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isBusy) void submit();
  });
  field.addEventListener("input", () => complain(""));
}

/** Not `randomUUID`, which browsers keep from pages served over plain http. */
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");
}

function sentenceFor(answer: Exclude<Answer<Link>, { kind: "ok" }>): string {
  if (answer.kind === "refused") return answer.sentence || say("form.server");
  return say(answer.kind === "network" ? "form.network" : "form.server");
}
