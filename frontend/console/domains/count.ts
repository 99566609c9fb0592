/** How many links a domain has, as it is said: from ten thousand on nobody counts. */

import type { Domain } from "../api/domains";
import { numberOf } from "../use/times";

const COUNTED_MAX = 10_000;

export function countOf(domain: Domain): string {
  return domain.link_count >= COUNTED_MAX ? `${numberOf(COUNTED_MAX)}+` : numberOf(domain.link_count);
}
