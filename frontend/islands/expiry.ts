/** When a link ends, in words. Pure but for the clock. */

import type { Link } from "./api";
import { formatted, say } from "./messages";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Return `30 天后过期`, or nothing for a link that does not expire. */
export function expiryOf(link: Link, now = Date.now()): string {
  if (!link.expires_at) return "";
  const left = Date.parse(link.expires_at) - now;
  if (Number.isNaN(left)) return "";
  if (left <= 0) return say("expiry.over");
  if (left < DAY_MS) return say("expiry.hours", { count: Math.ceil(left / HOUR_MS) });
  const days = Math.round(left / DAY_MS);
  return say(days === 1 ? "expiry.day" : "expiry.days", { count: formatted(days) });
}
