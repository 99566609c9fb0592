/**
 * What was done without network waits on this device, with its own time and key, until the server has it.
 *
 * It is written down before the first try and struck out only after the server's answer, so that it is never lost; the
 * key makes what arrives twice one act. Whoever opens the page next, or comes back online, sends what waits.
 */

import { base, kept, memberId } from "./member_page";
import { send, type Outcome } from "./member_send";

export interface Waiting {
  readonly key: string;
  readonly path: string;
  /** What the page calls it, to be shown while it waits. */
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const PLACE = placeOf(memberId);
const store = kept("localStorage");
const underWay = new Set<string>();

function placeOf(member: string): string {
  return `liulian.waiting ${base} ${member}`;
}

/** Forget what waits of a member who was just erased: it must not outlive them here. */
export function forgetErased(): void {
  const erased = document.querySelector<HTMLElement>("[data-erased]")?.dataset["erased"];
  if (erased) store.removeItem(placeOf(erased));
}

export function waiting(): Waiting[] {
  try {
    const found: unknown = JSON.parse(store.getItem(PLACE) ?? "[]");
    return Array.isArray(found) ? (found as Waiting[]) : [];
  } catch {
    return []; // Somebody else wrote there.
  }
}

/** Write an act down. False: this device has no room for it, and it is sent without a net. */
export function keep(act: Waiting): boolean {
  try {
    store.setItem(PLACE, JSON.stringify([...waiting().filter((other) => other.key !== act.key), act]));
    return true;
  } catch {
    return false;
  }
}

function strike(key: string): void {
  const rest = waiting().filter((act) => act.key !== key);
  if (rest.length === 0) store.removeItem(PLACE);
  else store.setItem(PLACE, JSON.stringify(rest));
}

/** Send one act; it is struck out when the server has taken it or never will. */
export async function deliver<T>(act: Waiting): Promise<Outcome<T>> {
  underWay.add(act.key);
  try {
    const outcome = await send<T>(act.path, act.body);
    if (outcome.kind !== "later") strike(act.key);
    return outcome;
  } finally {
    underWay.delete(act.key);
  }
}

/** Send what waits, oldest first, and stop where the server cannot be reached. Returns what came of each. */
export async function deliverAll(): Promise<{ readonly act: Waiting; readonly outcome: Outcome<unknown> }[]> {
  const results = [];
  for (const act of waiting().filter((each) => !underWay.has(each.key))) {
    const outcome = await deliver(act);
    results.push({ act, outcome });
    if (outcome.kind === "later") break;
  }
  return results;
}
