/** Instants as people read them, in their language and in the zone of their device. */

import { currentLanguage } from "../i18n";

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** 2025年3月4日 / Mar 4, 2025 */
export function dateOf(instant: string): string {
  return new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "medium" }).format(new Date(instant));
}

/** The first workspace of an early installation was made at no known time, which was stored as 0. */
export function isKnown(instant: string): boolean {
  return new Date(instant).getTime() > 0;
}

/** With hour and minute. */
export function timeOf(instant: string): string {
  const form = { dateStyle: "medium", timeStyle: "short" } as const;
  return new Intl.DateTimeFormat(currentLanguage(), form).format(new Date(instant));
}

/** 3 小时前 / 3 hours ago; in 2 days. */
export function distanceOf(instant: string, now = Date.now()): string {
  const seconds = (new Date(instant).getTime() - now) / 1000;
  const form = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: "auto" });
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return form.format(Math.trunc(seconds / length), unit);
  }
  return form.format(0, "minute");
}

export function numberOf(value: number): string {
  return new Intl.NumberFormat(currentLanguage()).format(value);
}
