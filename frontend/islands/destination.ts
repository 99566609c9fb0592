/** Find the addresses in what was pasted: people copy whole messages and lists, and leave out `https://`. Pure. */

// An address inside a sentence ends where white space, Chinese punctuation or a bracket begins.
const ADDRESS = /(?:https?:\/\/|www\.)[^\s，。；：！？、（）【】《》「」“”‘’<>"]+/gi;
// The same without `https://`: only where nothing else is an address, and never the host of an e-mail.
const BARE_ADDRESS = /(?<![\w@./-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?![\w@.-])(?::\d+)?(?:[/?#][!-~]*)?/gi;
// Alone, with words in its query that somebody typed: what follows them is typed too, commas and all.
const WITH_WORDS = /^https?:\/\/[^\s，。；！？、（）【】]+\?[^\s，。；、]*\p{Script=Han}\S*$/iu;
const ENDS_OF_SENTENCES = /[.,;:!?')\]]+$/;
const BARE_HOST = /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+(:\d+)?([/?#]\S*)?$/u;

/**
 * Return the destinations meant, in their order. A message with one address in it means that address; a list means each
 * of its lines, also one that is no address: whoever made the list will want to hear of it.
 */
export function findDestinations(typed: string): string[] {
  const lines = typed.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  const found = lines.map(addressesIn);
  const different = new Set(found.flat());
  if (different.size === 0) {
    const bare = matchesIn(typed, BARE_ADDRESS);
    if (bare.length === 1) return bare;
  }
  if (different.size === 1 && lines.some((line) => !isAddress(line))) return [...different];
  return lines.flatMap((line, number) => (found[number]?.length ? found[number] : [line]));
}

function addressesIn(line: string): string[] {
  if (isAddress(line)) return [withScheme(line)];
  return matchesIn(line, ADDRESS);
}

function matchesIn(text: string, pattern: RegExp): string[] {
  const found = text.match(pattern) ?? [];
  return [...new Set(found.map((address) => withScheme(address.replace(ENDS_OF_SENTENCES, ""))))];
}

function isAddress(line: string): boolean {
  return /^https?:\/\/[^\s，。；、）】》」”’]+$/i.test(line) || WITH_WORDS.test(line) || BARE_HOST.test(line);
}

function withScheme(address: string): string {
  return /^https?:/i.test(address) ? address : `https://${address}`;
}
