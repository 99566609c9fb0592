/** Find the one address in what was pasted: people copy whole messages, and leave out `https://`. Pure. */

export type Found =
  | { readonly kind: "empty" }
  | { readonly kind: "one"; readonly url: string }
  | { readonly kind: "several"; readonly count: number };

// An address inside a sentence ends where white space or Chinese punctuation begins.
const ADDRESS = /https?:\/\/[^\s，。；：！？、（）【】《》「」“”‘’]+/gi;
const BARE_HOST = /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+(:\d+)?([/?#]\S*)?$/u;

export function findDestination(typed: string): Found {
  const text = typed.trim();
  if (text === "") return { kind: "empty" };
  if (/^https?:\/\/\S+$/i.test(text)) return { kind: "one", url: text };
  const addresses = [...new Set(text.match(ADDRESS) ?? [])];
  if (addresses.length > 1) return { kind: "several", count: addresses.length };
  if (addresses[0] !== undefined) return { kind: "one", url: addresses[0] };
  return { kind: "one", url: BARE_HOST.test(text) ? `https://${text}` : text };
}
