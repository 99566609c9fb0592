/** Campaign parameters of an address: read from it, and written into it without touching the rest. */

export const UTM = ["source", "medium", "campaign", "term", "content"] as const;
export type Utm = Record<(typeof UTM)[number], string>;

export function utmOf(address: string): Utm {
  const query = parsed(address)?.searchParams;
  return Object.fromEntries(UTM.map((name) => [name, query?.get(`utm_${name}`) ?? ""])) as Utm;
}

/** Return the address with these parameters; empty ones are taken away. What is no address stays as it is. */
export function withUtm(address: string, utm: Utm): string {
  const url = parsed(address);
  if (url === null) return address;
  for (const name of UTM) {
    if (utm[name].trim() === "") url.searchParams.delete(`utm_${name}`);
    else url.searchParams.set(`utm_${name}`, utm[name].trim());
  }
  return url.href;
}

export function isAddress(address: string): boolean {
  return parsed(address) !== null;
}

function parsed(address: string): URL | null {
  try {
    const url = new URL(address.trim());
    return url.protocol === "http:" || url.protocol === "https:" ? url : null;
  } catch {
    return null;
  }
}
