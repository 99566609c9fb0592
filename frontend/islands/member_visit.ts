/** Tell once for each browser session, day and zone that a member is here, after the page stands. */

import { base, dayHere, kept, memberId, ownZone, randomKey } from "./member_page";
import { send } from "./member_send";

const SETTLE_MS = 500; // First everything that can be seen.

/** The name of this browser session: how long a page was seen is told under it, too. */
export function sessionNonce(): string {
  const store = kept("sessionStorage");
  const known = store.getItem("liulian.session");
  if (known) return known;
  const nonce = randomKey();
  store.setItem("liulian.session", nonce);
  return nonce;
}

export function tellVisit(): void {
  if (!memberId) return;
  const store = kept("sessionStorage");
  const today = `${memberId} ${dayHere()} ${ownZone()}`;
  if (store.getItem("liulian.visited") === today) return;
  const ch = new URLSearchParams(location.search).get("ch") ?? "";
  setTimeout(() => {
    const visit = { nonce: sessionNonce(), ch, zone: ownZone() };
    void send<{ is_other_day?: boolean } | null>(`${base}/do/visit`, visit).then((outcome) => {
      if (outcome.kind !== "ok") return;
      store.setItem("liulian.visited", today);
      // Somebody travelled: this page speaks of the day at home. It was told once, so that this is no circle.
      if (outcome.value?.is_other_day && store.getItem("liulian.visited") === today) location.reload();
    });
  }, SETTLE_MS);
}
