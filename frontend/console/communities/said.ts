/** How parts of a community are told in a few words. */

import type { Badge, Channel, Community, Goal, Ritual, Service } from "../api/communities";
import { downloadUrl } from "../api/client";
import { currentLanguage, t } from "../i18n";
import { numberOf } from "../use/times";
import { saidRule } from "./recurrence";

export const TONES: Readonly<Record<Community["state"], "good" | "note" | "calm">> = {
  open: "good",
  draft: "note",
  closed: "calm",
};

/** A local day, whatever the zone of whoever reads. */
export function dayText(day: string): string {
  const form = new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "medium", timeZone: "UTC" });
  return form.format(new Date(`${day}T00:00:00Z`));
}

export function goalFacts(goal: Goal): string {
  const way = { from: numberOf(goal.baseline), to: numberOf(goal.target), unit: goal.unit };
  const days = { from: dayText(goal.starts_on), to: dayText(goal.ends_on) };
  return [
    t(`communities.reach_${goal.reach ?? "together"}`),
    t("communities.goal_way", way),
    t("communities.goal_days", days),
  ].join(" · ");
}

export function badgeFacts(badge: Badge): string {
  return `${badge.about} · ${t(`communities.rule_${badge.rule.kind}`)} ≥ ${numberOf(badge.rule.at_least ?? 1)}`;
}

export function ritualFacts(ritual: Ritual): string {
  const host = ritual.host ? t("communities.hosted_by", { name: ritual.host }) : "";
  return [saidRule(ritual.rrule, ritual.starts_at), host, ritual.zone].filter(Boolean).join(" · ");
}

export function serviceFacts(service: Service): string {
  return [
    t(`communities.kind_${service.kind}`),
    t(`communities.service_${service.state ?? "active"}`),
    t("communities.version", { number: service.version }),
  ].join(" · ");
}

/** Where the QR code of a channel's link is drawn: on this host, whatever host the link is on. */
export function codeOf(channel: Channel): string {
  return downloadUrl(`/api/v1/links/${channel.link_id}/qr.svg`);
}
