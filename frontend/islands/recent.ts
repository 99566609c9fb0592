/** The links made on this device, newest first. Kept in this browser only; the server has no list of them. */

import type { Link } from "./api";

const KEY = "liulian.links";
export const LINKS_MAX = 20; // What a person can still survey; older ones go on working.

/** Keep new links, the last one made in front. */
export function remember(made: readonly Link[]): void {
  const ids = new Set(made.map((link) => link.id));
  keep([...[...made].reverse(), ...recent().filter((other) => !ids.has(other.id))].slice(0, LINKS_MAX));
}

export function forget(link: Link): void {
  keep(recent().filter((other) => other.id !== link.id));
}

export function recent(): Link[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isLink) : [];
  } catch {
    return [];
  }
}

function keep(links: readonly Link[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(links));
  } catch {
    // Private windows may refuse; what was made is on the page all the same.
  }
}

function isLink(value: unknown): value is Link {
  const link = value as Partial<Link> | null;
  const parts = [link?.id, link?.short_url, link?.qr_url, link?.destination, link?.manage_token];
  return parts.every((part) => typeof part === "string");
}
