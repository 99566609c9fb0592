/**
 * One thing done with many links, batch after batch. It goes on while its screen is left, says how far it has come, and
 * can be ended between two batches; what was done until then can be taken back like the whole.
 */

import { reactive } from "vue";
import { type BulkEdit, type BulkEdited, editLinks } from "../api/links";

const BATCH = 500; // Each some tenths of a second: the bar moves, and ending it is felt at once.

export type BulkWish = Omit<BulkEdit, "ids" | "filter">;

/** What became of it; `left` links were not tried, `problem` is why, where it was not ended by hand. */
export interface BulkSum {
  readonly changed: number;
  readonly failed: number;
  readonly left: number;
  readonly problem: unknown;
  readonly undo: BulkEdited["undo"];
}

/** What is under way: one at a time. */
export const run = reactive({ isOn: false, done: 0, total: 0, isEnding: false });

/** Do it with these links. Throws where already the first batch is refused. */
export async function runBulk(wish: BulkWish, ids: readonly string[]): Promise<BulkSum> {
  return during(ids.length, () => walk(wish, ids, true));
}

/** Do several things one after the other, as taking back needs it: links from many folders go back to many. */
export async function runEach(parts: readonly { wish: BulkWish; ids: readonly string[] }[]): Promise<void> {
  const total = parts.reduce((sum, part) => sum + part.ids.length, 0);
  await during(total, async () => {
    for (const part of parts) {
      const sum = await walk(part.wish, part.ids, false);
      if (sum.problem !== null) throw sum.problem;
    }
  });
}

export function endRun(): void {
  run.isEnding = true;
}

let before: Promise<unknown> = Promise.resolve();

/** Wait for what is under way: what is taken back meanwhile comes after it. */
function during<T>(total: number, act: () => Promise<T>): Promise<T> {
  const mine = before.then(() => carryOut(total, act));
  before = mine.catch(() => undefined);
  return mine;
}

async function carryOut<T>(total: number, act: () => Promise<T>): Promise<T> {
  Object.assign(run, { isOn: true, done: 0, total, isEnding: false });
  window.addEventListener("beforeunload", warn);
  try {
    return await act();
  } finally {
    run.isOn = false;
    window.removeEventListener("beforeunload", warn);
  }
}

async function walk(wish: BulkWish, ids: readonly string[], isRefusable: boolean): Promise<BulkSum> {
  const sum = { changed: 0, failed: 0, left: ids.length, problem: null as unknown };
  const undo: BulkEdited["undo"] = { ids: [], moves: [], changes: [] };
  while (sum.left > 0 && !run.isEnding) {
    const start = ids.length - sum.left;
    const batch = ids.slice(start, start + BATCH);
    try {
      const done = await editLinks({ ...wish, ids: batch } as BulkEdit);
      sum.changed += done.changed;
      sum.failed += done.failed.length;
      for (const name of ["ids", "moves", "changes"] as const) (undo[name] as unknown[]).push(...done.undo[name]);
    } catch (thrown) {
      if (start === 0 && isRefusable) throw thrown;
      sum.problem = thrown;
      break;
    }
    sum.left -= batch.length;
    run.done += batch.length;
  }
  return { ...sum, undo };
}

/** Leaving the page ends it: the browser asks first. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
