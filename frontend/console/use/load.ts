/**
 * Ask for what a screen shows. `const members = useLoad(listMembers)`, then `<LoadState :load="members">` around what
 * uses `members.data`: bones while it comes, a sentence and a button when it does not.
 */

import { onMounted, reactive, type UnwrapNestedRefs, watch, type WatchSource } from "vue";
import { asProblem, type Problem } from "../api/problem";

export interface Load<T> {
  data: T | null;
  problem: Problem | null;
  busy: boolean;
  /** Ask again; what is shown stays until the answer is there. */
  reload: () => Promise<void>;
}

/** Load at once, and again whenever one of `when` changes. The last question asked is the one that is answered. */
export function useLoad<T>(read: () => Promise<T>, when: WatchSource[] = []): UnwrapNestedRefs<Load<T>> {
  let turn = 0;
  const load = reactive<Load<unknown>>({ data: null, problem: null, busy: true, reload });

  async function reload(): Promise<void> {
    const mine = (turn += 1);
    load.busy = true;
    try {
      const data = await read();
      if (mine === turn) Object.assign(load, { data, problem: null });
    } catch (thrown) {
      if (mine === turn) load.problem = asProblem(thrown);
    } finally {
      if (mine === turn) load.busy = false;
    }
  }

  onMounted(reload);
  if (when.length > 0) watch(when, reload);
  return load as UnwrapNestedRefs<Load<T>>;
}
