/** What happens after somebody has come in: the screen they wanted, else their links. */

import type { RouteLocationNormalizedLoaded, Router } from "vue-router";
import type { Session } from "../api/session";
import { take } from "../session";

/** Only addresses of the console itself: nobody is sent to another site by a link to the sign-in page. */
export function wanted(route: RouteLocationNormalizedLoaded): string {
  const path = route.query["return"];
  return typeof path === "string" && /^\/(?!\/)/.test(path) ? path : "/";
}

export async function arrive(session: Session, route: RouteLocationNormalizedLoaded, router: Router): Promise<void> {
  await take(session);
  await router.replace(wanted(route));
}

/** The token of a link such as `/console/setup#TOKEN`, taken out of the address, which is seen and kept. */
export function takeToken(route: RouteLocationNormalizedLoaded): string {
  const token = decodeURIComponent(route.hash.replace(/^#/, ""));
  if (token !== "") history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}
