/** Find the addresses in what was pasted: people copy whole messages and lists, and leave out `https://`. Pure. */

// An address inside a sentence ends where white space, Chinese punctuation or a bracket begins.
const ADDRESS = /(?:https?:\/\/|www\.)[^\s，。；：！？、（）【】《》「」“”‘’<>"]+/gi;
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
  if (different.size === 1 && lines.some((line) => !isAddress(line))) return [...different];
  return lines.flatMap((line, number) => (found[number]?.length ? found[number] : [line]));
}

function addressesIn(line: string): string[] {
  if (isAddress(line)) return [withScheme(line)];
  return [...new Set((line.match(ADDRESS) ?? []).map((address) => withScheme(address.replace(ENDS_OF_SENTENCES, ""))))];
}

function isAddress(line: string): boolean {
  return /^https?:\/\/[^\s，。；、）】》」”’]+$/i.test(line) || BARE_HOST.test(line);
}

function withScheme(address: string): string {
  return /^https?:/i.test(address) ? address : `https://${address}`;
}
