/** Single sign-on: the browser leaves for the provider and comes back, with a word in the address where it failed. */

import type { RouteLocationNormalizedLoaded } from "vue-router";
import { t } from "../i18n";

const PROBLEMS = ["oidc_failed", "oidc_no_account", "oidc_taken"];

/** Where to go to sign in at a provider; `back` is a path of the console with its beginning. */
export function oidcUrl(id: string, back: string): string {
  return `/api/v1/session/oidc/${encodeURIComponent(id)}?${new URLSearchParams({ return: back })}`;
}

/** What went wrong at the provider, as a sentence; nothing where nothing did. */
export function cameBack(route: RouteLocationNormalizedLoaded): string {
  const code = route.query["problem"];
  if (typeof code !== "string") return "";
  return t(PROBLEMS.includes(code) ? `enter.problem_${code}` : "enter.problem_other");
}
