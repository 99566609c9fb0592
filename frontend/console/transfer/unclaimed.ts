/** Links made on this device without an account, as the start page keeps them: newest first, each with its token. */

const KEY = "liulian.links"; // The start page's; it may keep more about each.

export interface Unclaimed {
  readonly id: string;
  readonly short_url: string;
  readonly destination: string;
  readonly manage_token: string;
}

export function unclaimed(): Unclaimed[] {
  return kept().filter(isUnclaimed);
}

/** Strike a link off the list of this device: it now belongs to the workspace. */
export function strike(token: string): void {
  const rest = kept().filter((each) => !isUnclaimed(each) || each.manage_token !== token);
  try {
    localStorage.setItem(KEY, JSON.stringify(rest));
  } catch {
    // A browser that keeps nothing had nothing to strike off.
  }
}

function kept(): unknown[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored : [];
  } catch {
    return [];
  }
}

function isUnclaimed(value: unknown): value is Unclaimed {
  const link = value as Partial<Unclaimed> | null;
  return [link?.id, link?.short_url, link?.destination, link?.manage_token].every((part) => typeof part === "string");
}
