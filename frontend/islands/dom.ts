/** The few things every island does with the page. */

/** Return the element with this id; a page without it is a mistake of ours, and says so at once. */
export function element<T extends Element = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element #${id}.`);
  return found as unknown as T;
}

/** Show the sentence in `place`, or hide the place when there is none. */
export function tell(place: HTMLElement, sentence: string): void {
  place.textContent = sentence;
  place.hidden = sentence === "";
}

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, text: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** Return the inputs of this name that are chosen, in the order of the page. */
export function chosen(name: string): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>(`input[name="${name}"]:checked`)];
}

/** Return what an input is called on the page. */
export function labelOf(input: HTMLInputElement): string {
  return input.parentElement?.textContent?.trim() ?? input.value;
}
