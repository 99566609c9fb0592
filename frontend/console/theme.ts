/** Light, dark, or as the system is. A cookie remembers it, so that the server's page begins in the right colours. */

import { ref } from "vue";

export type Scheme = "system" | "light" | "dark";
export const SCHEMES: readonly Scheme[] = ["system", "light", "dark"];

const COOKIE = "liulian_scheme";
const KEPT_S = 365 * 24 * 3600;

export const scheme = ref<Scheme>("system");

/** Take over what the page began with. */
export function keepScheme(): void {
  const begun = document.documentElement.dataset["theme"];
  scheme.value = begun === "light" || begun === "dark" ? begun : "system";
}

export function chooseScheme(wish: Scheme): void {
  scheme.value = wish;
  const root = document.documentElement;
  if (wish === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = wish;
  document.cookie = `${COOKIE}=${wish}; Path=/console; Max-Age=${KEPT_S}; SameSite=Lax`;
}
