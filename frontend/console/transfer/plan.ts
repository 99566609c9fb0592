/** What is wished of an import before it starts: which column is what, and what all its links get. One form. */

import type { Field, Import, ImportChange } from "../api/imports";

/** What a column says to us; none: it is left out. An empty value would be none chosen in a list. */
export type Meaning = Field | "none";
export const USUAL = "usual"; // The domain of each row, or the usual one; no folder.

// Named as the API names them, so that its refusals appear beside them.
export interface Plan {
  mapping: Record<string, Meaning>;
  "options.on_taken_slug": "skip" | "random";
  "options.domain": string;
  "options.tags": string[];
  "options.folder": string;
}

export function planOf(task: Import): Plan {
  return {
    mapping: withDestination(meaningsOf(task), task),
    "options.on_taken_slug": task.options.on_taken_slug,
    "options.domain": task.options.domain ?? USUAL,
    "options.tags": [...task.options.tags],
    "options.folder": task.options.folder ?? USUAL,
  };
}

export function changeOf(plan: Plan): ImportChange {
  return {
    mapping: Object.fromEntries(
      Object.entries(plan.mapping).flatMap(([column, field]) => (field === "none" ? [] : [[field, column]])),
    ),
    options: {
      on_taken_slug: plan["options.on_taken_slug"],
      domain: chosen(plan["options.domain"]),
      tags: plan["options.tags"],
      folder: chosen(plan["options.folder"]),
    },
  };
}

/** Let a column mean something; the one that meant it before means nothing any more. */
export function meaning(mapping: Plan["mapping"], column: string, field: Meaning): Plan["mapping"] {
  const others = Object.entries(mapping).map(([name, each]) => [name, each === field ? "none" : each] as const);
  return { ...Object.fromEntries(others), [column]: field };
}

export function hasDestination(plan: Plan): boolean {
  return Object.values(plan.mapping).includes("destination");
}

function meaningsOf(task: Import): Record<string, Meaning> {
  const known = Object.entries(task.mapping) as [Field, string][];
  return Object.fromEntries(
    task.columns.map((column) => [column, known.find(([, each]) => each === column)?.[0] ?? "none"]),
  );
}

/** Where no name says which column is the destination, the first one does that holds nothing but addresses. */
function withDestination(mapping: Plan["mapping"], task: Import): Plan["mapping"] {
  if (Object.values(mapping).includes("destination")) return mapping;
  const column = task.columns.find((each) => mapping[each] === "none" && holdsAddresses(each, task));
  return column === undefined ? mapping : { ...mapping, [column]: "destination" };
}

function holdsAddresses(column: string, task: Import): boolean {
  return task.sample.length > 0 && task.sample.every((row) => /^https?:\/\/\S+$/i.test(row[column]?.trim() ?? ""));
}

function chosen(value: string): string | null {
  return value === USUAL ? null : value;
}
