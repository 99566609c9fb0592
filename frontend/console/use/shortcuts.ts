/**
 * Keys. A component registers what it can do while it is shown, and the help dialog lists all of it:
 * `useShortcuts(() => t("links.keys"), [{ key: "e", text: () => t("links.edit"), run: edit }])`.
 *
 * Keys are left alone while somebody types, and while a dialog or drawer is open.
 */

import { onBeforeUnmount, onMounted, shallowReactive } from "vue";

export interface Shortcut {
  readonly key: string;
  readonly text: () => string;
  readonly run: () => void;
}

export interface Group {
  readonly title: () => string;
  readonly shortcuts: readonly Shortcut[];
}

/** What can be done by a key now, in the order in which screens came. */
export const groups = shallowReactive<Group[]>([]);

const TYPING = "input, textarea, select, [contenteditable=true]";
const OVER = '[role="dialog"][aria-modal="true"]';

export function useShortcuts(title: () => string, shortcuts: readonly Shortcut[]): void {
  const group: Group = { title, shortcuts };
  onMounted(() => groups.push(group));
  onBeforeUnmount(() => groups.splice(groups.indexOf(group), 1));
}

/** Listen once for the whole console. */
export function listen(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isElsewhere(event)) return;
    // The screen that came last has the first word.
    for (const group of [...groups].reverse()) {
      const found = group.shortcuts.find((shortcut) => shortcut.key === event.key);
      if (found) {
        event.preventDefault();
        found.run();
        return;
      }
    }
  });
}

function isElsewhere(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(TYPING)) return true;
  return [...document.querySelectorAll(OVER)].some((each) => each.checkVisibility());
}
