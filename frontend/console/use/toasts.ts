/**
 * What was done, said quietly at the foot of the screen; and ten seconds to take it back.
 *
 * `said(t("domains.saved"))` · `undoable(t("links.deleted"), () => restoreLink(id))` · `failed(problem)`.
 * What cannot be taken back is asked before: `use/confirm.ts`.
 */

import { reactive } from "vue";
import { asProblem } from "../api/problem";
import { sentenceOf } from "../parts/sentence";

export const UNDO_MS = 10_000;
const SAID_MS = 4_000;
const SHOWN_MAX = 3; // More would hide the work.

export interface Toast {
  readonly id: number;
  readonly kind: "said" | "failed";
  readonly text: string;
  readonly ms: number;
  readonly undo: (() => Promise<unknown>) | null;
  busy: boolean;
}

export const toasts = reactive<Toast[]>([]);
let last = 0;

/** Say that something went well. */
export function said(text: string): void {
  add({ kind: "said", text, ms: SAID_MS, undo: null });
}

/** Say that something was done, and offer to undo it for ten seconds. */
export function undoable(text: string, undo: () => Promise<unknown>): void {
  add({ kind: "said", text, ms: UNDO_MS, undo });
}

/** Say why something did not go well. */
export function failed(thrown: unknown): void {
  add({ kind: "failed", text: sentenceOf(asProblem(thrown)), ms: UNDO_MS, undo: null });
}

/** Do something, and say it if it fails. Return whether it went well. */
export async function attempt(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (thrown) {
    failed(thrown);
    return false;
  }
}

export async function takeBack(toast: Toast): Promise<void> {
  if (toast.undo === null || toast.busy) return;
  toast.busy = true;
  await attempt(toast.undo);
  dismiss(toast.id);
}

export function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id);
  if (at >= 0) toasts.splice(at, 1);
}

function add(wish: Omit<Toast, "id" | "busy">): void {
  toasts.push({ ...wish, id: (last += 1), busy: false });
  if (toasts.length > SHOWN_MAX) toasts.shift();
}
