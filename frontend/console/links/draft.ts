/** A link as a form holds it, and back. Everything is there at once, so that nothing is lost while parts are folded. */

import type { Link, LinkCreate, LinkPatch } from "../api/links";

export type Mode = Link["guard"]["mode"];
export type Preset = Link["guard"]["preset"];

export interface Draft {
  destination: string;
  slug: string;
  title: string;
  domain: string;
  mode: Mode;
  preset: Preset;
  apps: string[];
  app_url: string;
  systems: string[];
  forms: string[];
  containers: string[];
  expires_at: Date | null;
  tags: string[];
  folder: string;
  note: string;
}

export function emptyDraft(domain = ""): Draft {
  return {
    destination: "",
    slug: "",
    title: "",
    domain,
    mode: "guide",
    preset: "none",
    apps: [],
    app_url: "",
    systems: [],
    forms: [],
    containers: [],
    expires_at: null,
    tags: [],
    folder: "",
    note: "",
  };
}

export function draftOf(link: Link): Draft {
  return {
    destination: link.destination,
    slug: link.slug,
    title: link.title ?? "",
    domain: link.domain,
    mode: link.guard.mode === "direct" ? "guide" : link.guard.mode,
    preset: link.guard.preset,
    apps: [...link.guard.apps],
    app_url: link.guard.app_url ?? "",
    systems: [...link.audience.systems],
    forms: [...link.audience.forms],
    containers: [...link.audience.containers],
    expires_at: link.expires_at ? new Date(link.expires_at) : null,
    tags: link.tags.map((tag) => tag.name),
    folder: link.folder?.id ?? "",
    note: link.note ?? "",
  };
}

/** Return what is to be sent: all of it for a new link, for an old one what differs from `old`. */
export function wishOf(draft: Draft, old: Draft | null): LinkCreate & LinkPatch {
  const all = {
    destination: draft.destination.trim(),
    title: draft.title.trim() || null,
    guard: guardOf(draft),
    audience: { systems: draft.systems, forms: draft.forms, containers: draft.containers },
    expires_at: draft.expires_at?.toISOString() ?? null,
    tags: draft.tags,
    folder: draft.folder || null,
    note: draft.note.trim() || null,
    ...(draft.slug.trim() === "" ? {} : { slug: draft.slug.trim() }),
    ...(draft.domain === "" ? {} : { domain: draft.domain }),
  };
  const before = old === null ? {} : wishOf(old, null);
  const changed = Object.entries(all).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof typeof before]),
  );
  return Object.fromEntries(changed) as LinkCreate & LinkPatch;
}

export function isSame(one: Draft, other: Draft): boolean {
  return Object.keys(wishOf(one, other)).length === 0;
}

function guardOf(draft: Draft): object | null {
  if (draft.preset === "none") return null;
  const app = draft.mode === "app" ? { app_url: draft.app_url.trim() } : {};
  return draft.preset === "custom"
    ? { mode: draft.mode, apps: draft.apps, ...app }
    : { mode: draft.mode, preset: draft.preset, ...app };
}
