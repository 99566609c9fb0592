/** From when to when statistics are asked for, in whole days of this device's zone. */

export const RANGES = ["24h", "7d", "30d", "90d", "365d"] as const;
export type Range = (typeof RANGES)[number];

export interface Span {
  from: string;
  to: string;
  interval: "hour" | "day" | "week" | "month";
  tz: string;
}

const HOUR_MS = 3_600_000;
const DAYS: Record<Exclude<Range, "24h">, number> = { "7d": 7, "30d": 30, "90d": 90, "365d": 365 };

export function rangeOf(range: Range, now: Date): Span {
  const tz = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  if (range === "24h") {
    const hour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
    const from = new Date(hour.getTime() - 23 * HOUR_MS);
    return { from: from.toISOString(), to: new Date(hour.getTime() + HOUR_MS).toISOString(), interval: "hour", tz };
  }
  const days = DAYS[range];
  const first = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days + 1);
  const next = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  return { from: first.toISOString(), to: next.toISOString(), interval: days > 180 ? "week" : "day", tz };
}
