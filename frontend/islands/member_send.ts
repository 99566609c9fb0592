/** Tell the server something, and what came of it. Never touches the page. */

import { language } from "./messages";

/** `refused`: the server understood, and will never take it. `later`: nobody knows whether it arrived; try again. */
export type Outcome<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "refused"; readonly status: number; readonly sentence: string }
  | { readonly kind: "later"; readonly isOnline: boolean };

const PATIENCE_MS = 20_000; // Longer than a slow phone network needs, shorter than people wait.
// What passes: who is asked again later may say yes. A browser that is not known here may be known again tomorrow.
const PASSING = [401, 408, 425, 429];

export async function send<T>(path: string, body: unknown): Promise<Outcome<T>> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "Accept-Language": language },
      body: JSON.stringify(body),
      signal: abort.signal,
    });
    if (response.ok) return { kind: "ok", value: (response.status === 204 ? null : await response.json()) as T };
    if (response.status >= 500 || PASSING.includes(response.status)) return { kind: "later", isOnline: true };
    return { kind: "refused", status: response.status, sentence: await sentenceOf(response) };
  } catch {
    return { kind: "later", isOnline: false };
  } finally {
    clearTimeout(timer);
  }
}

async function sentenceOf(response: Response): Promise<string> {
  try {
    const problem = (await response.json()) as { detail?: string; errors?: { message: string }[] };
    return problem.errors?.[0]?.message ?? problem.detail ?? "";
  } catch {
    return ""; // A proxy between us answered in its own way.
  }
}
