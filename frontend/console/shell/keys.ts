/** Begin to listen to the keyboard, however often the shell comes and goes. */

import { listen } from "../use/shortcuts";

let listens = false;

export function listenOnce(): void {
  if (listens) return;
  listens = true;
  listen();
}
