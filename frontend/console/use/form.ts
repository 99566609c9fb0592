/**
 * A form that speaks with the API. `const form = useForm({ name: "" }, (values) => renameWorkspace(values.name))`.
 *
 * In the template: `<form @submit.prevent="form.send">`, `<FormField :form="form" name="name" …>`, `<FormProblem :form>`.
 * A refused field shows its sentence beside it and is focused; any other problem is shown once, above the button.
 */

import { nextTick, reactive } from "vue";
import { asProblem, type Problem } from "../api/problem";

export interface Form<V extends object> {
  values: V;
  /** Sentences of refused fields by the API's names. */
  fields: Record<string, string>;
  /** What is wrong with the whole; null while nothing is. */
  problem: Problem | null;
  busy: boolean;
  /** Send the values; true when it went well. */
  send: () => Promise<boolean>;
  /** Forget what was typed and what was refused. */
  reset: () => void;
}

export interface FormWishes<V extends object> {
  /** Look before anything is sent: sentences by field. */
  readonly check?: (values: V) => Record<string, string>;
  /** Take a problem that means something special; true when nothing is left to show. */
  readonly onProblem?: (problem: Problem) => boolean;
}

export function useForm<V extends object>(
  start: V,
  submit: (values: V) => Promise<unknown>,
  wishes: FormWishes<V> = {},
): Form<V> {
  const form = reactive({ values: { ...start }, fields: {}, problem: null, busy: false, send, reset }) as Form<V>;

  async function send(): Promise<boolean> {
    if (form.busy) return false;
    form.fields = wishes.check?.(form.values) ?? {};
    form.problem = null;
    if (Object.keys(form.fields).length > 0) return refused();
    form.busy = true;
    try {
      await submit(form.values);
      return true;
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (!wishes.onProblem?.(problem)) Object.assign(form, { problem, fields: { ...problem.fields } });
      return refused();
    } finally {
      form.busy = false;
    }
  }

  function refused(): false {
    void nextTick(() => document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus());
    return false;
  }

  function reset(): void {
    Object.assign(form, { values: { ...start }, fields: {}, problem: null });
  }

  return form;
}
