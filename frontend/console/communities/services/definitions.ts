/** What services say, as the forms hold it: every field there, lists to be filled. `sent…` leaves out what says nothing. */

import type { Service, ServiceKind } from "../../api/communities";
import { copyOf, type Flat } from "../flat";

export interface Option {
  value: number | null;
  text: string;
}

export interface Item {
  key: string;
  kind: "choice" | "number" | "multi";
  text: string;
  options: Option[];
  min: number | null;
  max: number | null;
  unit: string;
  decimals: number;
  is_scored: boolean;
  is_reversed: boolean;
  is_required: boolean;
}

export interface Band {
  key: string;
  from: number | null;
  to: number | null;
  name: string;
  text: string;
}

export interface Condition {
  /** `item:sweet` or `band:ease`. */
  about: string;
  op: string;
  /** A text, because lists hold texts. */
  value: number | string | null;
}

export interface AdviceRule {
  key: string;
  text: string;
  needs: "all" | "any";
  conditions: Condition[];
}

const CHALLENGE: Flat = {
  task: "", days: 21, times_per_week: null, proof: "tap", unit: "", min: null, max: null, decimals: 0, per_day: 1,
  per_week: null, starts_on: "", freezes: 2, freeze_every: 7, make_up_days: 2, pause_days: 14,
};
const SELF_TEST: Flat = {
  about: "", items: [], scoring: "sum", bands: [], better: "higher", is_health: true, source: "",
  change: { value: null, reliability: null, sd: null, source: "" },
};
const ADVICE: Flat = { self_test: "", general: "", source: "", rules: [] };

export function emptyItem(taken: readonly { key: string }[]): Item {
  return {
    key: freeKey("q", taken), kind: "choice", text: "", options: [{ value: 0, text: "" }, { value: 1, text: "" }],
    min: 0, max: 10, unit: "", decimals: 0, is_scored: true, is_reversed: false, is_required: true,
  };
}

export function emptyBand(taken: readonly Band[]): Band {
  const last = taken[taken.length - 1];
  const from = typeof last?.to === "number" ? last.to + 1 : 0;
  return { key: freeKey("b", taken), from, to: null, name: "", text: "" };
}

export function emptyRule(taken: readonly AdviceRule[]): AdviceRule {
  return { key: freeKey("r", taken), text: "", needs: "all", conditions: [emptyCondition()] };
}

export function emptyCondition(): Condition {
  return { about: "", op: "is", value: null };
}

/** A name for programs; nobody has to think of one. */
function freeKey(letter: string, taken: readonly { key: string }[]): string {
  let number = taken.length + 1;
  while (taken.some((each) => each.key === `${letter}${number}`)) number += 1;
  return `${letter}${number}`;
}

/** Return the form's values of a definition; of a new one, what is usual. */
export function formOf(kind: ServiceKind, service: Service | null): Flat {
  const stored = copyOf(service?.definition ?? {}) as Flat;
  if (kind === "challenge") return { ...CHALLENGE, ...stored, times_per_week: String(stored.times_per_week ?? "") };
  if (kind === "self_test") return selfTestOf(stored, service === null);
  const rules = (stored.rules ?? []) as Flat[];
  return { ...ADVICE, ...stored, rules: rules.map(ruleOf) };
}

function selfTestOf(stored: Flat, isNew: boolean): Flat {
  const items = ((stored.items ?? []) as Flat[]).map((item) => ({ ...emptyItem([]), options: [], ...item }));
  const bands = ((stored.bands ?? []) as Flat[]).map((band) => ({ ...emptyBand([]), ...band }));
  const change = { ...SELF_TEST.change, ...(stored.change ?? {}) };
  return { ...copyOf(SELF_TEST), ...stored, items: isNew ? [emptyItem([])] : items, bands, change };
}

function ruleOf(rule: Flat): AdviceRule {
  const needs = rule.when?.any ? "any" : "all";
  const conditions = ((rule.when?.[needs] ?? []) as Flat[]).map((each) =>
    each.band ? { about: `band:${each.band}`, op: "is", value: null } : { about: `item:${each.item}`, op: each.op, value: String(each.value) },
  );
  return { key: rule.key, text: rule.text, needs, conditions };
}

/** Return a definition as the API takes it. */
export function sentOf(kind: ServiceKind, form: Flat): Flat {
  if (kind === "challenge") {
    const { unit, min, max, decimals, times_per_week, ...rest } = form;
    const all = { ...rest, times_per_week: times_per_week === "" ? null : Number(times_per_week) };
    return form.proof === "number" ? { ...all, unit, min, max, decimals } : all;
  }
  if (kind === "advice") return { ...form, rules: (form.rules as AdviceRule[]).map(sentRule) };
  const { value, reliability, sd, source } = form.change;
  const isSaid = value !== null || reliability !== null || sd !== null;
  return {
    ...form,
    items: (form.items as Item[]).map(sentItem),
    change: isSaid ? { ...(value === null ? { reliability, sd } : { value }), source } : null,
  };
}

function sentItem(item: Item): Flat {
  const { key, kind, text, options, min, max, unit, decimals, is_scored, is_reversed } = item;
  const is_required = is_scored || item.is_required;
  const rest = kind === "number" ? { min, max, unit, decimals } : { options };
  return { key, kind, text, is_scored, is_reversed, is_required, ...rest };
}

function sentRule(rule: AdviceRule): Flat {
  const conditions = rule.conditions.map(({ about, op, value }) => {
    const [what, name] = about.split(":", 2);
    return what === "band" ? { band: name } : { item: name, op, value: value === "" || value === null ? null : Number(value) };
  });
  return { key: rule.key, text: rule.text, when: { [rule.needs]: conditions } };
}

/** The lowest and the highest score that answers can add up to; null where nothing counts, or something is missing. */
export function rangeOf(items: readonly Item[], scoring: string): [number, number] | null {
  const scored = items.filter((item) => item.is_scored);
  const reaches = scored.map(reachOf);
  if (scored.length === 0 || reaches.some((each) => each.some((value) => !Number.isFinite(value)))) return null;
  const share = scoring === "mean" ? scored.length : 1;
  const sum = (at: 0 | 1) => reaches.reduce((all, each) => all + each[at]!, 0) / share;
  return [sum(0), sum(1)];
}

function reachOf(item: Item): [number, number] {
  if (item.kind === "number") return [item.min ?? NaN, item.max ?? NaN];
  const values = item.options.map((option) => (typeof option.value === "number" ? option.value : NaN));
  if (item.kind === "choice") return [Math.min(...values), Math.max(...values)];
  const part = (keeps: (value: number) => boolean) => values.filter(keeps).reduce((all, value) => all + value, 0);
  return [part((value) => !(value >= 0)), part((value) => !(value <= 0))];
}

/** Move one of a list by one place. */
export function moveIn<T>(list: T[], index: number, by: -1 | 1): void {
  const [one] = list.splice(index, 1);
  list.splice(index + by, 0, one!);
}
