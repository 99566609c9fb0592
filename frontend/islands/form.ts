/** The form: one field, one button. A problem is told at the field, in words, and the focus stays with the person. */

import { createLink, randomKey, type Link, type Wish } from "./api";
import { setUpChoices } from "./choices";
import { findDestinations } from "./destination";
import { element, tell } from "./dom";
import { formatted, say } from "./messages";
import { sentenceFor, URLS_MAX, type Several } from "./several";

export interface Form {
  /** Put addresses into the field, ready to be changed. */
  fill(urls: readonly string[]): void;
}

export function setUpForm(several: Several, onMade: (links: readonly Link[], wanted: number) => void): Form {
  const form = element<HTMLFormElement>("form");
  const field = element<HTMLTextAreaElement>("destination");
  const problem = element("problem");
  const choices = setUpChoices();
  const setBusy = setUpBusy();
  let isBusy = false;
  let attempt = { wish: "", key: "" };

  function complain(sentence: string): void {
    tell(problem, sentence);
    field.setAttribute("aria-invalid", String(sentence !== ""));
    if (sentence !== "") field.focus();
  }

  async function submit(): Promise<void> {
    const urls = findDestinations(field.value);
    if (urls.length === 0) return complain(say("form.empty"));
    if (urls.length > URLS_MAX) {
      return complain(say("form.too_many", { max: formatted(URLS_MAX), count: formatted(urls.length) }));
    }
    if (!choices.isComplete()) return;
    put(urls); // What is sent is what is seen.
    complain("");
    isBusy = setBusy(true);
    if (urls.length === 1) await makeOne(urls[0] ?? "", choices.wish());
    else onMade(await several.run(urls, choices.wish()), urls.length);
    isBusy = setBusy(false);
  }

  async function makeOne(url: string, wish: Wish): Promise<void> {
    const asked = JSON.stringify([url, wish]);
    if (attempt.wish !== asked) attempt = { wish: asked, key: randomKey() };
    const answer = await createLink(url, wish, attempt.key);
    if (answer.kind !== "network") attempt = { wish: "", key: "" };
    if (answer.kind === "ok") onMade([answer.value], 1);
    else if (answer.kind !== "refused" || !choices.complain(answer.field, answer.sentence)) {
      complain(sentenceFor(answer));
    }
  }

  function put(urls: readonly string[]): void {
    field.value = urls.join("\n");
    grow(field);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isBusy) void submit();
  });
  field.addEventListener("keydown", (event) => {
    if (!sends(event, field)) return;
    event.preventDefault();
    element("submit").click();
  });
  field.addEventListener("input", () => {
    grow(field);
    complain("");
  });
  grow(field);

  return {
    fill(urls) {
      put(urls);
      field.focus();
    },
  };
}

/** Enter sends one address, as in any field; in a list it makes a new line. */
function sends(event: KeyboardEvent, field: HTMLTextAreaElement): boolean {
  if (event.key !== "Enter" || event.isComposing) return false;
  if (event.ctrlKey || event.metaKey) return true;
  return !event.shiftKey && !field.value.includes("\n");
}

/** The field is as high as what is in it; the style sheet says how high at most. */
function grow(field: HTMLTextAreaElement): void {
  field.style.height = "";
  const border = field.offsetHeight - field.clientHeight;
  if (field.scrollHeight > field.clientHeight) field.style.height = `${field.scrollHeight + border}px`;
}

/** Not `disabled`: that would take the focus away from whoever works with a keyboard. */
function setUpBusy(): (busy: boolean) => boolean {
  const button = element("submit");
  const label = button.querySelector("span") ?? button;
  const restText = label.textContent ?? "";

  return (busy) => {
    button.setAttribute("aria-busy", String(busy));
    button.setAttribute("aria-disabled", String(busy));
    label.textContent = busy ? say("form.busy") : restText;
    return busy;
  };
}
