/**
 * What becomes of a text that was read: an address fills the field, anything else is shown, named and explained.
 *
 * Where strangers may not make links there is no field: an address is shown too, and can be followed.
 */

import { copyText, select, setUpConfirmation } from "./copy";
import { element, make, tell } from "./dom";
import { isAddress, kindOf } from "./kinds";
import { say } from "./messages";

const card = element("found");
const heading = element("found-heading");
const help = element("found-help");
const words = element("found-text");
const choices = element("found-choices");
const problem = element("found-problem");
const copy = element("found-copy");
const expand = element<HTMLAnchorElement>("found-expand");
const spoken = element("spoken");
const field = document.querySelector<HTMLTextAreaElement>("#destination"); // None where only members make links.

const confirmCopied = setUpConfirmation(copy, spoken);

copy.addEventListener("click", () => {
  void copyText(words.textContent ?? "").then((isCopied) => {
    tell(problem, isCopied ? "" : say("paste.copy_failed"));
    if (isCopied) confirmCopied(say("result.copied"));
    else select(words);
  });
});
element("found-close").addEventListener("click", () => {
  card.hidden = true;
  element("scan").focus();
});

/** Use one text. */
export function use(text: string): void {
  if (field && isAddress(text)) fill(field, [text.trim()]);
  else show(text);
}

/** Offer several texts, of which the person chooses one, or all when all are addresses. */
export function offer(texts: readonly string[], question: string): void {
  open(question, "");
  choices.replaceChildren(...choiceButtons(texts, use));
  const addresses = texts.filter(isAddress);
  if (field && addresses.length === texts.length) {
    choices.append(choiceButton(say("scan.all"), () => fill(field, addresses)));
  }
  choices.hidden = false;
  choices.querySelector("button")?.focus();
  card.scrollIntoView({ block: "nearest" });
}

export function choiceButtons(texts: readonly string[], choose: (text: string) => void): HTMLLIElement[] {
  return texts.map((text, index) => {
    const words = isAddress(text) ? text : `${say(`kind.${kindOf(text).name}`)} · ${text}`;
    return choiceButton(say("scan.code", { number: index + 1, text: words }), () => choose(text));
  });
}

function choiceButton(label: string, choose: () => void): HTMLLIElement {
  const item = make("li", "");
  const button = make("button", label);
  button.type = "button";
  button.className = "button choice-found";
  button.addEventListener("click", choose);
  item.append(button);
  return item;
}

function fill(field: HTMLTextAreaElement, addresses: readonly string[]): void {
  card.hidden = true;
  field.value = addresses.join("\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const sentence = say("scan.filled", { url: addresses.join(" ") });
  spoken.textContent = sentence;
  element("submit").focus(); // The next step; and on a phone the keyboard stays away.
}

function show(text: string): void {
  const kind = kindOf(text);
  open(say(`kind.${kind.name}`), kind.act === "fill" ? "" : say(`kind.${kind.name}_help`));
  words.textContent = text;
  words.hidden = false;
  copy.hidden = false;
  expand.hidden = kind.act !== "fill";
  expand.href = `/expand?url=${encodeURIComponent(text.trim())}`;
  heading.focus();
  card.scrollIntoView({ block: "nearest" });
}

function open(title: string, explanation: string): void {
  heading.textContent = title;
  tell(help, explanation);
  tell(problem, "");
  for (const part of [words, copy, expand, choices]) part.hidden = true;
  card.hidden = false;
}
