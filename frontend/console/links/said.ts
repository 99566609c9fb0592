/** How a link is told in a few words: short address without scheme, what it leads to, what is special about it. */

import { currentLanguage, t } from "../i18n";
import type { Link } from "../api/links";

export type Tone = "calm" | "good" | "bad" | "note";

export interface Sign {
  readonly tone: Tone;
  readonly word: string;
}

export function shownUrl(url: string): string {
  try {
    return decodeURI(url).replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "");
  } catch {
    return url.replace(/^https?:\/\//, "");
  }
}

export function signsOf(link: Link, now = Date.now()): Sign[] {
  const signs: Sign[] = [];
  const isOver = link.expires_at !== null && new Date(link.expires_at).getTime() <= now;
  if (link.deleted_at) signs.push({ tone: "bad", word: t("links.deleted") });
  if (link.taken_down) signs.push({ tone: "bad", word: t("links.taken_down") });
  if (link.archived_at) signs.push({ tone: "calm", word: t("links.archived") });
  if (isOver) signs.push({ tone: "bad", word: t("links.expired") });
  else if (link.expires_at) signs.push({ tone: "note", word: t("links.until", { date: dayOf(link.expires_at) }) });
  if (link.guard.mode !== "direct") signs.push({ tone: "good", word: t(`links.guard_${link.guard.mode}`) });
  if (hasAudience(link)) signs.push({ tone: "note", word: t("links.some_only") });
  for (const flag of link.flags) signs.push({ tone: "note", word: t(`links.flag_${flag}`) });
  return signs;
}

/** A day in a narrow column: the year is said only where it is another one. */
export function dayOf(instant: string, now = new Date()): string {
  const at = new Date(instant);
  const year = at.getFullYear() === now.getFullYear() ? undefined : ("numeric" as const);
  return new Intl.DateTimeFormat(currentLanguage(), { year, month: "short", day: "numeric" }).format(at);
}

export function hasAudience(link: Link): boolean {
  const { systems, forms, containers } = link.audience;
  return systems.length + forms.length + containers.length > 0;
}
