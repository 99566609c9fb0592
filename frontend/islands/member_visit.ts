/** Tell once for each browser session and day that a member is here, after the page stands. */

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
  const today = `${memberId} ${dayHere()}`;
  if (store.getItem("liulian.visited") === today) return;
  const ch = new URLSearchParams(location.search).get("ch") ?? "";
  setTimeout(() => {
    void send(`${base}/do/visit`, { nonce: sessionNonce(), ch, zone: ownZone() }).then((outcome) => {
      if (outcome.kind === "ok") store.setItem("liulian.visited", today);
    });
  }, SETTLE_MS);
}
