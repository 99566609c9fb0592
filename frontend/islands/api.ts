/** The public API as this page uses it. Never touches the page. */

import { language } from "./messages";

export interface Link {
  readonly id: string;
  readonly short_url: string;
  readonly qr_url: string;
  readonly destination: string;
  readonly created_at: string;
  readonly expires_at?: string | null;
  readonly manage_token?: string;
}

/** Guard and audience as the API takes them; left out: nobody is held up, and everyone may come in. */
export interface Wish {
  readonly guard?: { readonly mode: string; readonly preset?: string; readonly apps?: readonly string[]; readonly app_url?: string };
  readonly audience?: { readonly systems?: readonly string[]; readonly forms?: readonly string[]; readonly containers?: readonly string[] };
}

/** What became of one of several links: the link, or why there is none. */
export type Outcome = { readonly link: Link } | { readonly sentence: string };

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
  | { readonly kind: "refused"; readonly status: number; readonly field: string; readonly sentence: string }
  | { readonly kind: "network" }
  | { readonly kind: "server" };

const PATIENCE_MS = 20_000; // Longer than a slow phone network needs, shorter than people wait.

/** Make a link. Sent again with the same `key`, it makes no second one: the first answer may have been lost. */
export function createLink(destination: string, wish: Wish, key: string): Promise<Answer<Link>> {
  return ask<Link>("/api/v1/links", post({ destination, ...wish }, key));
}

/** Make several links at once. One that is refused does not hold up the others. */
export async function createLinks(urls: readonly string[], wish: Wish, key: string): Promise<Answer<Outcome[]>> {
  const links = urls.map((destination) => ({ destination, ...wish }));
  const answer = await ask<{ results: { link?: Link; problem?: Problem }[] }>("/api/v1/links/bulk", post({ links }, key));
  if (answer.kind !== "ok") return answer;
  return { kind: "ok", value: answer.value.results.map(outcomeOf) };
}

/** Delete a link for everybody and for good. */
export function deleteLink(link: Link): Promise<Answer<null>> {
  return ask<null>(pathOf(link), { method: "DELETE", headers: signedBy(link) });
}

/** Return a ZIP with the QR code of each short link. */
export function readCodes(urls: readonly string[]): Promise<Answer<Blob>> {
  return ask<Blob>("/api/v1/qr/zip", post({ urls }), (response) => response.blob());
}

/** Read what happened since `from` (a date in `zone`), hour by hour. */
export function readStatistics(link: Link, from: string, zone: string): Promise<Answer<Statistics>> {
  const query = new URLSearchParams({ interval: "hour", from, tz: zone });
  for (const dimension of ["app", "system"]) query.append("breakdown", dimension);
  return ask<Statistics>(`${pathOf(link)}/stats?${query}`, { headers: signedBy(link) });
}

/** Not `randomUUID`, which browsers keep from pages served over plain http. */
export function randomKey(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");
}

function pathOf(link: Link): string {
  return `/api/v1/links/${encodeURIComponent(link.id)}`;
}

function signedBy(link: Link): Record<string, string> {
  return { Authorization: `Bearer ${link.manage_token ?? ""}` };
}

function post(body: unknown, key?: string): RequestInit {
  const headers = { "Content-Type": "application/json", ...(key === undefined ? {} : { "Idempotency-Key": key }) };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

async function ask<T>(path: string, request: RequestInit, read = asJson<T>): Promise<Answer<T>> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  try {
    const headers = { ...request.headers, "Accept-Language": language };
    const response = await fetch(path, { ...request, headers, signal: abort.signal });
    if (response.ok) return { kind: "ok", value: await read(response) };
    if (response.status >= 500) return { kind: "server" };
    return { kind: "refused", status: response.status, ...wordsOf(await problemOf(response)) };
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

async function asJson<T>(response: Response): Promise<T> {
  return (response.status === 204 ? null : await response.json()) as T;
}

function outcomeOf({ link, problem }: { link?: Link; problem?: Problem }): Outcome {
  return link ? { link } : wordsOf(problem ?? {});
}

function wordsOf(problem: Problem): { field: string; sentence: string } {
  const first = problem.errors?.find((error) => error.field === "destination") ?? problem.errors?.[0];
  return { field: first?.field ?? "", sentence: first?.message ?? problem.detail ?? problem.title ?? "" };
}
