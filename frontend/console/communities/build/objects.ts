/** What goals and badges may speak of: challenges, self-tests, rituals, goals of this community. */

import { listParts } from "../../api/communities";

export interface Thing {
  readonly value: string;
  readonly label: string;
}
/** By the kind of act, or of rule, that is about them. */
export type Things = Readonly<Record<string, readonly Thing[]>>;

export async function readThings(community: string): Promise<Things> {
  const [services, rituals, goals] = await Promise.all([
    listParts(community, "services"), listParts(community, "rituals"), listParts(community, "goals"),
  ]);
  const named = (each: { id: string; name: string }) => ({ value: each.id, label: each.name });
  const challenges = services.filter((each) => each.kind === "challenge").map(named);
  const tests = services.filter((each) => each.kind === "self_test").map(named);
  return {
    check_in: challenges, streak: challenges, check_ins: challenges,
    attempt: tests, attempts: tests,
    attendance: rituals.map(named),
    goal: goals.filter((each) => each.reach === "member").map(named),
  };
}
