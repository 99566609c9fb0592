/** Values of a form stand flat, under the names by which the API refuses them: `problem.who`. Here is the way back. */

export type Flat = Record<string, any>;

/** Turn `{"problem.who": "…"}` into `{problem: {who: "…"}}`. What is empty becomes null, as the API says it. */
export function nested(flat: Flat): Record<string, any> {
  const whole: Record<string, any> = {};
  for (const [path, value] of Object.entries(flat)) {
    const names = path.split(".");
    const last = names.pop()!;
    const place = names.reduce((at, name) => (at[name] ??= {}), whole);
    place[last] = value === "" ? null : value;
  }
  return whole;
}

/** A copy that shares nothing: what is typed must not change what is shown. */
export function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
