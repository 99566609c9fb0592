/** The links made on this device, newest first. Kept in this browser only; the server has no list of them. */

import type { Link } from "./api";

const KEY = "liulian.links";
const LINKS_MAX = 20; // What a person can still survey; older ones go on working.

export function remember(link: Link): void {
  const links = [link, ...recent().filter((other) => other.id !== link.id)].slice(0, LINKS_MAX);
  try {
    localStorage.setItem(KEY, JSON.stringify(links));
  } catch {
    // Private windows may refuse; the link is on the page all the same.
  }
}

export function latest(): Link | undefined {
  return recent()[0];
}

export function recent(): Link[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isLink) : [];
  } catch {
    return [];
  }
}

function isLink(value: unknown): value is Link {
  const link = value as Partial<Link> | null;
  return [link?.id, link?.short_url, link?.qr_url, link?.destination].every((part) => typeof part === "string");
}
