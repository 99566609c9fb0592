/** Which fields a form shows now: a refusal of any other is said above the button, so that none is lost. */

import { onBeforeUnmount, onMounted, reactive, watch } from "vue";
import type { Form } from "../../use/form";

const shown = new WeakMap<object, Map<string, number>>();

/** The names that are shown, and how often. */
export function namesOf(form: Form<any>): Map<string, number> {
  let names = shown.get(form);
  if (!names) shown.set(form, (names = reactive(new Map<string, number>())));
  return names;
}

/** Note that a component shows a field, as long as it is there. */
export function useShown(form: () => Form<any>, name: () => string): void {
  const count = (each: string, by: 1 | -1) => {
    const names = namesOf(form());
    const now = (names.get(each) ?? 0) + by;
    if (now > 0) names.set(each, now);
    else names.delete(each);
  };
  onMounted(() => count(name(), 1));
  onBeforeUnmount(() => count(name(), -1));
  watch(name, (now, before) => {
    count(before, -1);
    count(now, 1);
  });
}
