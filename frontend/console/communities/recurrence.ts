/**
 * Rules of recurrence as people choose them: every day, on days of the week, on a day of the month. Other rules (RFC
 * 5545) are kept as they were written. Times are wall times, `YYYY-MM-DDTHH:MM`: no zone of this browser comes in.
 */

import { currentLanguage, t } from "../i18n";

export type Often = "daily" | "weekly" | "monthly" | "other";
export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export const LAST_DAY = -1;
const LOOKED_AT_MAX = 3_660; // Days. A rule that falls on none in ten years is none that is chosen here.
const DAY_MS = 86_400_000;

export interface Simple {
  often: Often;
  interval: number;
  weekdays: Weekday[];
  /** Of the month; -1 is its last day. */
  monthDay: number;
  /** As it was written, where it is none of ours. */
  other: string;
}

/** Read a rule. What cannot be said by our choices is `other`. */
export function simpleOf(rrule: string): Simple {
  const parts = new Map(rrule.split(";").map((part) => part.split("=", 2) as [string, string]));
  const simple: Simple = { often: "other", interval: Number(parts.get("INTERVAL") ?? 1), weekdays: [], monthDay: 1, other: rrule };
  const rest = [...parts.keys()].filter((name) => name !== "FREQ" && name !== "INTERVAL").join();
  const days = (parts.get("BYDAY") ?? "").split(",") as Weekday[];
  if (parts.get("FREQ") === "DAILY" && rest === "") return { ...simple, often: "daily" };
  if (parts.get("FREQ") === "WEEKLY" && rest === "BYDAY" && days.every((day) => WEEKDAYS.includes(day))) {
    return { ...simple, often: "weekly", weekdays: days };
  }
  const monthDay = Number(parts.get("BYMONTHDAY"));
  if (parts.get("FREQ") === "MONTHLY" && rest === "BYMONTHDAY" && Number.isInteger(monthDay)) {
    return { ...simple, often: "monthly", monthDay };
  }
  return simple;
}

/** Write the rule that was chosen. */
export function ruleOf(simple: Simple): string {
  const every = simple.interval > 1 ? `;INTERVAL=${simple.interval}` : "";
  const days = WEEKDAYS.filter((day) => simple.weekdays.includes(day)).join();
  if (simple.often === "daily") return `FREQ=DAILY${every}`;
  if (simple.often === "weekly") return `FREQ=WEEKLY${every};BYDAY=${days}`;
  if (simple.often === "monthly") return `FREQ=MONTHLY${every};BYMONTHDAY=${simple.monthDay}`;
  return simple.other.trim();
}

/** Return the first wall time from `wall` on at which the rule may begin; `wall` itself where we cannot tell. */
export function firstFrom(simple: Simple, wall: string): string {
  return next({ ...simple, interval: 1 }, wall, wall, 1)[0] ?? wall;
}

/** Return the next wall times of a rule that began at `start`, from `from` on. Empty where we cannot tell. */
export function next(simple: Simple, start: string, from: string, count: number): string[] {
  if (simple.often === "other" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(start)) return [];
  const first = dayOf(start);
  const found: string[] = [];
  for (let day = Math.max(first, dayOf(from)), end = day + LOOKED_AT_MAX; day < end && found.length < count; day += 1) {
    const wall = `${new Date(day * DAY_MS).toISOString().slice(0, 10)}${start.slice(10)}`;
    if (wall >= from && falls(simple, first, day)) found.push(wall);
  }
  return found;
}

function falls(simple: Simple, first: number, day: number): boolean {
  const at = new Date(day * DAY_MS);
  const interval = Math.max(1, simple.interval || 1);
  if (simple.often === "daily") return (day - first) % interval === 0;
  if (simple.often === "weekly") {
    const weeks = weekOf(day) - weekOf(first);
    return weeks % interval === 0 && simple.weekdays.includes(WEEKDAYS[(at.getUTCDay() + 6) % 7]!);
  }
  const start = new Date(first * DAY_MS);
  const months = (at.getUTCFullYear() - start.getUTCFullYear()) * 12 + at.getUTCMonth() - start.getUTCMonth();
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  const wished = simple.monthDay < 0 ? last + 1 + simple.monthDay : simple.monthDay;
  return months % interval === 0 && at.getUTCDate() === wished;
}

const dayOf = (wall: string): number => Math.floor(Date.parse(`${wall.slice(0, 10)}T00:00:00Z`) / DAY_MS);
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const weekOf = (day: number): number => Math.floor((day + 3) / 7);

export function weekdayName(day: Weekday, style: "short" | "long" = "short"): string {
  const monday = Date.UTC(2024, 0, 1);
  const at = new Date(monday + WEEKDAYS.indexOf(day) * DAY_MS);
  return new Intl.DateTimeFormat(currentLanguage(), { weekday: style, timeZone: "UTC" }).format(at);
}

/** A wall time with its day of the week. */
export function wallText(wall: string): string {
  const form = { weekday: "short", year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat(currentLanguage(), { ...form, hourCycle: "h23", timeZone: "UTC" }).format(
    new Date(`${wall}:00Z`),
  );
}

/** Say a rule in words. */
export function saidRule(rrule: string, start: string): string {
  const simple = simpleOf(rrule);
  const time = start.slice(11);
  const count = simple.interval;
  const which = simple.interval > 1 ? "many" : "one";
  if (simple.often === "daily") return t(`communities.daily_${which}`, { time, count });
  if (simple.often === "weekly") {
    const days = simple.weekdays.map((day) => weekdayName(day)).join(currentLanguage() === "en" ? ", " : "、");
    return t(`communities.weekly_${which}`, { time, count, days });
  }
  if (simple.often !== "monthly") return `${rrule} · ${time}`;
  const day = simple.monthDay < 0 ? t("communities.last_day") : t("communities.day_of_month", { day: simple.monthDay });
  return t(`communities.monthly_${which}`, { time, count, day });
}

/** The present wall time in a zone. */
export function nowIn(zone: string): string {
  const form = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  try {
    const text = new Intl.DateTimeFormat("sv-SE", { ...form, hourCycle: "h23", timeZone: zone }).format(new Date());
    return text.replace(" ", "T").slice(0, 16);
  } catch {
    return new Date().toISOString().slice(0, 16); // A zone that this browser does not know.
  }
}
