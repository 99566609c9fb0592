/** 防红设置: the chip says the present choice, the panel shows no more than that choice needs. */

import type { Wish } from "./api";
import { chosen, element, labelOf } from "./dom";
import { formatted, say } from "./messages";

const NAMES_MAX = 2; // As many apps as fit the chip; more are counted.

export interface GuardChoice {
  wish(): Wish;
  lacksAddress(): boolean;
  show(): void;
}

export function setUpGuard(): GuardChoice {
  const shown = element("guard-shown");
  const apps = element("guard-apps");
  const modes = element("guard-modes");
  const app = element("guard-app");
  const appUrl = element<HTMLInputElement>("app-url");

  function preset(): string {
    return chosen("guard")[0]?.value ?? "none";
  }

  function mode(): string {
    return chosen("guard_mode")[0]?.value ?? "guide";
  }

  function isOn(): boolean {
    return preset() !== "none" && (preset() !== "custom" || chosen("guard_app").length > 0);
  }

  function show(): void {
    apps.hidden = preset() !== "custom";
    modes.hidden = preset() === "none";
    app.hidden = modes.hidden || mode() !== "app";
    shown.textContent = isOn() ? `${where(preset())} · ${say(`guard.${mode()}`)}` : say(offName(preset()));
  }

  show();
  return {
    show,
    lacksAddress: () => isOn() && mode() === "app" && appUrl.value.trim() === "",
    wish() {
      if (!isOn()) return {};
      const which =
        preset() === "custom" ? { apps: chosen("guard_app").map((input) => input.value) } : { preset: preset() };
      const address = mode() === "app" ? { app_url: appUrl.value.trim() } : {};
      return { guard: { mode: mode(), ...which, ...address } };
    },
  };
}

function offName(preset: string): string {
  return preset === "none" ? "guard.none" : "guard.nothing";
}

function where(preset: string): string {
  if (preset !== "custom") return say(`guard.${preset}`);
  const names = chosen("guard_app").map(labelOf);
  if (names.length <= NAMES_MAX) return names.join(" + ");
  return say("guard.apps", { count: formatted(names.length) });
}
