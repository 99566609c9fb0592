/** The community that was made a moment ago: its first screen says what to do now. Forgotten when the page is left. */

import { ref } from "vue";

export const madeNow = ref("");

export function note(id: string): void {
  madeNow.value = id;
}
