/** What every page of a community tells its script: where it is, whose it is, and what can be said in its language. */

const page = document.querySelector<HTMLElement>("[data-base]");

/** `/c/{slug}`. */
export const base = page?.dataset["base"] ?? "";

/** The member whose page it is, empty for a stranger: what waits on this device belongs to them alone. */
export const memberId = page?.dataset["member"] ?? "";

/** A name for one act: the same act told twice is one. Not `randomUUID`, which plain http does not have. */
export function randomKey(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");
}

/** Where whoever looks is; empty where their browser does not know. */
export function ownZone(): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone && zone !== "Etc/Unknown" ? zone : "";
}

/** Return the local day, so that a page left open overnight can tell. */
export function dayHere(at = new Date()): string {
  return at.toDateString();
}

/** What can be kept on this device. A browser that keeps nothing forgets with the page. */
export function kept(store: "localStorage" | "sessionStorage"): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  try {
    const found = window[store];
    found.setItem("liulian.test", "1");
    found.removeItem("liulian.test");
    return found;
  } catch {
    return inMemory();
  }
}

function inMemory(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}
