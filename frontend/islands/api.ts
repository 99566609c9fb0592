/** The public API as this page uses it. Never touches the page. */

import { language } from "./messages";

export interface Link {
  readonly id: string;
  readonly short_url: string;
  readonly qr_url: string;
  readonly destination: string;
  readonly created_at: string;
  readonly manage_token?: string;
}

export interface Counts {
  readonly clicks: number;
  readonly human_clicks: number;
  readonly visitors: number;
}

export type Row = Counts & { readonly value: string };

export interface Statistics {
  readonly totals: Counts;
  readonly series: readonly (Counts & { readonly start: string })[];
  readonly breakdowns: Readonly<Record<string, readonly Row[]>>;
  readonly outcomes: Readonly<Record<string, number>>;
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** What came back: a value, a refusal in words, or one of two failures nobody at the keyboard can help. */
export type Answer<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "refused"; readonly status: number; readonly sentence: string }
  | { readonly kind: "network" }
  | { readonly kind: "server" };

const PATIENCE_MS = 20_000; // Longer than a slow phone network needs, shorter than people wait.

/** Make a link. Sent again with the same `key`, it makes no second one: the first answer may have been lost. */
export function createLink(destination: string, key: string): Promise<Answer<Link>> {
  return ask<Link>("/api/v1/links", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify({ destination }),
  });
}

/** Read what happened since `from` (a date in `zone`), hour by hour. */
export function readStatistics(link: Link, from: string, zone: string): Promise<Answer<Statistics>> {
  const query = new URLSearchParams({ interval: "hour", from, tz: zone });
  for (const dimension of ["app", "system"]) query.append("breakdown", dimension);
  return ask<Statistics>(`/api/v1/links/${encodeURIComponent(link.id)}/stats?${query}`, {
    headers: { Authorization: `Bearer ${link.manage_token ?? ""}` },
  });
}

async function ask<T>(path: string, request: RequestInit): Promise<Answer<T>> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  try {
    const headers = { ...request.headers, "Accept-Language": language };
    const response = await fetch(path, { ...request, headers, signal: abort.signal });
    if (response.ok) return { kind: "ok", value: (await response.json()) as T };
    if (response.status >= 500) return { kind: "server" };
    return { kind: "refused", status: response.status, sentence: sentenceOf(await problemOf(response)) };
  } catch {
    return { kind: "network" };
  } finally {
    clearTimeout(timer);
  }
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return {}; // A proxy between us answered in its own way.
  }
}

function sentenceOf(problem: Problem): string {
  const first = problem.errors?.find((error) => error.field === "destination") ?? problem.errors?.[0];
  return first?.message ?? problem.detail ?? problem.title ?? "";
}
