/** Guard and audience: what is chosen, kept for the next link on this device, and as the API takes it. */

import type { Wish } from "./api";
import { setUpAudience } from "./audience";
import { element, tell } from "./dom";
import { setUpGuard } from "./guard";
import { say } from "./messages";

const KEY = "liulian.choices";

export interface Choices {
  wish(): Wish;
  /** Say what is missing, or nothing; then nothing may be sent. */
  isComplete(): boolean;
  /** Show a refusal at its field; false when the field is none of these. */
  complain(field: string, sentence: string): boolean;
}

export function setUpChoices(): Choices {
  const place = element("choices");
  const inputs = [...place.querySelectorAll<HTMLInputElement>("input[name]")];
  restore(inputs);
  for (const more of place.querySelectorAll<HTMLDetailsElement>(".more")) more.open = !!more.querySelector(":checked");
  const guard = setUpGuard();
  const audience = setUpAudience();
  const appUrl = element<HTMLInputElement>("app-url");
  const problem = element("app-url-problem");

  function complain(field: string, sentence: string): boolean {
    if (!field.startsWith("guard")) return false;
    tell(problem, sentence);
    appUrl.setAttribute("aria-invalid", "true");
    element<HTMLDetailsElement>("guard").open = true;
    appUrl.focus();
    return true;
  }

  place.addEventListener("input", () => {
    tell(problem, "");
    appUrl.removeAttribute("aria-invalid");
    guard.show();
    audience.show();
    keep(inputs);
  });

  return {
    wish: () => ({ ...guard.wish(), ...audience.wish() }),
    isComplete: () => !guard.lacksAddress() || !complain("guard.app_url", say("form.app_url")),
    complain,
  };
}

function keep(inputs: readonly HTMLInputElement[]): void {
  const chosen = inputs.filter((input) => input.type === "text" || input.checked);
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen.map((input) => [input.name, input.value])));
  } catch {
    // Private windows may refuse; the choice holds for this page all the same.
  }
}

/** Choose again what was chosen last time; what no longer exists is left out. */
function restore(inputs: readonly HTMLInputElement[]): void {
  const chosen = kept();
  for (const input of inputs) {
    const values = chosen.filter(([name]) => name === input.name).map(([, value]) => value);
    if (input.type === "text") input.value = values[0] ?? "";
    else if (input.type === "checkbox") input.checked = values.includes(input.value);
    else if (values.includes(input.value)) input.checked = true;
  }
}

function kept(): [string, string][] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((pair) => Array.isArray(pair) && pair.length === 2) : [];
  } catch {
    return [];
  }
}
