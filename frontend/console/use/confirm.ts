/**
 * Ask before what cannot be taken back. `if (await confirmed({ title, text, action })) …`
 *
 * With `typed`, that word must be typed first: for what takes much with it.
 */

import { shallowRef } from "vue";

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button says: what will happen, as a verb. */
  readonly action: string;
  readonly typed?: string;
}

export const question = shallowRef<Question | null>(null);
let settle: (answer: boolean) => void = () => undefined;

export function confirmed(wish: Question): Promise<boolean> {
  settle(false);
  question.value = wish;
  return new Promise((resolve) => {
    settle = resolve;
  });
}

export function answer(yes: boolean): void {
  question.value = null;
  settle(yes);
}
