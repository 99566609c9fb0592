/** What the list is asked for lives in the address: a list can be kept as a bookmark, sent, and gone back to. */

import type { LocationQuery, LocationQueryRaw } from "vue-router";
import type { Asked, LinkState, Sort } from "../api/links";

export const STATES: readonly LinkState[] = ["unarchived", "active", "expired", "taken_down", "archived", "deleted", "all"];
export const SORTS: readonly Sort[] = ["created", "clicks", "title", "updated"];
/** A folder's name for “in none”. */
export const FOLDERLESS = "none";

const USUAL: Asked = { state: "unarchived", sort: "created", order: "desc" };

export function askedOf(query: LocationQuery): Asked {
  const one = (name: string) => (typeof query[name] === "string" && query[name] !== "" ? query[name] : undefined);
  const many = (name: string) => [query[name] ?? []].flat().filter((each): each is string => typeof each === "string");
  const asked: Asked = {
    state: among(STATES, one("state")) ?? USUAL.state,
    sort: among(SORTS, one("sort")) ?? USUAL.sort,
    order: one("order") === "asc" ? "asc" : "desc",
  };
  return Object.assign(
    asked,
    one("q") && { q: one("q") },
    many("tag").length > 0 && { tag: many("tag") },
    one("folder") && { folder: one("folder") },
    one("domain") && { domain: one("domain") },
    one("favourite") === "true" && { favourite: true },
    one("guarded") && { guarded: one("guarded") === "true" },
    one("created_from") && { created_from: one("created_from") },
    one("created_to") && { created_to: one("created_to") },
  );
}

/** Return the query of an address, without what is usual. */
export function queryOf(asked: Asked): LocationQueryRaw {
  const query: LocationQueryRaw = {};
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined || value === null || value === "" || value === USUAL[name as keyof Asked]) continue;
    query[name] = Array.isArray(value) ? value : String(value);
  }
  return query;
}

/** Tell whether anything but the usual list is asked for; another order is still the whole list. */
export function isFiltered(asked: Asked): boolean {
  return Object.keys(queryOf(asked)).some((name) => name !== "sort" && name !== "order");
}

function among<T extends string>(all: readonly T[], wish: string | undefined): T | undefined {
  return all.find((each) => each === wish);
}
