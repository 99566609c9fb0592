/** Sentences and numbers in the language of the page. The server puts the sentences in; none is written here. */

import { element } from "./dom";

const sentences = JSON.parse(element("messages").textContent ?? "{}") as Record<string, string>;

export const language = document.documentElement.lang;

const numbers = new Intl.NumberFormat(language);

/** Return the sentence for `key`, its `{name}` places filled. */
export function say(key: string, places: Record<string, string | number> = {}): string {
  const sentence = sentences[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (place, name: string) => String(places[name] ?? place));
}

/** Return our name for a value such as an app; a value we have no name for stands for itself. */
export function nameOf(kind: "app" | "system" | "outcome", value: string): string {
  return sentences[`${kind}.${value}`] ?? value;
}

export function formatted(number: number): string {
  return numbers.format(number);
}
