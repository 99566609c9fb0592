/** The guided path, in the order in which one thing follows from another. */

export const STEPS = ["problem", "goals", "symbols", "rituals", "feedback", "services"] as const;
export type Step = (typeof STEPS)[number];
