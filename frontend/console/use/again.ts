/**
 * Show anew who one is, before what needs somebody who has only just signed in. The API client asks, wherever the
 * server answers `sign_in_again`; the dialog answers. However many requests wait, it is asked once.
 */

import { ref } from "vue";

/** Whether the dialog is open. */
export const isAsked = ref(false);
let waiting: Promise<boolean> | null = null;
let settle: (did: boolean) => void = () => undefined;

/** Ask, and return whether they did. */
export function signInAgain(): Promise<boolean> {
  waiting ??= new Promise((resolve) => {
    settle = resolve;
  });
  isAsked.value = true;
  return waiting;
}

export function answerAgain(did: boolean): void {
  isAsked.value = false;
  waiting = null;
  settle(did);
}
